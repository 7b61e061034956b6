//! One event as one line of JSON.

use std::fmt::{self, Write as _};

use serde::Serialize;
use tracing::{
    Event,
    field::{Field, Visit},
};

use crate::context::Context;

/// Keys that every line may have; a field of the same name gets an underscore.
const OWN_KEYS: [&str; 6] = ["time", "level", "message", "requestId", "function", "target"];

pub(super) struct Line<'a> {
    event: &'a Event<'a>,
    context: Option<&'a Context>,
    message: String,
    // `,"key":value` for each field.
    fields: Vec<u8>,
}

impl<'a> Line<'a> {
    pub(super) fn new(event: &'a Event<'a>, context: Option<&'a Context>) -> Self {
        let mut line = Self { event, context, message: String::new(), fields: Vec::new() };
        event.record(&mut line);
        line
    }

    /// Appends the line, its newline included.
    pub(super) fn write(&self, to: &mut Vec<u8>) {
        let metadata = self.event.metadata();
        let level = match *metadata.level() {
            tracing::Level::ERROR => "error",
            tracing::Level::WARN => "warn",
            tracing::Level::INFO => "info",
            tracing::Level::DEBUG => "debug",
            tracing::Level::TRACE => "trace",
        };
        to.extend_from_slice(b"{\"time\":");
        json(to, &format_args!("{:.3}", jiff::Timestamp::now()));
        for (key, value) in [("level", level), ("message", &self.message)] {
            pair(to, key, value);
        }
        if let Some(context) = self.context {
            pair(to, "requestId", context.request_id());
            if !context.function().is_empty() {
                pair(to, "function", context.function());
            }
        }
        pair(to, "target", metadata.target());
        to.extend_from_slice(&self.fields);
        to.extend_from_slice(b"}\n");
    }

    fn field(&mut self, field: &Field, value: &(impl Serialize + ?Sized)) {
        let name = field.name().strip_prefix("r#").unwrap_or(field.name());
        if OWN_KEYS.contains(&name) {
            pair(&mut self.fields, &format!("{name}_"), value);
        } else {
            pair(&mut self.fields, name, value);
        }
    }
}

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            let _ = write!(self.message, "{value:?}");
        } else {
            self.field(field, &format_args!("{value:?}"));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.message.push_str(value);
        } else {
            self.field(field, value);
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.field(field, &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.field(field, &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.field(field, &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.field(field, &value);
    }
}

/// A line that is not an event: whatever FX_LOG says, it is written.
pub(super) fn plain(level: &str, message: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut line = b"{\"time\":".to_vec();
    json(&mut line, &format_args!("{:.3}", jiff::Timestamp::now()));
    for (key, value) in [("level", level), ("message", message), ("target", "fx")].iter().chain(fields) {
        pair(&mut line, key, value);
    }
    line.extend_from_slice(b"}\n");
    line
}

fn pair(to: &mut Vec<u8>, key: &str, value: &(impl Serialize + ?Sized)) {
    to.push(b',');
    json(to, key);
    to.push(b':');
    json(to, value);
}

fn json(to: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    let start = to.len();
    if serde_json::to_writer(&mut *to, value).is_err() {
        // A value whose Display fails: the line must stay JSON.
        to.truncate(start);
        to.extend_from_slice(b"null");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_line_is_json_whatever_it_says() {
        let line = plain("error", "no \"luck\"\n", &[("detail", "\u{1}")]);
        assert_eq!(line.last(), Some(&b'\n'));
        let line: serde_json::Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(line["message"], "no \"luck\"\n");
        assert_eq!((&line["detail"], &line["target"]), (&"\u{1}".into(), &"fx".into()));
    }
}
