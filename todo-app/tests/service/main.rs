//! The whole service, asked as a browser or a platform would: routes from f.yml, handlers, store, everything but a
//! network.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod accounts;
mod api;
mod crash;
mod events;
mod page;
mod support;
mod validation;
