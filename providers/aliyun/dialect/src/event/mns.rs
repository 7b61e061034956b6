//! Topics of the message service.

use bytes::Bytes;
use fx_runtime::event::{
    Delivery, Message,
    native::{Malformed, attribute, typed, wire},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notification {
    topic_name: String,
    message: String,
    #[serde(default)]
    message_id: String,
    #[serde(default)]
    message_tag: Option<String>,
    /// Milliseconds.
    #[serde(default)]
    publish_time: Option<i64>,
}

/// Members that describe the delivery; all others are attributes of the message.
const OWN: [&str; 8] =
    ["TopicOwner", "Message", "Subscriber", "PublishTime", "SubscriptionName", "MessageMD5", "TopicName", "MessageId"];

/// A message in JSON format.
pub(super) fn topic(members: Map<String, Value>, body: &Bytes) -> Result<Delivery, Malformed> {
    let is_own = |name: &str| OWN.contains(&name) || name == "MessageTag";
    let further = members.iter().filter(|(name, _)| !is_own(name));
    let attributes = further.map(|(name, value)| (name.clone(), attribute(value.clone()))).collect();
    let notification: Notification = typed("a message of an MNS topic", members)?;
    Ok(Delivery::Message(Message {
        id: notification.message_id,
        topic: notification.topic_name,
        tags: notification.message_tag.into_iter().filter(|tag| !tag.is_empty()).collect(),
        attributes,
        body: notification.message.into(),
        time: notification.publish_time.and_then(|time| Timestamp::from_millisecond(time).ok()),
        source: body.clone().into(),
    }))
}

/// A message in STREAM format is its bare text, unless it has attributes: then text and attributes are members of an object.
pub(super) fn is_stream(members: &Map<String, Value>) -> bool {
    members.len() == 2 && members.contains_key("body") && members.get("attrs").is_some_and(Value::is_object)
}

#[derive(Deserialize)]
struct Stream {
    body: Value,
    attrs: Map<String, Value>,
}

pub(super) fn stream(members: Map<String, Value>, body: &Bytes) -> Result<Delivery, Malformed> {
    let Stream { body: text, attrs } = typed("a message of an MNS topic", members)?;
    let mut attributes = std::collections::BTreeMap::new();
    for (name, value) in attrs {
        // The user's own attributes are JSON in a text, in one attribute of the service.
        let own = value.as_str().filter(|_| name == "Extend").map(serde_json::from_str::<Map<String, Value>>);
        match own {
            Some(Ok(own)) => attributes.extend(own.into_iter().map(|(name, value)| (name, attribute(value)))),
            _ => {
                attributes.insert(name, attribute(value));
            }
        }
    }
    Ok(Delivery::Message(Message { attributes, body: wire(text), source: body.clone().into(), ..Message::default() }))
}
