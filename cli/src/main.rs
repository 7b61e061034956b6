//! The `fx` command.
fn main() {}
