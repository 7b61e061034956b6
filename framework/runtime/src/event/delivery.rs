//! [`Delivery`]: an event on its way from a platform's dialect to the function that takes it.

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{CloudEvent, LogBatch, Message, ObjectEvent, Payload, Timer, TriggerKind};
use crate::error::{Error, Result};

/// An event as a dialect understood it.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// A timer's tick.
    Timer(Timer),
    /// An object's event.
    Object(ObjectEvent),
    /// A message whose body is still bytes: what they mean is up to the function.
    Message(Message<Payload>),
    /// Log lines.
    Log(LogBatch),
    /// An event that came as a CloudEvent, by a trigger of this kind.
    Cloud(TriggerKind, CloudEvent),
}

impl Delivery {
    /// The trigger's kind.
    pub fn kind(&self) -> TriggerKind {
        match self {
            Self::Timer(_) => TriggerKind::Timer,
            Self::Object(_) => TriggerKind::Object,
            Self::Message(_) => TriggerKind::Message,
            Self::Log(_) => TriggerKind::Log,
            Self::Cloud(kind, _) => *kind,
        }
    }

    /// The untouched payload.
    pub fn source(&self) -> &Payload {
        match self {
            Self::Timer(event) => &event.source,
            Self::Object(event) => &event.source,
            Self::Message(event) => &event.source,
            Self::Log(event) => &event.source,
            Self::Cloud(_, event) => &event.payload,
        }
    }

    /// An event in fx's own JSON form (what `fx invoke -d` sends): the fields of the event type, all optional.
    ///
    /// # Errors
    /// It is not JSON, or has fields this kind of event does not have.
    pub fn from_json(kind: TriggerKind, json: &Bytes) -> Result<Self> {
        let source = Payload::from(json.clone());
        Ok(match kind {
            TriggerKind::Timer => Self::Timer(Timer { source, ..read(kind, json)? }),
            TriggerKind::Object => Self::Object(ObjectEvent { source, ..read(kind, json)? }),
            TriggerKind::Log => Self::Log(LogBatch { source, ..read(kind, json)? }),
            TriggerKind::Message => Self::Message(Message { source, ..message(json)?.into_wire() }),
        })
    }
}

/// A message without a body is one with an empty body, which serde does not say of a field whose type is open.
fn message(json: &[u8]) -> Result<Message> {
    let mut fields: serde_json::Map<String, Value> = read(TriggerKind::Message, json)?;
    fields.entry("body").or_insert(Value::Null);
    serde_json::from_value(Value::Object(fields)).map_err(|error| refused(TriggerKind::Message, &error))
}

fn read<T: DeserializeOwned>(kind: TriggerKind, json: &[u8]) -> Result<T> {
    serde_json::from_slice(json).map_err(|error| refused(kind, &error))
}

fn refused(kind: TriggerKind, error: &serde_json::Error) -> Error {
    Error::bad_request(format!("not an event of kind {kind}: {error}"))
}

pub(super) fn wrong_kind(wanted: &str, got: &Delivery) -> Error {
    Error::unprocessable(format!("the function takes a {wanted}, and an event of kind {} arrived", got.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, Raw};

    fn from_json(kind: TriggerKind, json: &'static str) -> Result<Delivery> {
        Delivery::from_json(kind, &Bytes::from_static(json.as_bytes()))
    }

    #[test]
    fn every_kind_can_be_empty() {
        for kind in TriggerKind::ALL {
            assert_eq!(from_json(*kind, "{}").unwrap().kind(), *kind);
        }
    }

    #[test]
    fn a_misspelt_field_is_named() {
        for kind in TriggerKind::ALL {
            let error = from_json(*kind, r#"{"colour":1}"#).unwrap_err();
            assert!(error.message().contains("unknown field `colour`"), "{error}");
        }
    }

    #[test]
    fn the_payload_stays_reachable() {
        let json = r#"{"topic":"t","body":"text"}"#;
        let message = Message::<String>::receive(from_json(TriggerKind::Message, json).unwrap()).unwrap();
        assert_eq!(message.body, "text");
        assert_eq!(message.raw().text(), json);
        let Raw(raw) = Raw::<Value>::receive(from_json(TriggerKind::Message, json).unwrap()).unwrap();
        assert_eq!(raw["topic"], "t");
    }

    #[test]
    fn a_cloud_event_may_come_as_a_message() {
        let json = r#"{"body":{"id":"1","source":"s","type":"t","extra":true}}"#;
        let event = CloudEvent::receive(from_json(TriggerKind::Message, json).unwrap()).unwrap();
        assert_eq!((event.kind.as_str(), &event.extensions["extra"]), ("t", &Value::Bool(true)));
        assert_eq!(event.raw().text(), json);
        // A platform that speaks CloudEvents itself hands them over as they are, whatever triggered them.
        let delivery = Delivery::Cloud(TriggerKind::Object, event.clone());
        assert_eq!((delivery.kind(), delivery.source().text()), (TriggerKind::Object, json.into()));
        assert_eq!(CloudEvent::receive(delivery).unwrap(), event);
        assert!(CloudEvent::receive(from_json(TriggerKind::Timer, "{}").unwrap()).is_err());
    }

    #[test]
    fn what_an_event_bus_sends_is_a_cloud_event_and_its_message() {
        let json = r#"{"id":"1","source":"s","type":"t","data":{"id":"2","source":"inner","type":"u"}}"#;
        let body = r#"{"id":"2","source":"inner","type":"u"}"#.into();
        let delivery = Delivery::Message(Message { body, source: json.into(), ..Message::default() });
        assert_eq!(CloudEvent::receive(delivery.clone()).unwrap().source, "s");
        assert_eq!(Message::<Value>::receive(delivery).unwrap().body["source"], "inner");
    }

    #[test]
    fn a_cloud_event_may_say_its_time_in_milliseconds() {
        let time = |time: &str| {
            let event = format!(r#"{{"id":"1","source":"s","type":"t","time":{time}}}"#);
            serde_json::from_str::<CloudEvent>(&event).unwrap().time.map(|time| time.to_string())
        };
        let expected = Some("2021-03-11T02:29:19.146Z".to_owned());
        for spelling in ["\"2021-03-11T02:29:19.146Z\"", "\"1615429759146\"", "1615429759146"] {
            assert_eq!(time(spelling), expected, "{spelling}");
        }
        assert_eq!(time("\"soon\""), None);
    }

    #[test]
    fn a_raw_event_in_another_notation_is_its_json() {
        let of = |source: &'static [u8], body: &'static str| {
            let message = Message { body: body.into(), source: source.into(), ..Message::default() };
            Raw::<Value>::receive(Delivery::Message(message)).map(|Raw(value)| value)
        };
        assert_eq!(of(b"\xa1\x61a\x01", r#"{"a":1}"#).unwrap()["a"], 1);
        assert_eq!(of(br#"{"whole":true}"#, r#"{"a":1}"#).unwrap()["whole"], true);
        assert!(of(b"\xa1", "text").unwrap_err().message().starts_with("the event does not fit: "));
    }

    #[test]
    fn another_kind_is_a_clear_error() {
        let error = Timer::receive(from_json(TriggerKind::Object, "{}").unwrap()).unwrap_err();
        assert_eq!(error.message(), "the function takes a Timer, and an event of kind object arrived");
    }
}
