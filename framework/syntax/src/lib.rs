//! The words of `#[func]` and `#[fx::app]`, shared by the macros (which expand them) and by the code scan (which only reads them),
//! so that `fx check` and the compiler can never disagree about what a function says of itself.
//!
//! ```text
//! #[func]                                              the handler's name is its module path: user::get = user.get
//! #[func("user.get")]                                  the name that f.yml's `handler:` says
//! #[func("user.get", http = "GET /user/:id")]          with a trigger, where f.yml has no entry
//!        http = ["GET,HEAD /a", "POST /b"]             METHOD[,METHOD] /path; `ANY /path` or `/path` alone: all methods
//!        timer = "0 0 3 * * *" | "every 5m" | [..]     cron of 5, 6 or 7 fields, or an interval
//!        object = "bucket"                             or object(bucket = "b", events = ["created"], prefix = "in/", suffix = ".csv")
//!        message = "topic"                             or message(topic = "t", tags = ["a", "b"])
//!        log = "store"                                 or log(source = "store", project = "p", log = "jobs")
//!        middleware = [auth::require_login]            outermost first
//!        crate = path::to::fx                          where the facade is, if it is re-exported
//! ```
//!
//! | question | module |
//! |---|---|
//! | what does `#[func(…)]` say? | [`func`], with the triggers in [`trigger`] |
//! | what does `#[fx::app(…)]` say? | [`app`] |
//! | may this text be a handler name, a route, a schedule? | [`text`] |
//! | may this `fn` carry the attribute? | [`signature`] |
//! | what is this argument: an event, a request body, a part? | [`argument`] |
//! | which word was meant? | [`nearest()`] |
//!
//! Everything that can be wrong is collected: a parse returns [`Parsed`], the usable part beside *all* errors.

pub mod app;
pub mod argument;
mod entry;
pub mod func;
pub mod nearest;
pub mod signature;
pub mod text;
pub mod trigger;

pub use app::AppArgs;
pub use argument::{ArgumentKind, EventKind, classify};
pub use entry::Parsed;
pub use func::FuncArgs;
pub use nearest::nearest;
pub use trigger::{Trigger, TriggerKind, TriggerWord};
