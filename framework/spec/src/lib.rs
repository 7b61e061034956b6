//! f.yml: parse with positions, interpolate, merge overrides, resolve to a [`Service`]; what targets can do, and the rules.
//!
//! | step | module |
//! |---|---|
//! | what a problem looks like, and how it is drawn | [`problem`] |
//! | what f.yml means once everything is resolved | [`service`] |
//! | routes: methods, paths, dispatch order | [`route`] |
//! | when timers fire | [`schedule`] |
//! | what a target can do, and what it forbids | [`capabilities`], [`rules`] |

pub mod capabilities;
pub mod problem;
pub mod route;
pub mod rules;
pub mod schedule;
pub mod service;

pub use problem::{Problem, Severity, SourceFile, Span};
pub use service::{Located, Service, Unit};
