//! Messages: topics (SNS), queues (SQS), and what streams bring (Kinesis, DynamoDB).

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use fx_runtime::event::{
    Delivery, Message, Payload,
    native::{Malformed, Meaning, alone, time, typed},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::last_part;

/// An attribute of a message; queues and topics spell its members differently. Bytes come as base64, and stay that.
#[derive(Deserialize)]
struct Attribute {
    #[serde(alias = "stringValue", alias = "Value")]
    value: Option<String>,
    #[serde(rename = "binaryValue")]
    bytes: Option<String>,
}

type Attributes = BTreeMap<String, Attribute>;

/// Tags, which AWS does not have: by convention an attribute of that name, with commas between several.
fn tags(attributes: &BTreeMap<String, String>) -> Vec<String> {
    let listed = attributes.get("tags").or(attributes.get("tag")).map(String::as_str).unwrap_or_default();
    listed.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

fn texts(attributes: Attributes) -> BTreeMap<String, String> {
    let text = |attribute: Attribute| attribute.value.or(attribute.bytes);
    attributes.into_iter().filter_map(|(name, attribute)| Some((name, text(attribute)?))).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sns {
    message_id: String,
    topic_arn: String,
    subject: Option<String>,
    message: String,
    timestamp: Option<String>,
    #[serde(default)]
    message_attributes: Attributes,
}

pub(super) fn topic(records: &[Value], body: &Bytes) -> Result<Meaning, Malformed> {
    let deliver = |value: &Value| {
        let sns: Sns = typed("an event of SNS", value.get("Sns").cloned().unwrap_or_default())?;
        let mut attributes = texts(sns.message_attributes);
        let tags = tags(&attributes);
        attributes.extend(sns.subject.map(|subject| ("Subject".to_owned(), subject)));
        Ok(Delivery::Message(Message {
            id: sns.message_id,
            topic: last_part(&sns.topic_arn).to_owned(),
            tags,
            attributes,
            body: sns.message.into(),
            time: time(sns.timestamp.as_deref()),
            source: alone("Records", value, records.len(), body),
        }))
    };
    records.iter().map(deliver).collect::<Result<_, _>>().map(Meaning::Events)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sqs {
    message_id: String,
    body: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(default)]
    message_attributes: Attributes,
    #[serde(rename = "eventSourceARN")]
    arn: String,
}

/// A queue's message: its own attributes, and what the queue says of it.
pub(super) fn of_queue(record: &Value, source: Payload) -> Result<Message<Payload>, Malformed> {
    let sqs: Sqs = typed("an event of SQS", record.clone())?;
    let sent = sqs.attributes.get("SentTimestamp").and_then(|millis| millis.parse().ok());
    let mut attributes = texts(sqs.message_attributes);
    let tags = tags(&attributes);
    for (name, value) in sqs.attributes {
        attributes.entry(name).or_insert(value);
    }
    Ok(Message {
        id: sqs.message_id,
        topic: last_part(&sqs.arn).to_owned(),
        tags,
        attributes,
        body: sqs.body.into(),
        time: sent.and_then(|millis| Timestamp::from_millisecond(millis).ok()),
        source,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StreamRecord {
    #[serde(default, rename = "eventID")]
    id: String,
    #[serde(default)]
    event_name: String,
    #[serde(default, rename = "eventSourceARN")]
    arn: String,
    kinesis: Option<Kinesis>,
    dynamodb: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kinesis {
    data: String,
    partition_key: Option<String>,
    approximate_arrival_timestamp: Option<f64>,
}

/// A stream's record: Kinesis brings bytes, DynamoDB what changed.
pub(super) fn of_stream(record: &Value, source: Payload) -> Result<Message<Payload>, Malformed> {
    let record: StreamRecord = typed("an event of a stream", record.clone())?;
    let mut attributes = BTreeMap::from([("eventName".to_owned(), record.event_name)]);
    let (topic, body, seconds) = match (record.kinesis, record.dynamodb) {
        (Some(kinesis), _) => {
            attributes.extend(kinesis.partition_key.map(|key| ("partitionKey".to_owned(), key)));
            let data = BASE64_STANDARD.decode(&kinesis.data);
            let data = data
                .map_err(|error| Malformed::new("an event of Kinesis", format!("the data is not base64: {error}")))?;
            (last_part(&record.arn), Payload::from(data), kinesis.approximate_arrival_timestamp)
        }
        (None, change) => {
            let change = change.unwrap_or_default();
            let seconds = change.get("ApproximateCreationDateTime").and_then(Value::as_f64);
            // `…:table/NAME/stream/DATE`
            let table = record.arn.split('/').nth(1).unwrap_or_default();
            (table, Payload::from(change.to_string()), seconds)
        }
    };
    let time = seconds.and_then(|seconds| Timestamp::from_millisecond((seconds * 1000.0) as i64).ok());
    Ok(Message { id: record.id, topic: topic.to_owned(), tags: Vec::new(), attributes, body, time, source })
}
