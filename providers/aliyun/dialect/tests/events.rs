//! The platform's published events, each read to what it says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use bytes::Bytes;
use fx_aliyun::event::read;
use fx_runtime::event::{CloudEvent, Delivery, Event, Message, ObjectEventKind, Raw, native::Meaning};
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
        Delivery::Log(batch) => json!({ "project": batch.project, "store": batch.store, "lines": batch.lines.len() }),
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
    // One event has the payload as it came.
    if let [event] = events(body.clone()).as_slice()
        && body.first() == Some(&b'{')
    {
        assert_eq!(event.source().bytes(), &body, "{name}");
    }
}

#[test]
fn a_timer() {
    let expected = json!([{ "timer": "TestTimer", "due": "2022-07-29T10:02:58Z", "payload": "TestPayload" }]);
    let changes = [
        ("/triggerName", json!("x")),
        ("/triggerTime", json!("2022-07-29T10:02:59Z")),
        ("/triggerTime", json!("soon")),
        ("/payload", json!("{}")),
        ("/payload", json!("")),
    ];
    check("timer", &expected, &changes);
}

#[test]
fn an_object() {
    let expected = json!([{
        "bucket": "testbucket",
        "key": "image/a.jpg",
        "created": true,
        "size": 29203,
        "etag": "7D73E1052AF595535DE90994F4C3E6D5",
        "time": "2022-06-10T06:21:35Z",
    }]);
    let changes = [
        ("/events/0/oss/bucket/name", json!("other")),
        ("/events/0/oss/object/key", json!("image%2Fb.jpg")),
        ("/events/0/oss/object/size", json!(1)),
        ("/events/0/oss/object/eTag", json!("\"A\"")),
        ("/events/0/eventName", json!("ObjectRemoved:DeleteObject")),
        ("/events/0/eventTime", json!("2022-06-10T06:21:36.000Z")),
    ];
    check("oss", &expected, &changes);
    let expected = json!([{
        "bucket": "testbucket",
        "key": "image/a.jpg",
        "created": true,
        "size": 122_539,
        "etag": "688A7BF4F233DC9C88A80BF985AB7329",
        "time": "2017-04-21T12:46:37Z",
    }]);
    check("oss-fc3", &expected, &[("/events/0/oss/object/size", json!(1))]);
}

#[test]
fn several_objects_come_one_by_one_each_with_a_payload_of_its_own() {
    let mut body: Value = serde_json::from_slice(&fixture("oss")).unwrap();
    let mut second = body["events"][0].clone();
    second["oss"]["object"]["key"] = json!("%E4%BD%A0%20b.csv");
    second["eventName"] = json!("ObjectRemoved:DeleteObject");
    body["events"].as_array_mut().unwrap().push(second.clone());
    let events = events(body.to_string());
    let facts: Vec<_> = events.iter().map(facts).collect();
    assert_eq!((&facts[0]["key"], &facts[1]["key"]), (&json!("image/a.jpg"), &json!("你 b.csv")));
    assert_eq!((&facts[0]["created"], &facts[1]["created"]), (&json!(true), &json!(false)));
    assert_eq!(events[1].source().json::<Value>().unwrap(), json!({ "events": [second] }));
}

#[test]
fn messages_of_a_topic() {
    let expected = json!([{
        "id": "3405CA51807661353B3xxxxxxxx",
        "topic": "fc-example",
        "tags": [],
        "attributes": {},
        "body": "mock mns message",
        "time": "2022-07-19T12:59:18.094Z",
    }]);
    let changes = [
        ("/TopicName", json!("other")),
        ("/MessageId", json!("1")),
        ("/Message", json!("2")),
        ("/PublishTime", json!(1)),
    ];
    check("mns-topic-json", &expected, &changes);
    let common = |id: &str, attributes: Value, time: &str| {
        json!([{
            "id": id, "topic": "test-topic", "tags": [], "attributes": attributes, "body": "hello topic", "time": time,
        }])
    };
    let expected = common("2F5B3C281B283D4EAC694B742528****", json!({ "key": "value" }), "2019-02-15T07:38:22.888Z");
    check("mns-topic-with-attributes", &expected, &[("/key", json!(1))]);
    let expected = common("2F5B3C082B923D4EAC694B76D928****", json!({}), "2019-02-15T07:41:20.04Z");
    check("mns-topic-without-attributes", &expected, &[("/Message", json!("{}"))]);
}

