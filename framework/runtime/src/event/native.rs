//! What dialects read their platforms' events with.

use std::fmt;

use bytes::Bytes;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Delivery, Payload};

/// What a platform's bytes mean.
#[derive(Debug)]
pub enum Meaning {
    /// Events, at least one.
    Events(Vec<Delivery>),
    /// Nothing known; the text says what they look like.
    Unknown(String),
}

/// Bytes that are nearly an event.
#[derive(Debug)]
pub struct Malformed {
    what: &'static str,
    why: String,
}

impl Malformed {
    /// They look like `what`, and something is wrong.
    pub fn new(what: &'static str, why: impl Into<String>) -> Self {
        Self { what, why: why.into() }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "this looks like {}, but: {}", self.what, self.why)
    }
}

/// Reads a value into the type that `what` has.
///
/// # Errors
/// It has another shape.
pub fn typed<T: DeserializeOwned>(what: &'static str, value: impl Into<Value>) -> Result<T, Malformed> {
    serde_json::from_value(value.into()).map_err(|error| Malformed::new(what, error.to_string()))
}

/// The payload of one record in a list named `list`, as if it had come alone: the body itself if there is only this one.
pub fn alone(list: &str, record: &Value, count: usize, body: &Bytes) -> Payload {
    if count == 1 {
        return body.clone().into();
    }
    let envelope = Map::from_iter([(list.to_owned(), Value::Array(vec![record.clone()]))]);
    Value::Object(envelope).to_string().into()
}

/// A time that is not readable is none: no function should fail for it.
pub fn time(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}

/// A message's body as it went over the wire: text as it is, anything else as JSON.
pub fn wire(value: Value) -> Payload {
    match value {
        Value::Null => Payload::default(),
        Value::String(text) => text.into(),
        other => other.to_string().into(),
    }
}

/// What an attribute says, whatever its type.
pub fn attribute(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// What an object looks like that is no event.
pub fn describe(members: &Map<String, Value>) -> String {
    let names: Vec<_> = members.keys().map(String::as_str).take(8).collect();
    match names.as_slice() {
        [] => "a JSON object without members".to_owned(),
        names => format!("a JSON object with the members {}", names.join(", ")),
    }
}

/// What bytes look like that are not JSON.
pub fn describe_bytes(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.trim().is_empty() => "an empty body",
        Ok(_) => "text that is not JSON",
        Err(_) => "bytes that are not text",
    }
    .to_owned()
}

/// The text that percent-encoded text means; `None` if it is not UTF-8.
pub fn percent_decoded(text: &str) -> Option<std::borrow::Cow<'_, str>> {
    crate::route::decode(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_record_has_the_body_as_it_came_and_one_of_many_an_envelope_of_its_own() {
        let body = Bytes::from_static(b"{ \"Records\": [7] }");
        assert_eq!(alone("Records", &json!(7), 1, &body).bytes(), &body);
        assert_eq!(alone("Records", &json!(7), 2, &body).text(), r#"{"Records":[7]}"#);
    }

    #[test]
    fn strangers_are_described() {
        assert_eq!(describe(&Map::new()), "a JSON object without members");
        assert_eq!(describe(json!({"b": 1, "a": 2}).as_object().unwrap()), "a JSON object with the members a, b");
        assert_eq!(describe_bytes(b" "), "an empty body");
        assert_eq!(describe_bytes(b"{"), "text that is not JSON");
        assert_eq!(describe_bytes(b"\xff"), "bytes that are not text");
        assert_eq!(
            typed::<String>("a text", json!(7)).unwrap_err().to_string(),
            "this looks like a text, but: invalid type: integer `7`, expected a string"
        );
    }
}
