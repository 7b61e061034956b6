//! EventBridge: nearly CloudEvents, with the time in milliseconds.

use bytes::Bytes;
use fx_runtime::event::{
    Delivery, Message, Payload,
    native::{Malformed, typed, wire},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::queue::tags;

#[derive(Deserialize)]
struct Envelope {
    id: String,
    source: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    time: Value,
    #[serde(default)]
    data: Value,
}

/// What a message queue's connector has for data.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Queued {
    topic: String,
    msg_body: Value,
    #[serde(default)]
    msg_id: String,
    #[serde(default)]
    tags: Value,
}

pub(super) fn read(members: Map<String, Value>, body: &Bytes) -> Result<Delivery, Malformed> {
    let Envelope { id, source, kind, time, data } = typed("an event of EventBridge", members)?;
    let message = match typed::<Queued>("a message", data.clone()) {
        Ok(queued) if kind.starts_with("connector:") => Message::<Payload> {
            id: if queued.msg_id.is_empty() { id } else { queued.msg_id },
            topic: queued.topic.rsplit('/').next().unwrap_or_default().to_owned(),
            tags: tags(&queued.tags),
            body: wire(queued.msg_body),
            ..Message::default()
        },
        _ => Message { id, topic: source, tags: vec![kind], body: wire(data), ..Message::default() },
    };
    Ok(Delivery::Message(Message { time: when(&time), source: body.clone().into(), ..message }))
}

fn when(time: &Value) -> Option<Timestamp> {
    let millis = time.as_i64().or_else(|| time.as_str()?.parse().ok());
    match millis {
        Some(millis) => Timestamp::from_millisecond(millis).ok(),
        None => time.as_str()?.parse().ok(),
    }
}
