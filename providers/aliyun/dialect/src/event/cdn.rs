//! The CDN trigger: each event is a message with the event as its body.

use bytes::Bytes;
use fx_runtime::event::{
    Delivery, Message,
    native::{Malformed, alone, time, typed},
};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_name: String,
    #[serde(default)]
    event_time: Option<String>,
    #[serde(default)]
    trace_id: String,
}

pub(super) fn is(members: &Map<String, Value>) -> bool {
    members.get("events").and_then(|events| events.get(0)).is_some_and(|event| event["eventSource"] == "cdn")
}

pub(super) fn read(members: &Map<String, Value>, body: &Bytes) -> Result<Vec<Delivery>, Malformed> {
    let events = members.get("events").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    events
        .iter()
        .map(|event| {
            let Event { event_name, event_time, trace_id } = typed("an event of CDN", event.clone())?;
            Ok(Delivery::Message(Message {
                id: trace_id,
                topic: "cdn".to_owned(),
                tags: vec![event_name],
                body: event.to_string().into(),
                time: time(event_time.as_deref()),
                source: alone("events", event, events.len(), body),
                ..Message::default()
            }))
        })
        .collect()
}
