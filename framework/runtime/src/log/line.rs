//! One event as one line of JSON, written straight into the buffer that is kept for it.

use std::fmt::{self, Write as _};

use tracing::{
    Event,
    field::{Field, Visit},
};

use super::{
    json::{Text, integer, number, string},
    time,
};
use crate::context::Context;

/// Keys that every line may have; a field of the same name gets an underscore.
const OWN_KEYS: [&str; 6] = ["time", "level", "message", "requestId", "function", "target"];

/// Appends the line of an event, its newline included.
pub(super) fn write(event: &Event<'_>, context: Option<&Context>, to: &mut Vec<u8>) {
    let metadata = event.metadata();
    let level = match *metadata.level() {
        tracing::Level::ERROR => "error",
        tracing::Level::WARN => "warn",
        tracing::Level::INFO => "info",
        tracing::Level::DEBUG => "debug",
        tracing::Level::TRACE => "trace",
    };
    begin(level, to);
    // The message's place is before the fields, wherever the event has it: so it is looked for first, and alone.
    event.record(&mut Message(to));
    to.push(b'"');
    if let Some(context) = context {
        to.extend_from_slice(b",\"requestId\":");
        string(to, context.request_id());
        if !context.function().is_empty() {
            to.extend_from_slice(b",\"function\":");
            string(to, context.function());
        }
    }
    to.extend_from_slice(b",\"target\":");
    string(to, metadata.target());
    event.record(&mut Fields(to));
    to.extend_from_slice(b"}\n");
}

/// Appends a line that is not an event: whatever FX_LOG says, it is written.
pub(super) fn plain(level: &str, message: &str, fields: &[(&str, &str)], to: &mut Vec<u8>) {
    begin(level, to);
    let _ = Text(to).write_str(message);
    to.push(b'"');
    for (key, value) in [("target", "fx")].iter().chain(fields) {
        name(to, key, "");
        string(to, value);
    }
    to.extend_from_slice(b"}\n");
}

/// Everything in front of the message's text.
fn begin(level: &str, to: &mut Vec<u8>) {
    to.extend_from_slice(b"{\"time\":");
    time::now(to);
    to.extend_from_slice(b",\"level\":\"");
    to.extend_from_slice(level.as_bytes());
    to.extend_from_slice(b"\",\"message\":\"");
}

/// `,"key":`
fn name(to: &mut Vec<u8>, key: &str, suffix: &str) {
    to.extend_from_slice(b",\"");
    let _ = Text(to).write_str(key);
    to.extend_from_slice(suffix.as_bytes());
    to.extend_from_slice(b"\":");
}

/// Takes the message out of an event.
struct Message<'a>(&'a mut Vec<u8>);

impl Visit for Message<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            let _ = write!(Text(self.0), "{value:?}");
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            let _ = Text(self.0).write_str(value);
        }
    }
}

/// Takes everything else.
struct Fields<'a>(&'a mut Vec<u8>);

impl Fields<'_> {
    fn key(&mut self, field: &Field) {
        let key = field.name().strip_prefix("r#").unwrap_or(field.name());
        name(self.0, key, if OWN_KEYS.contains(&key) { "_" } else { "" });
    }
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            return;
        }
        self.key(field);
        let start = self.0.len();
        self.0.push(b'"');
        if write!(Text(self.0), "{value:?}").is_ok() {
            self.0.push(b'"');
        } else {
            // A value that cannot be shown: the line must stay JSON.
            self.0.truncate(start);
            self.0.extend_from_slice(b"null");
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() != "message" {
            self.key(field);
            string(self.0, value);
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.key(field);
        number(self.0, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.key(field);
        integer(self.0, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.key(field);
        integer(self.0, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.key(field);
        self.0.extend_from_slice(if value { b"true" } else { b"false" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_line_is_json_whatever_it_says() {
        let mut line = Vec::new();
        plain("error", "no \"luck\"\n", &[("detail", "\u{1}")], &mut line);
        assert_eq!(line.last(), Some(&b'\n'));
        let line: serde_json::Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(line["message"], "no \"luck\"\n");
        assert_eq!((&line["detail"], &line["target"]), (&"\u{1}".into(), &"fx".into()));
    }
}
