//! Published events: what each of them means, and what a batch is answered with.

use std::{cell::RefCell, fmt::Write, fs, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::GzEncoder};
use fx_runtime::{
    Env, Error, TriggerKind, Unit,
    event::Delivery,
    function::{EventFunction, Failure},
    service::{Invocation, Service},
};
use serde_json::{Value, json};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");

thread_local! {
    static TAKEN: RefCell<Vec<Delivery>> = const { RefCell::new(Vec::new()) };
}

/// Takes everything, and fails on messages that say `bad`.
fn taker() -> EventFunction<()> {
    EventFunction::new(TriggerKind::ALL, |delivery, _, ()| {
        let is_bad = matches!(&delivery, Delivery::Message(message) if message.body.bytes() == "bad");
        TAKEN.with_borrow_mut(|taken| taken.push(delivery));
        Box::pin(async move { if is_bad { Err(Error::unprocessable("a bad record")) } else { Ok(Value::Null) } })
    })
}

/// What the functions got of an event, and what it was answered with.
fn answered(event: &str) -> (Vec<Delivery>, Result<Value, Failure>) {
    TAKEN.take();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut out = Vec::new();
    let outcome = runtime.block_on(async {
        let unit = TriggerKind::ALL.iter().fold(Unit::new("s", "u"), |unit, kind| unit.event("f", "f", *kind, taker));
        let service = Service::start(unit, Env::default(), None).await.unwrap();
        super::answer(&service, Invocation::default(), event.as_bytes(), &mut out).await
    });
    (TAKEN.take(), outcome.map(|()| serde_json::from_slice(&out).unwrap()))
}

