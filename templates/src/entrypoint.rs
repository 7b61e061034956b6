//! The `main` of one unit.

use serde::Serialize;

use crate::{TemplateError, engine};

const TEMPLATE: &str = include_str!("../entrypoint/main.rs.hbs");

/// Everything the `main` of a unit says.
#[derive(Debug, Serialize)]
pub struct Entrypoint {
    /// Module of `fx` that runs it: `http`, …
    pub dialect: String,
    /// Name of the service.
    pub service: String,
    /// Name of the unit.
    pub unit: String,
    /// Seconds an invocation may take.
    pub timeout: u32,
    /// Worker threads.
    pub threads: u32,
    /// Whether answers are streamed.
    pub streaming: bool,
    /// Whether it is a server where the target also has functions that are none.
    pub web: bool,
    /// Path of the companion of `#[fx::app]`, when the crate has one.
    pub app: Option<String>,
    /// HTTP functions.
    pub http: Vec<HttpEndpoint>,
    /// Event functions: one entry for each kind of trigger a function has.
    pub events: Vec<EventEndpoint>,
}

/// A function that answers HTTP requests.
#[derive(Debug, Serialize)]
pub struct HttpEndpoint {
    /// Name in f.yml.
    pub function: String,
    /// What `#[func("…")]` says.
    pub handler: String,
    /// Its routes.
    pub routes: Vec<HttpRoute>,
    /// Path of the function's companion.
    pub companion: String,
}

/// A route with its place in the dispatch order of the unit.
#[derive(Debug, Serialize)]
pub struct HttpRoute {
    /// Lower is tried first.
    pub rank: usize,
    /// Method names; `ANY` alone for all.
    pub methods: Vec<String>,
    /// The pattern as f.yml writes it.
    pub path: String,
}

/// A function that takes events of one kind.
#[derive(Debug, Serialize)]
pub struct EventEndpoint {
    /// Name in f.yml.
    pub function: String,
    /// What `#[func("…")]` says.
    pub handler: String,
    /// Variant of `TriggerKind`: `Timer`, `Object`, `Message`, `Log`.
    pub kind: &'static str,
    /// Its triggers of this kind.
    pub sources: Vec<EventSource>,
    /// Path of the function's companion.
    pub companion: String,
}

/// A trigger, as the runtime tells it from others of its kind: a value of its `Source`.
#[derive(Debug, Default, Serialize)]
pub struct EventSource {
    /// Fields that are one text.
    pub texts: Vec<TextField>,
    /// Fields that are lists of texts.
    pub lists: Vec<ListField>,
}

/// A field that is one text.
#[derive(Debug, Serialize)]
pub struct TextField {
    /// Its name.
    pub field: &'static str,
    /// The text.
    pub value: String,
}

/// A field that is a list of texts.
#[derive(Debug, Serialize)]
pub struct ListField {
    /// Its name.
    pub field: &'static str,
    /// The texts.
    pub values: Vec<String>,
}

impl EventSource {
    /// Adds a field that is one text.
    #[must_use]
    pub fn text(mut self, field: &'static str, value: impl Into<String>) -> Self {
        self.texts.push(TextField { field, value: value.into() });
        self
    }

    /// Adds a field that is a list.
    #[must_use]
    pub fn list(mut self, field: &'static str, values: Vec<String>) -> Self {
        self.lists.push(ListField { field, values });
        self
    }
}

impl Entrypoint {
    /// The source text.
    pub fn render(&self) -> Result<String, TemplateError> {
        engine::render("entrypoint/main.rs.hbs", TEMPLATE, self)
    }
}
