//! `events`: every item may hold several kinds at once.

use super::{Context, extra, flag, http, message, object, text, timer};
use crate::{
    service::{Located, Trigger, TriggerKind},
    yaml::{Entry, Form, Node},
};

/// Settings of events that only some targets understand.
const EXTRA: [&str; 8] = ["cors", "interval", "region", "retryTime", "role", "serviceId", "strategy", "version"];

/// The triggers of one function.
pub(super) fn read(
    context: &mut Context<'_>,
    function: &Node,
    name: &str,
    timezone: Option<&Located<String>>,
) -> Vec<Trigger> {
    let items = function.get("events").map(Node::items).unwrap_or_default();
    let mut triggers = Vec::new();
    for entry in items.iter().flat_map(Node::entries).filter(|entry| !entry.value.is_nothing()) {
        let kind = match entry.key.as_str() {
            "http" | "apigw" => http::read(context, entry, name).map(TriggerKind::Http),
            "timer" => timer::read(context, entry, timezone),
            "os" | "oss" | "cos" => object::read(context, entry),
            "mq" | "cmq" => message::read(context, entry),
            "log" => Some(log(&entry.value)),
            // Kinds that no target has: the check has said so.
            _ => None,
        };
        triggers.extend(kind.map(|kind| trigger(entry, kind)));
    }
    triggers
}

/// Whether a function answers HTTP, as far as the kinds of its events tell.
pub(super) fn mention_http(function: &Node) -> bool {
    let items = function.get("events").map(Node::items).unwrap_or_default();
    let http =
        |entry: &Entry| matches!(entry.key.as_str(), "http" | "apigw") && !matches!(entry.value.flag(), Some(false));
    items.iter().flat_map(Node::entries).any(|entry| http(entry) && !entry.value.is_nothing())
}

fn trigger(entry: &Entry, kind: TriggerKind) -> Trigger {
    let settings = &entry.value;
    let mut extra = extra(settings, &EXTRA);
    if let (TriggerKind::Http(_), Some(seconds)) = (&kind, super::number(settings, "timeout")) {
        extra.insert("timeout".into(), Located { value: seconds.value.into(), span: seconds.span });
    }
    Trigger {
        name: if settings.form() == Form::Map { text(settings, "name") } else { None },
        span: Some(entry.key_span.clone()),
        enabled: flag(settings, "enable").is_none_or(|flag| flag.value),
        kind,
        extra,
    }
}

fn log(node: &Node) -> TriggerKind {
    TriggerKind::Log {
        source: text(node, "source"),
        project: text(node, "project").map(|text| text.value),
        log: text(node, "log").map(|text| text.value),
    }
}
