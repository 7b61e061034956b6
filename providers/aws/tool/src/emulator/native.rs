//! fx's own events in the words of the services that send them.

use base64::{Engine, prelude::BASE64_STANDARD};
use fx_provider::{
    deploy::Place,
    emulator::{Failure, LogData, MessageData, ObjectData, ObjectKind, Occurrence, Sent, TimerData, gzip},
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// The event, with the id of the message if it is one.
pub(super) fn event(occurrence: &Occurrence, place: &Place) -> Sent {
    match occurrence {
        Occurrence::Timer(timer) => schedule(timer).into(),
        Occurrence::Object(object) => s3(object, &place.region).into(),
        Occurrence::Message(message) => {
            let id = if message.id.is_empty() { "059f36b4-87a3-44ab-83d2-661975830a7d" } else { &message.id };
            Sent { message: Some(id.to_owned()), ..sqs(message, id, place).into() }
        }
        Occurrence::Log(log) => cloudwatch(log, &place.account).into(),
    }
}

/// The Input of the schedules that fx makes.
fn schedule(timer: &TimerData) -> Value {
    let mut event = json!({ "source": "fx.timer", "name": timer.name });
    if let Some(payload) = &timer.payload {
        event["payload"] = payload.as_str().into();
    }
    event
}

fn s3(object: &ObjectData, region: &str) -> Value {
    let name = match object.kind {
        ObjectKind::Created => "ObjectCreated:Put",
        ObjectKind::Removed => "ObjectRemoved:Delete",
    };
    let mut entry = json!({ "key": form(&object.key), "sequencer": "0A1B2C3D4E5F678901" });
    if let Some(size) = object.size {
        entry["size"] = size.into();
    }
    if let Some(etag) = &object.etag {
        entry["eTag"] = etag.as_str().into();
    }
    json!({ "Records": [{
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": region,
        "eventTime": object.time.unwrap_or_else(Timestamp::now).to_string(),
        "eventName": name,
        "userIdentity": { "principalId": "EXAMPLE" },
        "requestParameters": { "sourceIPAddress": "127.0.0.1" },
        "responseElements": { "x-amz-request-id": "EXAMPLE123456789", "x-amz-id-2": "EXAMPLE123" },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "emulated",
            "bucket": {
                "name": object.bucket,
                "ownerIdentity": { "principalId": "EXAMPLE" },
                "arn": format!("arn:aws:s3:::{}", object.bucket),
            },
            "object": entry,
        },
    }] })
}

fn sqs(message: &MessageData, id: &str, place: &Place) -> Value {
    let Place { account, region } = place;
    let sent = message.time.unwrap_or_else(Timestamp::now).as_millisecond().to_string();
    let mut attributes: Map<String, Value> = Map::new();
    for (name, value) in &message.attributes {
        attributes.insert(name.clone(), attribute(value));
    }
    if !message.tags.is_empty() {
        attributes.insert("tags".into(), attribute(&message.tags.join(",")));
    }
    json!({ "Records": [{
        "messageId": id,
        "receiptHandle": "EMULATED",
        "body": message.text(),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": sent,
            "SenderId": "EXAMPLE",
            "ApproximateFirstReceiveTimestamp": sent,
        },
        "messageAttributes": attributes,
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": format!("arn:aws:sqs:{region}:{account}:{}", message.topic),
        "awsRegion": region,
    }] })
}

fn attribute(value: &str) -> Value {
    json!({ "stringValue": value, "stringListValues": [], "binaryListValues": [], "dataType": "String" })
}

fn cloudwatch(log: &LogData, account: &str) -> Value {
    let lines: Vec<Value> = log
        .lines
        .iter()
        .enumerate()
        .map(|(number, line)| {
            let time = line.time.unwrap_or_else(Timestamp::now).as_millisecond();
            json!({ "id": format!("{number:056}"), "timestamp": time, "message": line.message })
        })
        .collect();
    let document = json!({
        "messageType": "DATA_MESSAGE",
        "owner": log.project.as_deref().unwrap_or(account),
        "logGroup": log.store.as_deref().unwrap_or("emulated"),
        "logStream": "emulated",
        "subscriptionFilters": ["emulated"],
        "logEvents": lines,
    });
    json!({ "awslogs": { "data": BASE64_STANDARD.encode(gzip(document.to_string().as_bytes())) } })
}

/// A key as S3 writes it: like a value of a form.
fn form(key: &str) -> String {
    let mut written = String::with_capacity(key.len());
    for byte in key.bytes() {
        match byte {
            b' ' => written.push('+'),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' | b'/' => {
                written.push(char::from(byte));
            }
            _ => written.push_str(&format!("%{byte:02X}")),
        }
    }
    written
}

/// What became of a batch of one message.
pub(super) fn batch(answer: Value, id: &str) -> Result<Value, Failure> {
    let failed = answer.get("batchItemFailures").and_then(Value::as_array);
    let failed = failed.is_some_and(|items| items.iter().any(|item| item["itemIdentifier"] == *id));
    if failed {
        return Err(Failure::new("BatchItemFailure", format!("message {id} was not processed; the log says why")));
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_as_s3_writes_it() {
        let object =
            ObjectData { bucket: "b".into(), key: "a b/你.csv".into(), size: Some(3), ..ObjectData::default() };
        let record = &s3(&object, "us-east-1")["Records"][0];
        assert_eq!(record["s3"]["object"]["key"], "a+b/%E4%BD%A0.csv");
        assert_eq!((&record["s3"]["object"]["size"], &record["eventName"]), (&3.into(), &"ObjectCreated:Put".into()));
    }

    #[test]
    fn a_failed_message_is_a_failure() {
        let failed = json!({ "batchItemFailures": [{ "itemIdentifier": "7" }] });
        assert!(batch(failed.clone(), "7").is_err());
        assert!(batch(failed, "8").is_ok());
        assert!(batch(json!({ "batchItemFailures": [] }), "7").is_ok());
    }

    #[test]
    fn a_schedule_is_what_fx_puts_into_its_input() {
        let timer = TimerData { name: "nightly".into(), payload: Some("p".into()), scheduled: None };
        assert_eq!(schedule(&timer), json!({ "source": "fx.timer", "name": "nightly", "payload": "p" }));
    }
}
