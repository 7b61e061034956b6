//! `os`, `oss` and `cos` events: one vocabulary, or a target's own words.

use super::{Context, text, texts};
use crate::{
    codes,
    nearest::nearest,
    problem::Problem,
    service::{Located, TriggerKind},
    shape::clip,
    yaml::{Entry, Node},
};

/// fx's own words.
const WORDS: [&str; 2] = ["created", "removed"];

/// An object event, unless it names no bucket.
pub(super) fn read(context: &mut Context<'_>, entry: &Entry) -> Option<TriggerKind> {
    let node = &entry.value;
    let Some(bucket) = text(node, "bucket") else {
        context.missing(entry, "bucket", "add `bucket:` with the bucket's name");
        return None;
    };
    let mut events = texts(node, "events");
    for event in &events {
        // A target's own words all have a colon.
        if WORDS.contains(&event.value.as_str()) || event.value.contains(':') || context.problems.is_full() {
            continue;
        }
        let help = match nearest(&event.value, WORDS) {
            Some(word) => format!("did you mean `{word}`?"),
            None => "fx knows `created` and `removed`; a target's own words have a colon".into(),
        };
        let problem = Problem::error(codes::VALUE, format!("there is no object event `{}`", clip(&event.value)));
        context.report(problem.help(help), event.span.clone());
    }
    if events.is_empty() {
        events.push(Located::implied(WORDS[0].into()));
    }
    let filter = |key: &str| node.get("filter").and_then(|filter: &Node| text(filter, key)).map(|text| text.value);
    Some(TriggerKind::Object { bucket, events, prefix: filter("prefix"), suffix: filter("suffix") })
}
