//! The templates fx writes files from, embedded in the command, and the one strict way to render them.
//!
//! | folder | what comes of it | typed context |
//! |---|---|---|
//! | `entrypoint/` | `main.rs` of a unit | [`Entrypoint`] |
//! | `project/<template>/` | what `fx new` writes | [`Project`] |
//!
//! Files that end in `.hbs` are rendered by handlebars in strict mode, without HTML escaping; all others are copied. Text that
//! goes into a string literal passes through a helper that quotes it: `{{rust x}}`, `{{toml x}}`, `{{yaml x}}`.

mod engine;
mod entrypoint;
mod project;
mod quote;

pub use engine::TemplateError;
pub use entrypoint::{Entrypoint, EventEndpoint, HttpEndpoint, HttpRoute};
pub use project::{FxSource, Project, ProjectFile, ProjectTemplate};
