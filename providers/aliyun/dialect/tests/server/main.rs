//! The dialect end to end: a real process with the platform's variables, real sockets, the platform's requests written by hand.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod control;
mod failures;
mod gateway;
mod process;
mod published;
mod unit;
