//! Every published event, through a real process: taken or refused by name, and the process goes on.

use serde_json::{Value, json};

use crate::process::{Function, failure};

/// What a function makes of each file in `fixtures`: the key, the store, the timer's name, or what the message's body says of itself.
fn expected(name: &str) -> Option<Value> {
    Some(match name {
        "timer" => json!("TestTimer"),
        "oss" | "oss-fc3" => json!("image/a.jpg"),
        "sls" => json!("function-log"),
        "sls-fc3" => json!("log-en"),
        "mns-topic-json" => json!("mock mns message"),
        "mns-topic-stream" | "mns-topic-with-attributes" | "mns-topic-without-attributes" => json!("hello topic"),
        "mns-queue-eventbridge" | "rocketmq-eventbridge" => json!("TEST"),
        "rocketmq-eventbridge-stream" => json!(["TEST", "TEST"]),
        "kafka-eventbridge-stream" => json!("b'{\\n    \"Test\": \"TestKafkaEventBridgetrigger\"\\n}'"),
        "cdn-CachedObjectsRefreshed" => json!("CachedObjectsRefreshed"),
        "cdn-CdnDomainStarted" => json!("CdnDomainStarted"),
        "cdn-LogFileCreated" => json!("LogFileCreated"),
        "tablestore-shape" => json!("string"),
        _ => return None,
    })
}

#[test]
fn each_is_taken_or_refused_by_name_and_none_ends_the_process() {
    let process = Function::start_with(&[("FC_FUNCTION_NAME", "f"), ("TEST_MESSAGES", "1")]);
    let folder = std::fs::read_dir(format!("{}/tests/fixtures", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut count = 0;
    for path in
        folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "json"))
    {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let answer = process.event(&name, std::fs::read(&path).unwrap());
        if name == "http-trigger-v1" {
            let (kind, message) = failure(&answer);
            assert_eq!(kind, "Runtime.BadEvent");
            assert!(message.starts_with("this looks like the event of an HTTP trigger"), "{message}");
        } else {
            assert_eq!(answer.status, 200, "{name}: {answer:?}");
            let answer = answer.json();
            let said = [&answer["tick"], &answer["eventName"], &answer["Version"], &answer];
            let said = said.into_iter().find(|said| !said.is_null()).unwrap();
            assert_eq!(Some(said.clone()), expected(&name), "{name}");
        }
        count += 1;
    }
    assert_eq!(count, 18, "all that are published");
}
