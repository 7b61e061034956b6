//! Published events of the platform, each read to what it says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use fx_runtime::event::{CloudEvent, Delivery, Event, Message, ObjectEventKind, Raw, native::Meaning};
use fx_tencent::event::read;
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn events(body: impl Into<Bytes>) -> Vec<Delivery> {
    match read(&body.into()) {
        Ok(Meaning::Events(events)) => events,
        other => panic!("no events: {other:?}"),
    }
}

fn unknown(body: impl Into<Bytes>) -> String {
    match read(&body.into()) {
        Ok(Meaning::Unknown(looks)) => looks,
        other => panic!("understood: {other:?}"),
    }
}

/// All that an event says, without its payload.
fn facts(delivery: &Delivery) -> Value {
    let text = |time: Option<Timestamp>| time.map(|time| time.to_string());
    match delivery {
        Delivery::Timer(timer) => {
            json!({ "timer": timer.name, "due": text(timer.scheduled), "payload": timer.payload })
        }
        Delivery::Object(event) => json!({
            "bucket": event.bucket,
            "key": event.key,
            "created": event.kind == ObjectEventKind::Created,
            "size": event.size,
            "etag": event.etag,
            "time": text(event.time),
        }),
        Delivery::Message(message) => json!({
            "id": message.id,
            "topic": message.topic,
            "tags": message.tags,
            "attributes": message.attributes,
            "body": message.body.text(),
            "time": text(message.time),
        }),
        Delivery::Log(batch) => {
            let lines: Vec<_> = batch.lines.iter().map(|line| json!([text(line.time), line.message])).collect();
            json!({ "project": batch.project, "store": batch.store, "lines": lines })
        }
        Delivery::Cloud(..) => unreachable!("this platform has none that are not messages"),
    }
}

/// The facts of a fixture; and that each of the changes is noticed.
fn check(name: &str, expected: &Value, changes: &[(&str, Value)]) {
    let body = fixture(name);
    let all = |body: Vec<u8>| events(body).iter().map(facts).collect::<Vec<_>>();
    let read = all(body.clone());
    assert_eq!(&Value::from(read.clone()), expected, "{name}");
    for (pointer, value) in changes {
        let mut changed: Value = serde_json::from_slice(&body).unwrap();
        *changed.pointer_mut(pointer).unwrap() = value.clone();
        assert_ne!(all(changed.to_string().into()), read, "{name}: {pointer}");
    }
    if let [event] = events(body.clone()).as_slice() {
        assert_eq!(event.source().bytes(), &body, "{name}: one event has the payload as it came");
    }
}

#[test]
fn a_timer() {
    let expected = json!([{ "timer": "EveryDay", "due": "2019-02-21T11:49:00Z", "payload": "user define msg body" }]);
    let changes = [("/TriggerName", json!("x")), ("/Time", json!("2019-02-21T11:49:01Z")), ("/Message", json!(""))];
    check("swift-timer", &expected, &changes);
    let expected = json!([{ "timer": "oneminute", "due": "2019-08-17T05:26:00Z", "payload": null }]);
    check("go-lib-timer", &expected, &[("/Message", json!("m"))]);
}

#[test]
fn an_object() {
    let expected = json!([{
        "bucket": "ritchiechen-cos-test-123456",
        "key": "foobar.zip",
        "created": true,
        "size": 9_755_203,
        "etag": null,
        "time": "2019-08-17T07:55:55Z",
    }]);
    let changes = [
        ("/Records/0/cos/cosObject/key", json!("/123456/ritchiechen-cos-test/other.zip")),
        ("/Records/0/cos/cosBucket/name", json!("other")),
        ("/Records/0/cos/cosBucket/appid", json!("7")),
        ("/Records/0/cos/cosObject/size", json!(1)),
        ("/Records/0/event/eventTime", json!(1)),
        ("/Records/0/event/eventName", json!("cos:ObjectRemove:Delete")),
    ];
    check("go-lib-cos", &expected, &changes);
    let expected = json!([{
        "bucket": "testpic-1253970026",
        "key": "testfile",
        "created": true,
        "size": 1029,
        "etag": null,
        "time": "2018-12-19T07:49:30Z",
    }]);
    check("swift-cos", &expected, &changes[3..]);
}

