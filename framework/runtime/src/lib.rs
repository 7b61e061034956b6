//! Inside every function binary: what turns annotated functions into a process that answers invocations.
//!
//! | question | module |
//! |---|---|
//! | what do all functions of a crate share? | [`app`], built from [`mod@env`] |
//! | what is in this binary? | [`mod@unit`], written down by the generated `main` |
//! | what does a handler learn about its invocation? | [`context`]; who sent it, [`client`] |
//! | what are timers, objects, messages and logs? | [`event`] |
//! | how does an `async fn` become an endpoint? | [`function`] (the companions that `#[func]` writes end here) |
//! | which function answers this path? | [`route`] |
//! | what happens around every invocation? | [`service`]: context, panic guard, deadline, request log |
//! | how do invocations arrive? | [`push`]: be an HTTP server; [`pull`]: ask a platform for them |
//! | how does it fail? | [`error`], [`mod@panic`] |
//! | what does it say? | [`log`]: one JSON object a line |
//!
//! A platform's dialect translates bytes into [`service::Invocation`]s and answers back into bytes; everything else is here, once.

mod alarm;
pub mod app;
pub mod assets;
mod blocking;
pub mod client;
pub mod context;
mod current;
pub mod env;
pub mod error;
pub mod event;
pub mod function;
mod id;
pub mod log;
pub mod panic;
pub mod pull;
pub mod push;
pub mod rejection;
pub mod route;
pub mod service;
pub mod unit;

pub use app::App;
pub use assets::{assets, assets_url, page};
pub use blocking::blocking;
pub use context::Context;
pub use env::Env;
pub use error::{Error, Result};
pub use event::TriggerKind;
pub use unit::Unit;
