//! Media processing and load balancers: nothing fx has a type for, so the event itself is the message's body.

use bytes::Bytes;
use fx_runtime::event::{Delivery, Message, native::attribute};
use serde_json::{Map, Value};

/// A task of MPS has ended.
pub(super) fn workflow(members: &Map<String, Value>, body: &Bytes) -> Delivery {
    let tags = members.get("EventType").and_then(Value::as_str).map(str::to_owned).into_iter().collect();
    Delivery::Message(Message {
        topic: "mps".to_owned(),
        tags,
        body: body.clone().into(),
        source: body.clone().into(),
        ..Message::default()
    })
}

/// A request that came through CLB. The function answers in the shape the balancer wants.
pub(super) fn balancer(mut members: Map<String, Value>, body: &Bytes) -> Delivery {
    let headers = match members.remove("headers") {
        Some(Value::Object(headers)) => headers,
        _ => Map::new(),
    };
    Delivery::Message(Message {
        topic: "clb".to_owned(),
        attributes: headers.into_iter().map(|(name, value)| (name, attribute(value))).collect(),
        body: body.clone().into(),
        source: body.clone().into(),
        ..Message::default()
    })
}