#[test]
fn messages_of_kafka() {
    let message = |topic: &str, partition: u8, offset: u8, key: Option<&str>, body: &str| {
        let mut attributes = json!({ "partition": partition.to_string(), "offset": offset.to_string() });
        if let Some(key) = key {
            attributes["key"] = key.into();
        }
        json!({
            "id": format!("{topic}-{partition}-{offset}"), "topic": topic, "tags": [], "attributes": attributes,
            "body": body, "time": null,
        })
    };
    let expected = json!([message("ritchiechen-ckafka-test", 0, 7, Some("ckafka-test-key"), "hello world")]);
    let changes = [
        ("/Records/0/Ckafka/topic", json!("x")),
        ("/Records/0/Ckafka/offset", json!(8)),
        ("/Records/0/Ckafka/partition", json!(8)),
        ("/Records/0/Ckafka/msgKey", json!("None")),
        ("/Records/0/Ckafka/msgBody", json!("bye")),
    ];
    check("go-lib-ckafka", &expected, &changes);
    let expected = json!([
        message("test-topic", 1, 36, None, "Hello from Ckafka!"),
        message("test-topic", 1, 37, None, "Hello from Ckafka again!"),
    ]);
    check("swift-ckafka", &expected, &[("/Records/1/Ckafka/msgBody", json!("bye"))]);
    let second = events(fixture("swift-ckafka"))[1].source().json::<Value>().unwrap();
    assert_eq!(second.pointer("/Records/0/Ckafka/offset"), Some(&json!(37)));
    assert_eq!(second["Records"].as_array().map(Vec::len), Some(1));
}

#[test]
fn messages_of_a_topic() {
    let message = |id: &str, topic: &str, tags: &[&str], body: &str, time: &str| json!([{ "id": id, "topic": topic, "tags": tags, "attributes": {}, "body": body, "time": time }]);
    let expected = message(
        "13510798882111490",
        "ritchiechen-cmq-test",
        &["aaaa", "bbbbb", "cccc"],
        "aaaaaaaaaa",
        "2019-08-16T10:48:49Z",
    );
    let changes = [
        ("/Records/0/CMQ/topicName", json!("x")),
        ("/Records/0/CMQ/msgId", json!("x")),
        ("/Records/0/CMQ/msgTag", json!(["one", "two"])),
        ("/Records/0/CMQ/msgBody", json!("{}")),
        ("/Records/0/CMQ/publishTime", json!("2019-08-16T10:48:50Z")),
    ];
    check("go-lib-cmq", &expected, &changes);
    let expected = message("123345346", "testtopic", &["tag1", "tag2"], "Hello from CMQ!", "1970-01-01T00:00:00Z");
    check("swift-cmq-topic", &expected, &changes);
}

fn packed(document: &[u8]) -> String {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(document).unwrap();
    json!({ "clslogs": { "data": STANDARD.encode(gzip.finish().unwrap()) } }).to_string()
}

