//! The push runtime end to end: a real process, real sockets, hand-written requests.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod events;
mod http;
mod lifecycle;
mod log;
mod process;
mod service;
