//! `mq` and `cmq` events.

use super::{Context, text, texts};
use crate::{
    service::{Located, TriggerKind},
    yaml::{Entry, Form},
};

/// A message event, unless it names no topic.
pub(super) fn read(context: &mut Context<'_>, entry: &Entry) -> Option<TriggerKind> {
    let node = &entry.value;
    let topic = match node.form() {
        Form::Map => text(node, "topic"),
        _ => node.text().map(|topic| Located::at(topic.to_owned(), node.span.clone())),
    };
    let Some(topic) = topic else {
        context.missing(entry, "topic", "add `topic:` with the name of the topic or queue");
        return None;
    };
    let tags = texts(node, "tags").into_iter().map(|tag| tag.value).collect();
    Some(TriggerKind::Message { topic, tags })
}
