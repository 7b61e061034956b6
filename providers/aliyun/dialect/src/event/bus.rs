//! EventBridge: one CloudEvent in event mode, an array of them in streaming mode, and from Kafka an array of texts that hold one each.

use std::collections::BTreeMap;

use bytes::Bytes;
use fx_runtime::event::{
    Delivery, Message, Payload,
    native::{Malformed, Meaning, attribute, time, typed, wire},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::oss;

#[derive(Deserialize)]
struct Envelope {
    id: String,
    source: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    time: Option<String>,
    #[serde(default)]
    data: Value,
}

/// All elements of an array, if all are events.
pub(super) fn array(elements: Vec<Value>, body: &Bytes) -> Result<Meaning, Malformed> {
    if elements.is_empty() {
        return Ok(Meaning::Unknown("an empty array".to_owned()));
    }
    let count = elements.len();
    let mut events = Vec::with_capacity(count);
    for element in elements {
        let (event, text) = match element {
            Value::String(text) => (serde_json::from_str(&text).unwrap_or_default(), Some(text)),
            event => (event, None),
        };
        if event.get("specversion").is_none() {
            return Ok(Meaning::Unknown("an array whose elements are not events of EventBridge".to_owned()));
        }
        let payload = match text {
            Some(text) => Bytes::from(text),
            None if count == 1 => trimmed(body),
            None => Bytes::from(event.to_string()),
        };
        events.push(single(event, payload)?);
    }
    Ok(Meaning::Events(events))
}

/// The only element of an array, as it is written there.
fn trimmed(body: &Bytes) -> Bytes {
    let inner = body.trim_ascii();
    let inner = inner.strip_prefix(b"[").and_then(|inner| inner.strip_suffix(b"]")).unwrap_or(inner);
    body.slice_ref(inner.trim_ascii())
}

/// One event.
pub(super) fn single(event: Value, payload: Bytes) -> Result<Delivery, Malformed> {
    let envelope: Envelope = typed("an event of EventBridge", event)?;
    let source = Payload::from(payload);
    if envelope.kind.starts_with("oss:Object") && envelope.data.get("oss").is_some() {
        return oss::record(envelope.data, source);
    }
    let when = time(envelope.time.as_deref());
    let mut message = match envelope.kind.as_str() {
        "mns:Queue:SendMessage" => queue(&envelope)?,
        "mq:Topic:SendMessage" => rocket(envelope.data)?,
        "amqp:Queue:SendMessage" => rabbit(&envelope)?,
        "alikafka:Topic:Message" => kafka(envelope.data)?,
        _ => {
            let Envelope { source, kind, data, .. } = envelope;
            Message { topic: source, tags: vec![kind], body: wire(data), ..Message::default() }
        }
    };
    if message.id.is_empty() {
        message.id = envelope.id;
    }
    Ok(Delivery::Message(Message { time: message.time.or(when), source, ..message }))
}

/// `acs:mns:REGION:ACCOUNT:queues/zeus` is about `zeus`.
fn last_part(subject: Option<&str>) -> String {
    subject.and_then(|subject| subject.rsplit(['/', ':']).next()).unwrap_or_default().to_owned()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Queue {
    message_id: String,
    message_body: Value,
}

fn queue(envelope: &Envelope) -> Result<Message<Payload>, Malformed> {
    let Queue { message_id, message_body } = typed("a message of an MNS queue", envelope.data.clone())?;
    let topic = last_part(envelope.subject.as_deref());
    Ok(Message { id: message_id, topic, body: wire(message_body), ..Message::default() })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rocket {
    topic: String,
    #[serde(default)]
    system_properties: Map<String, Value>,
    #[serde(default)]
    user_properties: Map<String, Value>,
    #[serde(default)]
    body: Value,
}

fn rocket(data: Value) -> Result<Message<Payload>, Malformed> {
    let Rocket { topic, mut system_properties, user_properties, body } = typed("a message of RocketMQ", data)?;
    let mut system = |name: &str| system_properties.remove(name).map(attribute).filter(|text| !text.is_empty());
    let tags = system("TAGS").into_iter().collect();
    let mut attributes = texts(user_properties);
    attributes.extend(system("KEYS").map(|keys| ("KEYS".to_owned(), keys)));
    let id = system("UNIQ_KEY").unwrap_or_default();
    Ok(Message { id, topic, tags, attributes, body: wire(body), ..Message::default() })
}

#[derive(Deserialize)]
struct Rabbit {
    #[serde(default)]
    envelope: Map<String, Value>,
    #[serde(default)]
    props: Map<String, Value>,
    #[serde(default)]
    body: Value,
}

fn rabbit(event: &Envelope) -> Result<Message<Payload>, Malformed> {
    let Rabbit { envelope, mut props, body } = typed("a message of RabbitMQ", event.data.clone())?;
    let id = props.remove("messageId").map(attribute).unwrap_or_default();
    let mut attributes = texts(props);
    attributes.extend(texts(envelope));
    let topic = last_part(event.subject.as_deref());
    Ok(Message { id, topic, attributes, body: wire(body), ..Message::default() })
}

#[derive(Deserialize)]
struct Kafka {
    topic: String,
    #[serde(default)]
    partition: Option<i64>,
    #[serde(default)]
    offset: Option<i64>,
    /// Milliseconds.
    #[serde(default)]
    timestamp: Option<i64>,
    #[serde(default)]
    key: Option<Value>,
    #[serde(default)]
    value: Value,
}

fn kafka(data: Value) -> Result<Message<Payload>, Malformed> {
    let Kafka { topic, partition, offset, timestamp, key, value } = typed("a message of Kafka", data)?;
    let number = |name: &str, number: Option<i64>| number.map(|number| (name.to_owned(), number.to_string()));
    let key = key.filter(|key| !key.is_null()).map(|key| ("key".to_owned(), attribute(key)));
    let attributes = number("partition", partition).into_iter().chain(number("offset", offset)).chain(key).collect();
    let time = timestamp.and_then(|time| Timestamp::from_millisecond(time).ok());
    Ok(Message { topic, attributes, body: wire(value), time, ..Message::default() })
}

fn texts(members: Map<String, Value>) -> BTreeMap<String, String> {
    let present = members.into_iter().filter(|(_, value)| !value.is_null());
    present.map(|(name, value)| (name, attribute(value))).collect()
}
