//! One verb, one file: a struct that holds its arguments, and `run`.

pub mod build;
pub mod check;
pub mod completions;
pub mod config;
pub mod dev;
pub mod invoke;
pub mod new;
pub mod package;
pub mod schema;
pub mod test;
