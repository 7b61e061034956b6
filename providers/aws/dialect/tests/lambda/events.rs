//! Events through the loop: decoded, taken, answered for.

use serde_json::{Value, json};

use crate::{
    api::{Api, Sent, Step},
    process::start,
};

fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn done(sent: &Sent) -> Value {
    assert_eq!(sent.kind, "response", "{sent:?} {}", String::from_utf8_lossy(&sent.body));
    sent.json()
}

fn failed(sent: &Sent) -> (String, String) {
    assert_eq!(sent.kind, "error", "{sent:?}");
    let report = sent.json();
    let text = |member: &str| report[member].as_str().unwrap().to_owned();
    assert!(report["stackTrace"].is_array());
    assert!(sent.head.contains(&format!("Lambda-Runtime-Function-Error-Type: {}\r\n", text("errorType"))));
    (text("errorType"), text("errorMessage"))
}

#[test]
fn schedules_come_by_their_rule_or_by_the_name_of_the_trigger() {
    let api = Api::start();
    let _process = start(&api);
    assert_eq!(done(&api.invoke(Step::of(&fixture("eventbridge-schedule")))), "my-scheduled-rule None");
    let own = json!({"source": "fx.timer", "name": "nightly", "payload": "all"});
    assert_eq!(done(&api.invoke(Step::of(&own))), "nightly Some(\"all\")");
}

#[test]
fn objects_have_their_keys_decoded() {
    let api = Api::start();
    let _process = start(&api);
    for name in ["s3-event", "s3-event-with-decoded"] {
        assert_eq!(done(&api.invoke(Step::of(&fixture(name)))), "sourcebucket/Happy Face.jpg Created Some(1024)");
    }
    let mut removed = fixture("s3-event");
    removed["Records"][0]["eventName"] = "ObjectRemoved:DeleteMarkerCreated".into();
    removed["Records"][0]["s3"]["object"]["key"] = "a+b%2Bc/%E4%BD%A0".into();
    assert_eq!(done(&api.invoke(Step::of(&removed))), "sourcebucket/a b+c/\u{4f60} Removed Some(1024)");
    let bus = json!({
        "id": "1", "source": "aws.s3", "detail-type": "Object Created", "time": "2026-01-05T03:00:00Z", "resources": [],
        "detail": {"bucket": {"name": "inbox"}, "object": {"key": "a+b", "size": 7, "etag": "e"}},
    });
    assert_eq!(done(&api.invoke(Step::of(&bus))), "inbox/a+b Created Some(7)");
    assert_eq!(done(&api.invoke(Step::of(&json!({"Event": "s3:TestEvent"})))), Value::Null);
}

#[test]
fn messages_of_queues_topics_streams_and_buses_are_taken() {
    let api = Api::start();
    let _process = start(&api);
    for name in ["sqs-event", "sqs-event-obj", "kinesis-event", "dynamodb-event"] {
        assert_eq!(done(&api.invoke(Step::of(&fixture(name)))), json!({"batchItemFailures": []}), "{name}");
    }
    assert_eq!(done(&api.invoke(Step::of(&fixture("sns-event")))), Value::Null);
}

fn queue(arn: &str, bodies: &[&str]) -> Value {
    let record = |(index, body): (usize, &&str)| json!({"messageId": format!("m{index}"), "body": body, "eventSource": "aws:sqs", "eventSourceARN": arn});
    json!({"Records": bodies.iter().enumerate().map(record).collect::<Vec<_>>()})
}

fn identifiers(answer: &Value) -> Vec<&str> {
    let failures = answer["batchItemFailures"].as_array().unwrap();
    failures.iter().map(|failure| failure["itemIdentifier"].as_str().unwrap()).collect()
}

#[test]
fn a_queue_learns_which_messages_failed() {
    let api = Api::start();
    let _process = start(&api);
    let standard = "arn:aws:sqs:us-east-1:1:orders";
    let answer = done(&api.invoke(Step::of(&queue(standard, &["a", "bad", "c", "bad"]))));
    assert_eq!(identifiers(&answer), ["m1", "m3"]);
    // With an order, nothing may overtake what failed.
    let fifo = "arn:aws:sqs:us-east-1:1:orders.fifo";
    let answer = done(&api.invoke(Step::of(&queue(fifo, &["a", "bad", "c", "bad"]))));
    assert_eq!(identifiers(&answer), ["m1", "m2", "m3"]);
    // If nothing was taken, all of it failed.
    let (kind, message) = failed(&api.invoke(Step::of(&queue(standard, &["bad", "bad"]))));
    assert_eq!((kind.as_str(), message.contains("none of 2 records")), ("Function.Error", true), "{message}");
}

#[test]
fn logs_are_unpacked_and_a_trial_is_no_event() {
    let api = Api::start();
    let _process = start(&api);
    let lines = done(&api.invoke(Step::of(&fixture("cloudwatch_logs-event"))));
    assert!(!lines.as_array().unwrap().is_empty(), "{lines}");
    let broken = json!({"awslogs": {"data": "AAAA"}});
    assert_eq!(failed(&api.invoke(Step::of(&broken))).0, "Runtime.BadEvent");
}

#[test]
fn a_function_that_fails_is_a_function_error_and_the_process_lives() {
    let api = Api::start();
    let process = start(&api);
    let tick = |name: &str| Step::of(&json!({"source": "fx.timer", "name": name}));
    assert_eq!(failed(&api.invoke(tick("fail"))), ("Function.Error".to_owned(), "not today".to_owned()));
    let (kind, message) = failed(&api.invoke(tick("panic")));
    assert_eq!((kind.as_str(), message.as_str()), ("Function.Panic", "the function panicked"));
    assert_eq!(done(&api.invoke(tick("fine"))), "fine None");
    process.wait_for("failed: not today");
}

#[test]
fn what_is_no_event_is_a_function_error_that_names_it() {
    let api = Api::start();
    let _process = start(&api);
    let websocket = failed(&api.invoke(Step::of(&fixture("apigw-websocket-request"))));
    assert!(websocket.1.contains("WebSocket"), "{websocket:?}");
    for (event, looks) in [
        ("null", "got null; expected a request"),
        ("[1]", "got the JSON value `[1]`"),
        (r#"{"colour":1,"size":2}"#, "got a JSON object with the members colour, size"),
        ("\"text", "got text that is not JSON"),
        ("{", "the event is not JSON"),
        ("", "got an empty body"),
    ] {
        let (kind, message) = failed(&api.invoke(Step::of(&event)));
        assert_eq!(kind, "Runtime.BadEvent", "{event}: {message}");
        assert!(message.contains(looks), "{event}: {message}");
    }
}