#[test]
fn a_message_in_stream_format() {
    let expected = json!([{
        "id": "", "topic": "", "tags": [], "attributes": { "key": "value" }, "body": "hello topic", "time": null,
    }]);
    let changes = [
        ("/body", json!("bye")),
        ("/body", json!({ "id": 7 })),
        ("/attrs/Extend", json!("{\"key\":1}")),
        ("/attrs/Extend", json!("no JSON")),
    ];
    check("mns-topic-stream", &expected, &changes);
}

#[test]
fn a_message_of_a_queue() {
    let expected = json!([{
        "id": "C6DB60D1574661357FA227277445****",
        "topic": "zeus",
        "tags": [],
        "attributes": {},
        "body": "TEST",
        "time": "2021-04-08T06:28:17.093Z",
    }]);
    let changes = [
        ("/subject", json!("acs:mns:cn-hangzhou:1:queues/hera")),
        ("/data/messageId", json!("1")),
        ("/data/messageBody", json!({ "id": 7 })),
        ("/time", json!("2021-04-08T06:28:18Z")),
        ("/type", json!("mns:Other")),
    ];
    check("mns-queue-eventbridge", &expected, &changes);
}

#[test]
fn messages_of_rocketmq_in_both_modes() {
    let one = json!({
        "id": "94ebc15f-f0db-4bbe-acce-56fb72fb****",
        "topic": "TopicName",
        "tags": ["systemProperties.TAGS"],
        "attributes": { "KEYS": "systemProperties.KEYS" },
        "body": "TEST",
        "time": "2021-04-08T06:01:20.766Z",
    });
    let changes = [
        ("/id", json!("1")),
        ("/data/topic", json!("other")),
        ("/data/systemProperties/TAGS", json!("")),
        ("/data/systemProperties/KEYS", json!("k")),
        ("/data/userProperties", json!({ "colour": "red" })),
        ("/data/body", json!("BODY")),
    ];
    check("rocketmq-eventbridge", &json!([one]), &changes);
    check("rocketmq-eventbridge-stream", &json!([one, one]), &[("/1/data/body", json!("BODY"))]);
    let events = events(fixture("rocketmq-eventbridge-stream"));
    assert_eq!(events[1].source().json::<Value>().unwrap()["data"]["body"], "TEST");
}

#[test]
fn a_message_of_rabbitmq() {
    let event = json!({
        "id": "e1", "source": "RabbitMQ-Function", "specversion": "1.0", "type": "amqp:Queue:SendMessage",
        "subject": "acs:amqp:cn-hangzhou:1:amqp-cn-x/vhost/queues/orders", "time": "2021-08-12T12:00:00Z",
        "data": {
            "envelope": { "deliveryTag": 98, "exchange": "", "redeliver": false, "routingKey": "orders" },
            "body": { "Hello": "RabbitMQ" },
            "props": { "contentEncoding": "UTF-8", "messageId": "f7622d51-e198-41de-a072-77c1ead7****" },
        },
    });
    assert_eq!(
        facts(&events(event.to_string())[0]),
        json!({
            "id": "f7622d51-e198-41de-a072-77c1ead7****",
            "topic": "orders",
            "tags": [],
            "attributes": {
                "contentEncoding": "UTF-8", "deliveryTag": "98", "exchange": "", "redeliver": "false", "routingKey": "orders",
            },
            "body": "{\"Hello\":\"RabbitMQ\"}",
            "time": "2021-08-12T12:00:00Z",
        })
    );
}

#[test]
fn a_message_of_kafka_is_an_event_in_a_text_in_an_array() {
    let body = fixture("kafka-eventbridge-stream");
    let expected = json!({
        "id": "1cb591f9-987e-41d9-b974-0342e9acb90a",
        "topic": "HelloTopic",
        "tags": [],
        "attributes": { "partition": "9", "offset": "3" },
        "body": "b'{\\n    \"Test\": \"TestKafkaEventBridgetrigger\"\\n}'",
        "time": "2022-08-01T09:32:56.797Z",
    });
    assert_eq!(facts(&events(body.clone())[0]), expected);
    let texts: Vec<String> = serde_json::from_slice(&body).unwrap();
    for (from, to) in [("\"offset\":3", "\"offset\":4"), ("HelloTopic\",\"part", "Bye\",\"part"), ("6797,", "6798,")] {
        let changed = texts[0].replace(from, to);
        assert_ne!(changed, texts[0], "{from}");
        assert_ne!(facts(&events(json!([changed]).to_string())[0]), expected, "{from}");
    }
    let event = CloudEvent::receive(events(body)[0].clone()).unwrap();
    assert_eq!((event.kind.as_str(), event.raw().text()), ("alikafka:Topic:Message", texts[0].as_str().into()));
}