fn fixture(name: &str) -> Value {
    let path = Path::new(FIXTURES).join(name).with_extension("json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// A delivery as a person would check it: everything but the raw payload, of which it says only that it is there.
fn described(delivery: &Delivery) -> String {
    let raw: Value = delivery.source().json().unwrap();
    assert!(raw.is_object(), "{raw}");
    let text = match delivery {
        Delivery::Message(message) => {
            format!("{message:#?}\nbody: {}", message.body.text().chars().take(160).collect::<String>())
        }
        other => format!("{other:#?}"),
    };
    // How large payloads are is no part of their meaning.
    text.lines().filter(|line| !line.contains("Payload(")).collect::<Vec<_>>().join("\n")
}

/// Neither requests, which have tests of their own, nor documents that go the other way.
fn events() -> Vec<String> {
    let is_event = |name: &String| {
        name.ends_with(".json")
            && !name.ends_with("-response.json")
            && !["alb", "apigw", "http"].iter().any(|start| name.starts_with(start))
    };
    let entries = fs::read_dir(FIXTURES).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = entries.filter(is_event).collect();
    names.sort();
    names
}

#[test]
fn every_published_event_is_delivered_with_its_values() {
    let mut said = String::new();
    for name in events() {
        let (taken, answer) = answered(&fixture(&name).to_string());
        writeln!(said, "# {name}: {}", answer.unwrap_or_else(|failure| panic!("{name}: {failure:?}"))).unwrap();
        for delivery in &taken {
            writeln!(said, "{}", described(delivery)).unwrap();
        }
        writeln!(said).unwrap();
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_trial_of_cloudwatch_is_no_event() {
    let packed = |message: Value| {
        let mut file = GzEncoder::new(Vec::new(), Compression::fast());
        std::io::Write::write_all(&mut file, message.to_string().as_bytes()).unwrap();
        json!({ "awslogs": { "data": BASE64_STANDARD.encode(file.finish().unwrap()) } }).to_string()
    };
    let control = json!({
        "messageType": "CONTROL_MESSAGE", "owner": "CloudwatchLogs", "logGroup": "", "logStream": "",
        "subscriptionFilters": [], "logEvents": [{ "id": "", "timestamp": 0, "message": "CWL CONTROL MESSAGE" }],
    });
    let (taken, answer) = answered(&packed(control));
    assert_eq!((taken.len(), answer.unwrap()), (0, Value::Null));
}

/// `Records` of the fixture, with these bodies.
fn records(name: &str, bodies: &[&str], put: impl Fn(&mut Value, usize, &str)) -> String {
    let like = fixture(name)["Records"][0].clone();
    let record = |(index, body): (usize, &&str)| {
        let mut record = like.clone();
        put(&mut record, index + 1, body);
        record
    };
    json!({ "Records": bodies.iter().enumerate().map(record).collect::<Vec<_>>() }).to_string()
}

fn queue(arn: &str, bodies: &[&str]) -> String {
    records("sqs-event", bodies, |record, number, body| {
        record["messageId"] = format!("id{number}").into();
        record["body"] = body.into();
        record["eventSourceARN"] = arn.into();
    })
}

fn kinesis(bodies: &[&str]) -> String {
    records("kinesis-event", bodies, |record, number, body| {
        record["kinesis"]["sequenceNumber"] = number.to_string().into();
        record["kinesis"]["data"] = BASE64_STANDARD.encode(body).into();
    })
}

fn failed(identifiers: &[&str]) -> Value {
    let items: Vec<_> = identifiers.iter().map(|identifier| json!({ "itemIdentifier": identifier })).collect();
    json!({ "batchItemFailures": items })
}

#[test]
fn a_queue_is_told_which_messages_failed_in_the_published_form() {
    let standard = "arn:aws:sqs:us-west-2:123456789012:orders";
    let (taken, answer) = answered(&queue(standard, &["a", "bad", "c", "bad"]));
    assert_eq!((taken.len(), answer.unwrap()), (4, fixture("sqs-batch-response")));
    assert_eq!(answered(&queue(standard, &["a"])).1.unwrap(), failed(&[]));
}

#[test]
fn a_queue_with_an_order_stops_at_the_first_failure_and_gives_back_the_rest() {
    let fifo = "arn:aws:sqs:us-west-2:123456789012:orders.fifo";
    let (taken, answer) = answered(&queue(fifo, &["a", "bad", "c", "d"]));
    assert_eq!((taken.len(), answer.unwrap()), (2, failed(&["id2", "id3", "id4"])));
}

#[test]
fn a_stream_stops_at_the_first_failure_and_goes_on_from_there() {
    let (taken, answer) = answered(&kinesis(&["a", "bad", "c", "bad"]));
    assert_eq!((taken.len(), answer.unwrap()), (2, failed(&["2"])));

    let mut changes = fixture("dynamodb-event");
    let second = changes["Records"][1]["dynamodb"]["SequenceNumber"].clone();
    // Nothing of a change can be told apart as bad by the function above, so this record is one that cannot be read.
    changes["Records"][1]["eventName"] = 7.into();
    let (taken, answer) = answered(&changes.to_string());
    assert_eq!((taken.len(), answer.unwrap()), (1, failed(&[second.as_str().unwrap()])));
}

#[test]
fn a_batch_of_which_nothing_was_taken_failed_as_a_whole() {
    for (event, tried) in [
        (kinesis(&["bad", "b", "c"]), 1),
        (queue("arn:aws:sqs:us-west-2:123456789012:o.fifo", &["bad", "b", "c"]), 1),
        (queue("arn:aws:sqs:us-west-2:123456789012:o", &["bad", "bad", "bad"]), 3),
    ] {
        let (taken, answer) = answered(&event);
        let failure = answer.unwrap_err();
        assert_eq!(
            (taken.len(), failure.message.as_str()),
            (tried, "none of 3 records was taken, the first: a bad record")
        );
    }
}

#[test]
fn a_record_that_cannot_be_read_fails_alone() {
    let mut event: Value = serde_json::from_str(&kinesis(&["a", "b"])).unwrap();
    event["Records"][1]["kinesis"]["data"] = "???".into();
    assert_eq!(answered(&event.to_string()).1.unwrap(), failed(&["2"]));
    let mut event: Value =
        serde_json::from_str(&queue("arn:aws:sqs:us-west-2:123456789012:o", &["a", "b", "c"])).unwrap();
    event["Records"][1]["body"] = Value::Null;
    let (taken, answer) = answered(&event.to_string());
    assert_eq!((taken.len(), answer.unwrap()), (2, failed(&["id2"])));
}

#[test]
fn what_came_to_a_bucket_may_come_through_a_queue_as_a_message_about_it() {
    let trial = json!({ "Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "inbox" }).to_string();
    let (taken, answer) = answered(&queue("arn:aws:sqs:us-west-2:123456789012:o", &[&trial]));
    let [Delivery::Message(message)] = taken.as_slice() else { panic!("{taken:?}") };
    assert_eq!((message.body.text().into_owned(), answer.unwrap()), (trial, failed(&[])));
}

#[test]
fn a_unit_that_takes_no_events_says_what_it_got() {
    let refused = |event: &str| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut out = Vec::new();
        let outcome = runtime.block_on(async {
            let service = Service::start(Unit::new("s", "u"), Env::default(), None).await.unwrap();
            super::refuse(&service, Invocation::default(), event.as_bytes(), &mut out).await
        });
        match outcome {
            Ok(()) => String::from_utf8(out).unwrap(),
            Err(failure) => format!("{}: {}", failure.kind.as_str(), failure.message),
        }
    };
    for (name, what) in [
        ("s3-event", "an event of S3"),
        ("sqs-event", "an event of SQS"),
        ("sns-event", "an event of SNS"),
        ("kinesis-event", "an event of Kinesis"),
        ("dynamodb-event", "an event of DynamoDB streams"),
        ("cloudwatch_logs-event", "an event of CloudWatch Logs"),
        ("eventbridge-schedule", "an event of EventBridge"),
    ] {
        let expected = format!("Runtime.NoSuchFunction: no function takes {what}; events this unit takes: none");
        assert_eq!(refused(&fixture(name).to_string()), expected, "{name}");
    }
    assert_eq!(refused(r#"{"Event":"s3:TestEvent"}"#), "null");
    let unknown = refused("7");
    assert!(unknown.starts_with("Runtime.BadEvent: no event that a function here takes: got JSON"), "{unknown}");
}
