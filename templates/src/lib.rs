//! The templates fx writes files from, embedded in the command, and the one strict way to render them.
//!
//! | folder | what comes of it | typed context |
//! |---|---|---|
//! | `entrypoint/` | `main.rs` of a unit | [`Entrypoint`] |
//! | `manifest/<target>/` | the service in the words of the platform's own tool | the target's, through [`manifest()`] |
//! | `project/<template>/` | what `fx new` writes | [`Project`] |
//!
//! Files that end in `.hbs` are rendered by handlebars in strict mode, without HTML escaping; all others are copied. Text that
//! goes into a string literal passes through a helper that quotes it: `{{rust x}}`, `{{toml x}}`, `{{yaml x}}`;
//! `{{flow x}}` writes any value, lists and maps included, on one line of YAML.

mod engine;
mod entrypoint;
mod manifest;
mod project;
mod quote;

pub use engine::TemplateError;
pub use entrypoint::{Entrypoint, EventEndpoint, EventSource, HttpEndpoint, HttpRoute};
pub use manifest::manifest;
pub use project::{FxSource, Project, ProjectFile, ProjectTemplate};