#[test]
fn an_object_may_come_over_the_bus() {
    let oss: Value = serde_json::from_slice(&fixture("oss")).unwrap();
    let event = json!([{
        "id": "1", "source": "acs.oss", "specversion": "1.0", "type": "oss:ObjectCreated:PutObject", "data": oss["events"][0],
    }]);
    let body = event.to_string();
    let events = events(body.clone());
    assert_eq!(facts(&events[0])["key"], "image/a.jpg");
    assert_eq!(events[0].source().text(), &body[1..body.len() - 1]);
}

#[test]
fn any_other_event_of_the_bus_is_a_message_with_its_data() {
    let event = json!({
        "id": "1", "source": "shop", "specversion": "1.0", "type": "order.paid", "time": "2026-01-05T03:00:00Z",
        "data": { "total": 9 }, "aliyunregionid": "cn-hangzhou",
    });
    let delivery = events(event.to_string()).remove(0);
    let expected = json!({
        "id": "1", "topic": "shop", "tags": ["order.paid"], "attributes": {}, "body": "{\"total\":9}",
        "time": "2026-01-05T03:00:00Z",
    });
    assert_eq!(facts(&delivery), expected);
    let event = CloudEvent::receive(delivery).unwrap();
    assert_eq!((&event.data["total"], &event.extensions["aliyunregionid"]), (&json!(9), &json!("cn-hangzhou")));
}

#[test]
fn a_log_task_has_cursors_in_its_payload() {
    let expected = json!([{
        "project": "aliyun-fc-cn-shenzhen-3a8b13243-b031-5b64-abd3-5b54********", "store": "function-log", "lines": 0,
    }]);
    let changes = [("/source/logstoreName", json!("x")), ("/source/projectName", json!("x"))];
    check("sls", &expected, &changes);
    check("sls-fc3", &json!([{ "project": "log-com", "store": "log-en", "lines": 0 }]), &changes);
    let raw = events(fixture("sls"))[0].source().json::<Value>().unwrap();
    assert_eq!(raw["source"]["endCursor"], "MTY1NDUzOTMyNjA5GFH1MzYyOQ==");
}

#[test]
fn events_of_the_cdn() {
    for (name, kind, time) in [
        ("cdn-CachedObjectsRefreshed", "CachedObjectsRefreshed", "2018-03-16T06:19:55Z"),
        ("cdn-CdnDomainStarted", "CdnDomainStarted", "2018-03-16T06:19:55Z"),
        ("cdn-LogFileCreated", "LogFileCreated", "2018-06-14T07:31:49Z"),
    ] {
        let body: Value = serde_json::from_slice(&fixture(name)).unwrap();
        let event = &body["events"][0];
        let expected = json!([{
            "id": event["traceId"], "topic": "cdn", "tags": [kind], "attributes": {}, "body": event.to_string(), "time": time,
        }]);
        check(name, &expected, &[("/events/0/eventName", json!("x")), ("/events/0/resource/domain", json!("x"))]);
    }
}

/// `{"Version":"Sync-v1","Records":[{"Type":"PutRow","Info":{"Timestamp":1506416585740836},"PrimaryKey":[{"ColumnName":"pk","Value":-7}],
/// "Columns":[{"Type":"Put","ColumnName":"data","Value":h'00ff',"Timestamp":1}]}]}`, written by hand.
const ROW: &[u8] = b"\xa2\x67Version\x67Sync-v1\x67Records\x81\xa4\x64Type\x66PutRow\x64Info\xa1\x69Timestamp\
    \x1b\x00\x05\x5a\x14\x5d\xac\x0f\x24\x6aPrimaryKey\x81\xa2\x6aColumnName\x62pk\x65Value\x26\
    \x67Columns\x81\xa4\x64Type\x63Put\x6aColumnName\x64data\x65Value\x42\x00\xff\x69Timestamp\x01";

