//! From an annotated `async fn` to an endpoint.
//!
//! `#[func]` writes two companions beside a function, generic over the app's state; both end here. The generated `main` knows from
//! f.yml which of them is meant, and names only that one.
//!
//! - [`HttpFunction`]: the function as an HTTP endpoint, its middleware included;
//! - [`EventFunction`]: the function as the taker of one kind of event;
//! - [`bounds`]: what the function's types have to be, said so that the compiler can explain it.

pub mod bounds;
mod event;
mod http;

pub use event::{EventFunction, EventFuture, EventHandler, Failure, FailureKind, refuse};
pub use http::{HttpFunction, HttpFuture, Middleware, wrap};
