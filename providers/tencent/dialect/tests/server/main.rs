//! The dialect end to end: a real process with the platform's variables, real sockets, the platform's side written by hand.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod api;
mod event;
mod message;
mod process;
mod published;
mod unit;
mod web;