#[test]
fn lines_of_a_log() {
    let document = fixture("swift-cls-decoded");
    let expected = json!({
        "project": "testname",
        "store": "xxxx-xx-xx-xx-yyyyyyyy",
        "lines": [
            ["2020-11-17T01:54:50.00002Z", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"],
            ["2020-11-17T01:54:50.00004Z", "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"],
        ],
    });
    let body = packed(&document);
    assert_eq!(facts(&events(body.clone())[0]), expected);
    assert_eq!(events(body.clone())[0].source().text(), body);
    let changes = [
        ("/records/0/content", json!("z")),
        ("/records/1/timestamp", json!(1)),
        ("/topic_name", json!("z")),
        ("/topic_id", json!("z")),
    ];
    for (pointer, value) in changes {
        let mut changed: Value = serde_json::from_slice(&document).unwrap();
        *changed.pointer_mut(pointer).unwrap() = value;
        assert_ne!(facts(&events(packed(changed.to_string().as_bytes()))[0]), expected, "{pointer}");
    }
}

#[test]
fn events_of_the_bus() {
    let event = json!({
        "specversion": "0", "id": "13a3f42d-7258-4ada-da6d-0238****", "type": "connector:tdmq",
        "source": "tdmq.cloud.tencent", "subjuect": "qcs::tdmq:ap-guangzhou:uin/1250000000:topicName/topic-1",
        "time": "1615430559146", "region": "ap-guangzhou", "datacontenttype": "application/json",
        "data": {
            "topic": "persistent://appid/namespace/topic-1", "tags": "a, b", "msgId": "123345346",
            "msgBody": "Hello from TDMQ!",
        },
    });
    let delivery = events(event.to_string()).remove(0);
    let expected = json!({
        "id": "123345346", "topic": "topic-1", "tags": ["a", "b"], "attributes": {}, "body": "Hello from TDMQ!",
        "time": "2021-03-11T02:42:39.146Z",
    });
    assert_eq!(facts(&delivery), expected);
    let event = CloudEvent::receive(delivery).unwrap();
    assert_eq!((event.kind.as_str(), &event.data["msgId"]), ("connector:tdmq", &json!("123345346")));
    assert_eq!(event.time.unwrap().to_string(), "2021-03-11T02:42:39.146Z");

    let other = json!({
        "specversion": "1.0", "id": "1", "type": "order:paid", "source": "shop", "time": "2026-01-05T03:00:00Z",
        "data": { "total": 9 },
    });
    let expected = json!({
        "id": "1", "topic": "shop", "tags": ["order:paid"], "attributes": {}, "body": "{\"total\":9}",
        "time": "2026-01-05T03:00:00Z",
    });
    assert_eq!(facts(&events(other.to_string())[0]), expected);
}

#[test]
fn media_and_balancers_are_messages_with_themselves_as_body() {
    let task = json!({ "EventType": "WorkflowTask", "WorkflowTaskEvent": { "TaskId": "t-1", "ErrCode": 0 } });
    let delivery = events(task.to_string()).remove(0);
    assert_eq!((&facts(&delivery)["topic"], &facts(&delivery)["tags"]), (&json!("mps"), &json!(["WorkflowTask"])));
    let Raw(raw) = Raw::<Value>::receive(delivery).unwrap();
    assert_eq!(raw, task);

    let request = json!({
        "headers": { "X-Real-IP": "10.0.0.1", "X-Method": "POST" }, "payload": { "key": "value" },
        "isBase64Encoded": "false",
    });
    let message = Message::<Value>::receive(events(request.to_string()).remove(0)).unwrap();
    assert_eq!((message.topic.as_str(), message.attributes["X-Method"].as_str()), ("clb", "POST"));
    assert_eq!(message.body, request);
}

#[test]
fn what_is_no_event_is_described() {
    assert_eq!(unknown(""), "an empty body");
    assert_eq!(unknown("hello"), "text that is not JSON");
    assert_eq!(unknown(b"\xff\xfe".as_slice()), "bytes that are not text");
    assert_eq!(unknown("[]"), "JSON that is not an object");
    assert_eq!(unknown(r#"{"b":1,"a":2}"#), "a JSON object with the members a, b");
    assert_eq!(unknown(r#"{"Records":[]}"#), "Records without a record");
    assert_eq!(unknown(r#"{"Records":7}"#), "Records without a record");
    assert_eq!(unknown(r#"{"Records":[{"s3":{}}]}"#), "Records that are not of COS, CKafka or CMQ");
}

#[test]
fn what_is_nearly_an_event_says_what_is_wrong() {
    let wrong = |body: Value| read(&body.to_string().into()).unwrap_err().to_string();
    assert_eq!(
        wrong(json!({ "Type": "Timer", "Message": "m" })),
        "this looks like a timer, but: missing field `TriggerName`"
    );
    let mut restored: Value = serde_json::from_slice(&fixture("go-lib-cos")).unwrap();
    restored["Records"][0]["event"]["eventName"] = json!("cos:ObjectRestore:Completed");
    assert_eq!(
        wrong(restored),
        "this looks like a record of COS, but: `cos:ObjectRestore:Completed` is neither the creation nor the removal of an object"
    );
    let logs = |data: &str| wrong(json!({ "clslogs": { "data": data } }));
    assert!(logs("***").starts_with("this looks like logs of CLS, but: Invalid symbol"), "{}", logs("***"));
    assert!(logs("AAAA").starts_with("this looks like logs of CLS, but: "), "{}", logs("AAAA"));
}

proptest! {
    #[test]
    fn no_bytes_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes.clone().into());
        let _ = fx_tencent::url::read(&bytes);
        let _ = read(&packed(&bytes).into());
    }

    /// Published events with one byte changed.
    #[test]
    fn no_damage_harms(which in 0..6_usize, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let names = ["go-lib-cos", "go-lib-cmq", "swift-ckafka", "swift-timer", "go-lib-apigw", "swift-apigw-post"];
        let mut body = fixture(names[which]);
        let index = at.index(body.len());
        body[index] = byte;
        let _ = fx_tencent::url::read(&body);
        let _ = read(&body.into());
    }
}
