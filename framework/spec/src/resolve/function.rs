//! One entry of `functions`.

use super::{Context, events, overrides::with_overrides, settings::Settings, text};
use crate::{
    service::{Function, Located},
    yaml::{Entry, Form, Node},
};

/// What a missing `handler` means.
const DEFAULT_HANDLER: &str = "index.handler";

/// A function that waits to be put into a unit.
pub(super) struct Member {
    /// Its key in `functions`.
    pub(super) key: String,
    pub(super) function: Function,
    pub(super) description: Option<String>,
    pub(super) settings: Settings,
    /// Whether `events` stands in the file: then the attribute in the code does not count.
    pub(super) has_events: bool,
    /// Whether an http event is written down, understood or not.
    pub(super) has_http: bool,
}

impl Member {
    pub(super) fn read(context: &mut Context<'_>, entry: &Entry, timezone: Option<&Located<String>>) -> Self {
        let node = with_overrides(&entry.value);
        let name = text(&node, "name").unwrap_or_else(|| Located::at(entry.key.clone(), entry.key_span.clone()));
        let handler = text(&node, "handler").unwrap_or_else(|| Located::implied(DEFAULT_HANDLER.into()));
        let triggers = events::read(context, &node, &name.value, timezone);
        Self {
            key: entry.key.clone(),
            function: Function { name, handler, triggers, from_code: false },
            description: text(&node, "description").map(|text| text.value),
            settings: Settings::read(context, &node),
            has_events: node.entry("events").is_some(),
            has_http: events::mention_http(&node),
        }
    }
}

/// All functions of the file that can be understood, in its order.
pub(super) fn read_all(context: &mut Context<'_>, root: &Node, timezone: Option<&Located<String>>) -> Vec<Member> {
    let functions = root.get("functions").map(Node::entries).unwrap_or_default();
    functions
        .iter()
        .filter(|entry| entry.value.form() == Form::Map)
        .map(|entry| Member::read(context, entry, timezone))
        .collect()
}
