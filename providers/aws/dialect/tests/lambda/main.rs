//! The dialect end to end: a real process, asking a Runtime API that can also misbehave.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod api;
mod events;
mod failures;
mod http;
mod process;
mod rie;
mod unit;
