//! The todo service: written once, for every target.
