//! CKafka and CMQ.

use fx_runtime::event::{
    Delivery, Message, Payload,
    native::{Malformed, time, typed, wire},
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kafka {
    topic: String,
    partition: i64,
    offset: i64,
    #[serde(default)]
    msg_key: Option<String>,
    #[serde(default)]
    msg_body: Value,
}

pub(super) fn kafka(record: &Value, source: Payload) -> Result<Delivery, Malformed> {
    let Kafka { topic, partition, offset, msg_key, msg_body } = typed("a record of CKafka", record["Ckafka"].clone())?;
    // A message without a key has the word for it.
    let key = msg_key.filter(|key| !key.is_empty() && key != "None").map(|key| ("key", key));
    let place = [("partition", partition.to_string()), ("offset", offset.to_string())];
    Ok(Delivery::Message(Message {
        id: format!("{topic}-{partition}-{offset}"),
        attributes: place.into_iter().chain(key).map(|(name, value)| (name.to_owned(), value)).collect(),
        body: wire(msg_body),
        topic,
        source,
        ..Message::default()
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cmq {
    topic_name: String,
    #[serde(default)]
    msg_id: String,
    #[serde(default)]
    msg_tag: Value,
    #[serde(default)]
    msg_body: Value,
    #[serde(default)]
    publish_time: Option<String>,
}

pub(super) fn cmq(record: &Value, source: Payload) -> Result<Delivery, Malformed> {
    let message: Cmq = typed("a record of CMQ", record["CMQ"].clone())?;
    Ok(Delivery::Message(Message {
        id: message.msg_id,
        topic: message.topic_name,
        tags: tags(&message.msg_tag),
        body: wire(message.msg_body),
        time: time(message.publish_time.as_deref()),
        source,
        ..Message::default()
    }))
}

/// `"a,b"`, `"a, b"` or `["a","b"]`.
pub(super) fn tags(value: &Value) -> Vec<String> {
    let split = |text: &str| -> Vec<String> {
        text.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
    };
    match value {
        Value::String(text) => split(text),
        Value::Array(tags) => tags.iter().filter_map(Value::as_str).flat_map(split).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::tags;

    #[test]
    fn tags_have_three_spellings() {
        for spelling in [json!("a,b"), json!("a, b"), json!(["a", "b"])] {
            assert_eq!(tags(&spelling), ["a", "b"], "{spelling}");
        }
        assert_eq!(tags(&json!("")), [""; 0]);
        assert_eq!(tags(&json!(null)), [""; 0]);
    }
}