#[test]
fn rows_of_tablestore_come_as_cbor() {
    let delivery = events(ROW).remove(0);
    assert_eq!(delivery.source().bytes(), ROW);
    let Raw(raw) = Raw::<Value>::receive(delivery.clone()).unwrap();
    let message = Message::<Value>::receive(delivery).unwrap();
    assert_eq!((message.topic.as_str(), &message.body), ("tablestore", &raw));
    assert_eq!(
        raw,
        json!({ "Version": "Sync-v1", "Records": [{
            "Type": "PutRow",
            "Info": { "Timestamp": 0x0005_5a14_5dac_0f24_u64 },
            "PrimaryKey": [{ "ColumnName": "pk", "Value": -7 }],
            "Columns": [{ "Type": "Put", "ColumnName": "data", "Value": "AP8=", "Timestamp": 1 }],
        }] })
    );
    let mut changed = ROW.to_vec();
    changed[ROW.len() - 1] = 2;
    assert_ne!(Raw::<Value>::receive(events(changed).remove(0)).unwrap().0, raw);
}

#[test]
fn rows_of_tablestore_come_as_json_from_the_console() {
    let body = fixture("tablestore-shape");
    let Raw(raw) = Raw::<Value>::receive(events(body.clone()).remove(0)).unwrap();
    assert_eq!(raw, serde_json::from_slice::<Value>(&body).unwrap());
}

#[test]
fn what_is_no_event_is_described() {
    assert_eq!(unknown(""), "an empty body");
    assert_eq!(unknown("hello"), "text that is not JSON");
    assert_eq!(unknown("{"), "text that is not JSON");
    assert_eq!(unknown("{}"), "a JSON object without members");
    assert_eq!(unknown(r#"{"b":1,"a":2}"#), "a JSON object with the members a, b");
    assert_eq!(unknown("[]"), "an empty array");
    assert_eq!(unknown("[1]"), "an array whose elements are not events of EventBridge");
    assert_eq!(unknown(r#"{"events":[]}"#), "a JSON object with the members events");
    assert_eq!(unknown(b"\xa1\x61a\x01".as_slice()), "CBOR without the members Version and Records");
    assert_eq!(unknown(b"\xff\xfe".as_slice()), "bytes that are not text");
}

#[test]
fn what_is_nearly_an_event_says_what_is_wrong() {
    let wrong = |body: Value| read(&body.to_string().into()).unwrap_err().to_string();
    assert_eq!(
        wrong(json!({ "triggerName": 1, "triggerTime": "t" })),
        "this looks like a timer, but: invalid type: integer `1`, expected a string"
    );
    assert_eq!(
        wrong(json!({ "events": [{ "eventSource": "acs:oss", "eventName": "ObjectCreated:PutObject" }] })),
        "this looks like an event of OSS, but: missing field `oss`"
    );
    let mut read_object: Value = serde_json::from_slice(&fixture("oss")).unwrap();
    read_object["events"][0]["eventName"] = json!("ObjectDownloaded:GetObject");
    assert_eq!(
        wrong(read_object),
        "this looks like an event of OSS, but: `ObjectDownloaded:GetObject` is neither the creation nor the removal of an object"
    );
    assert_eq!(
        read(&fixture("http-trigger-v1").into()).unwrap_err().to_string(),
        "this looks like the event of an HTTP trigger, which only built-in runtimes get, \
         but: a custom runtime gets requests as they were sent"
    );
    assert_eq!(
        wrong(json!({ "specversion": "1.0", "source": "s", "type": "t" })),
        "this looks like an event of EventBridge, but: missing field `id`"
    );
}

proptest! {
    #[test]
    fn no_bytes_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = fx_aliyun::gateway::read(&bytes);
        let _ = read(&bytes.into());
    }

    /// Published events with one byte changed.
    #[test]
    fn no_damage_harms(which in 0..5_usize, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let names = ["oss", "timer", "mns-queue-eventbridge", "kafka-eventbridge-stream", "rocketmq-eventbridge"];
        let mut body = fixture(names[which]);
        let index = at.index(body.len());
        body[index] = byte;
        let _ = read(&body.into());
        let mut row = ROW.to_vec();
        let index = at.index(row.len());
        row[index] = byte;
        let _ = read(&row.into());
    }
}
