//! f.yml: parse with positions, interpolate, merge overrides, resolve to a [`Service`]; what targets can do, and the rules.
//!
//! | step | module |
//! |---|---|
//! | what a problem looks like, and how it is drawn | [`problem`] |
//! | what f.yml means once everything is resolved | [`service`] |
//! | routes: methods, paths, dispatch order | [`route`] |
//! | what the code says about itself | [`code`] |
//! | when timers fire | [`schedule`] |
//! | what a target can do, and what it forbids | [`capabilities`], [`rules`] |

pub mod capabilities;
pub mod code;
pub mod codes;
pub mod document;
pub mod expression;
pub mod nearest;
pub mod problem;
mod problems;
mod render;
mod resolve;
pub mod route;
pub mod rules;
pub mod schedule;
mod schema;
pub mod service;
mod shape;
mod yaml;

pub use code::{CodeFunction, CodeTrigger};
pub use document::{Document, Failure, Request, Resolved, find};
pub use expression::{ExpressionError, MissingVariable};
pub use problem::{Problem, Severity, SourceFile, Span};
pub use render::render;
pub use schema::schema;
pub use service::{Located, Service, Unit};
