//! f.yml: parse with positions, interpolate, merge overrides, resolve to a [`Service`]; what targets can do, and the rules.
//!
//! ```text
//! f.yml ─ yaml ─→ tree with places ─ shape ─→ checked, variables filled in ─ resolve ─→ Service ─ rules ─→ fits the target
//! ```
//!
//! | step | module |
//! |---|---|
//! | find and read the file; the door to everything else | [`document`] |
//! | bytes to a tree in which every key and value knows its place, at bounded cost | `yaml` |
//! | the keys of f.yml as tables; holding a tree against them; the editors' [`schema()`] from the same tables | `shape` |
//! | `${env.X}` and `${secret.X}` | [`expression`] |
//! | overrides, settings, events, aggregations | `resolve` |
//! | what f.yml means once everything is resolved | [`service`] |
//! | routes: methods, paths, dispatch order | [`route`] |
//! | what the code says about itself | [`code`] |
//! | when timers fire | [`schedule`] |
//! | what a target can do, and what it forbids | [`capabilities`], [`rules`] |
//! | what a problem looks like, its codes, and how it is drawn | [`problem`], [`codes`], [`render()`] |
//!
//! ```
//! use std::{collections::BTreeSet, path::Path};
//!
//! use fx_spec::{Document, Request, render};
//!
//! let text = "service: shop\nprovider: { memorySize: lots }\n";
//! let document = Document::parse("f.yml", text, Path::new(".")).map_err(|failure| failure.to_string())?;
//! let request =
//!     Request { target: None, targets: &[], variables: &|_| None, udev: BTreeSet::new(), code: &[] };
//! let resolved = document.resolve(&request);
//! let drawn = render(&resolved.problems[0], Some(document.source()), false);
//! assert!(drawn.starts_with("error[FX0106]: `memorySize` takes a whole number, not `lots`"));
//! assert!(drawn.contains("--> f.yml:2:25"));
//! # Ok::<(), String>(())
//! ```

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
mod trigger_name;
mod yaml;

pub use code::{CodeFunction, CodeTrigger};
pub use document::{Document, Failure, Request, Resolved, find};
pub use expression::{ExpressionError, MissingVariable};
pub use problem::{Problem, Severity, SourceFile, Span};
pub use render::render;
pub use schema::schema;
pub use service::{Located, Service, Unit};
pub use trigger_name::NamedTrigger;
