//! The container target: limits.
