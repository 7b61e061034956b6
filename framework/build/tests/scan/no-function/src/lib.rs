//! Nothing yet, but `include!`.
include!("more.rs");
