//! The Tablestore trigger: a batch of changed rows, in their order, as one message.
//!
//! It comes as CBOR, from the console's test as JSON. The message's body is JSON either way, its payload what came.

use bytes::Bytes;
use fx_runtime::event::{
    Delivery, Message,
    native::{Malformed, Meaning, describe_bytes},
};
use serde_json::Value;

use super::cbor;

/// CBOR that begins with a map.
pub(super) fn may_be(body: &[u8]) -> bool {
    body.first().is_some_and(|byte| byte >> 5 == 5)
}

pub(super) fn binary(body: &Bytes) -> Result<Meaning, Malformed> {
    Ok(match cbor::decode(body) {
        Some(Value::Object(members)) if members.contains_key("Version") && members.contains_key("Records") => {
            Meaning::Events(vec![document(&Value::Object(members), body)])
        }
        Some(_) => Meaning::Unknown("CBOR without the members Version and Records".to_owned()),
        None => Meaning::Unknown(describe_bytes(body)),
    })
}

pub(super) fn document(document: &Value, body: &Bytes) -> Delivery {
    Delivery::Message(Message {
        topic: "tablestore".to_owned(),
        body: document.to_string().into(),
        source: body.clone().into(),
        ..Message::default()
    })
}
