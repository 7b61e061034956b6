use fx::prelude::*;

mod jobs;
pub mod open;

// Lets the function out, but not what #[func] makes beside it.
pub use jobs::one;

#[fx::app]
pub(crate) async fn app() -> Result<App<()>> { loop {} }

#[func]
async fn a() {}

#[func]
pub(crate) async fn b() {}
