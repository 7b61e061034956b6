//! The aws target: limits.
