//! Requests: the page, its API, and what guards them.
//!
//! A handler says in its arguments what it needs. `session` turns the cookie into a person, `body` the body into
//! fields; a handler that writes takes a [`session::Writer`] first, so a request without a token ends before its body
//! is read.

pub mod activity;
pub mod answer;
pub mod body;
pub mod caller;
pub mod harden;
pub mod page;
pub mod query;
pub mod rule;
pub mod session;
pub mod user;
