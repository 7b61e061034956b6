//! `fx deploy` and its sisters, typed by somebody, against platforms that keep state and check everything.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its platform may as well panic")]

#[path = "../support/mod.rs"]
mod support;

mod app;
mod care;
mod cloud;
mod invoke;
mod kill;
mod recorder;
mod runner;
mod site;
mod verbs;
mod words;
