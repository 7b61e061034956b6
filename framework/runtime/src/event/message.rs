//! [`Message`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{CloudEvent, Delivery, Event, Payload, TriggerKind, delivery::wrong_kind};
use crate::error::{Error, Result};

/// A message from a topic or queue. A function gets them one at a time, also where the platform delivers batches.
///
/// The body is read as JSON into `T`; a body that is plain text becomes a JSON string, so `Message<String>` takes any text.
///
/// ```
/// use fx_runtime::event::Message;
///
/// let changed: Message = serde_json::from_str(r#"{"topic":"todo","body":{"id":7}}"#)?;
/// assert_eq!(changed.body["id"], 7);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message<T = Value> {
    /// The platform's id of the message; the same again when it is delivered again.
    #[serde(default)]
    pub id: String,
    /// Topic or queue it came from.
    #[serde(default)]
    pub topic: String,
    /// Tags it was sent with.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Further attributes it was sent with.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    /// What it says.
    pub body: T,
    /// When it was sent.
    #[serde(default)]
    pub time: Option<Timestamp>,
    /// What [`raw`](Self::raw) returns.
    #[serde(skip)]
    pub source: Payload,
}

impl<T> Message<T> {
    /// The untouched event as the platform sent it.
    pub fn raw(&self) -> &Payload {
        &self.source
    }

    fn with_body<U>(self, body: U) -> Message<U> {
        let Self { id, topic, tags, attributes, time, source, .. } = self;
        Message { id, topic, tags, attributes, body, time, source }
    }
}

impl Message<Value> {
    /// The same message with its body as the bytes that went over the wire: text as it is, anything else as JSON.
    pub(super) fn into_wire(self) -> Message<Payload> {
        let body = match &self.body {
            Value::Null => Payload::default(),
            Value::String(text) => text.clone().into(),
            other => other.to_string().into(),
        };
        self.with_body(body)
    }
}

impl<T: DeserializeOwned + Send + 'static> Event for Message<T> {
    const KINDS: &'static [TriggerKind] = &[TriggerKind::Message];

    fn receive(delivery: Delivery) -> Result<Self> {
        match delivery {
            Delivery::Message(message) => {
                let body = body(&message.body)?;
                Ok(message.with_body(body))
            }
            // An event bus: what it says is the body.
            Delivery::Cloud(_, event) => {
                let CloudEvent { id, source: topic, data, time, payload: source, .. } = event;
                let message = Message { id, topic, body: data, time, source, ..Message::default() }.into_wire();
                let body = body(&message.body)?;
                Ok(message.with_body(body))
            }
            other => Err(wrong_kind("Message", &other)),
        }
    }
}

fn body<T: DeserializeOwned>(payload: &Payload) -> Result<T> {
    let as_json = if payload.bytes().is_empty() { serde_json::from_value(Value::Null) } else { payload.json() };
    as_json.or_else(|error| {
        let text = std::str::from_utf8(payload.bytes()).ok();
        // Numbers and booleans are JSON as well as text: someone who asks for a String means the text.
        let as_text = text.and_then(|text| serde_json::from_value(Value::String(text.to_owned())).ok());
        as_text.ok_or_else(|| Error::unprocessable(format!("the message's body does not fit: {error}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receive<T: DeserializeOwned + Send + 'static>(body: &'static str) -> Result<T> {
        let message = Message::<Payload> { body: body.into(), ..Message::default() };
        Message::<T>::receive(Delivery::Message(message)).map(|message| message.body)
    }

    #[test]
    fn a_body_is_json_or_text() {
        assert_eq!(receive::<Value>(r#"{"id":7}"#).unwrap(), serde_json::json!({"id": 7}));
        assert_eq!(receive::<Value>("hello").unwrap(), Value::String("hello".into()));
        assert_eq!(receive::<String>("hello").unwrap(), "hello");
        assert_eq!(receive::<String>("12").unwrap(), "12");
        assert_eq!(receive::<u8>("12").unwrap(), 12);
        assert_eq!(receive::<Option<u8>>("").unwrap(), None);
    }

    #[test]
    fn an_event_of_a_bus_is_a_message_about_its_data() {
        let event = CloudEvent { source: "shop".into(), data: serde_json::json!({"id": 7}), ..CloudEvent::default() };
        let message = Message::<Value>::receive(Delivery::Cloud(TriggerKind::Message, event)).unwrap();
        assert_eq!((message.topic.as_str(), &message.body["id"]), ("shop", &7.into()));
    }

    #[test]
    fn a_body_of_another_shape_is_refused() {
        let error = receive::<u8>("many").unwrap_err();
        assert_eq!(error.status(), 422);
        assert!(error.message().starts_with("the message's body does not fit: "), "{error}");
    }
}
