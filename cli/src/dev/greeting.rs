//! What `fx dev` says when the service answers for the first time.

use std::fmt::Write;

use fx_spec::{Service, service::TriggerKind};
use serde::Serialize;

use crate::output::describe::{self, Description};

/// For people.
pub fn text(service: &Service, url: &str, how_to_reload: &str) -> String {
    let mut text = format!("\n  {} is on {url}\n", service.name.value);
    for unit in &service.units {
        for table in [describe::routes(unit), describe::events(unit)] {
            if !table.is_empty() {
                let _ = write!(text, "\n{table}\n");
            }
        }
    }
    text.push('\n');
    if let Some(timer) = first_timer(service) {
        let _ = writeln!(text, "  Timers do not fire by themselves here: `fx invoke {timer}` fires one.");
    }
    let _ = writeln!(text, "  {how_to_reload} Ctrl-C ends everything.");
    text
}

/// For programs.
#[derive(Debug, Serialize)]
pub struct Ready<'a> {
    /// Always `ready`.
    pub event: &'static str,
    /// Where the service is.
    pub url: &'a str,
    /// What it is.
    #[serde(flatten)]
    pub service: Description<'a>,
}

/// For programs.
pub fn data<'a>(service: &'a Service, url: &'a str) -> Ready<'a> {
    Ready { event: "ready", url, service: Description::of(service) }
}

fn first_timer(service: &Service) -> Option<&str> {
    let functions = service.units.iter().flat_map(|unit| &unit.functions);
    functions
        .filter(|function| function.triggers.iter().any(|trigger| matches!(trigger.kind, TriggerKind::Timer { .. })))
        .map(|function| function.name.value.as_str())
        .next()
}
