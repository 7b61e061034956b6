//! The contract a target fulfils.
