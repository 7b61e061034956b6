//! One verb, one file: a struct that holds its arguments, and `run`.

pub mod build;
pub mod check;
pub mod completions;
pub mod config;
pub mod deploy;
pub mod dev;
pub mod info;
pub mod invoke;
pub mod logs;
pub mod new;
pub mod package;
pub mod policy;
pub mod promote;
pub mod remove;
pub mod rollback;
pub mod schema;
pub mod test;
