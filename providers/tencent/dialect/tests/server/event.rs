//! Event functions.

use fx_testing::Process;
use serde_json::{Value, json};

use crate::{
    api::Api,
    process::{PLATFORM, spawn},
};

fn start(further: &[(&str, &str)]) -> (Api, Process) {
    let api = Api::start();
    let (host, port) = api.address.split_once(':').unwrap();
    let runtime = [("SCF_RUNTIME_API", host), ("SCF_RUNTIME_API_PORT", port)];
    let process = spawn(&[PLATFORM, &runtime, further].concat());
    (api, process)
}

pub fn started(further: &[(&str, &str)]) -> (Api, Process) {
    let (api, process) = start(further);
    assert!(api.is_ready());
    (api, process)
}

fn timer(message: &str) -> String {
    json!({ "Type": "Timer", "TriggerName": "nightly", "Time": "2019-02-21T11:49:00Z", "Message": message }).to_string()
}

fn get(path: &str) -> String {
    json!({ "httpMethod": "GET", "path": path, "headers": {}, "queryString": {} }).to_string()
}

#[test]
fn an_event_is_answered_with_the_functions_result() {
    let (api, process) = started(&[]);
    let expected = json!({ "tick": "nightly", "id": "r-1", "region": "ap-guangzhou" });
    assert_eq!(api.invoke("r-1", &timer("")), Ok(expected));
    assert!(process.wait_for("\"message\":\"done\"").contains("\"requestId\":\"r-1\""));
}

#[test]
fn a_request_is_answered_with_a_response() {
    let (api, _process) = started(&[]);
    let event = json!({
        "httpMethod": "POST", "path": "/echo/a", "headers": { "host": "1-x.ap-guangzhou.tencentscf.com" },
        "queryString": { "q": ["1", "2"] }, "body": "text",
    });
    let answer = api.invoke("r-1", &event.to_string()).unwrap();
    assert_eq!((&answer["statusCode"], &answer["isBase64Encoded"]), (&json!(200), &json!(false)));
    assert_eq!(answer["headers"], json!({ "content-type": "application/json", "set-cookie": ["a=1", "b=2"] }));
    let seen: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    for (member, expected) in [
        ("method", "POST"),
        ("uri", "/echo/a?q=1&q=2"),
        ("host", "1-x.ap-guangzhou.tencentscf.com"),
        ("body", "text"),
        ("id", "r-1"),
        ("region", "ap-guangzhou"),
        ("account", "1250000000"),
        ("assets", "/var/user/"),
    ] {
        assert_eq!(seen[member], expected, "{member}");
    }
    let left = seen["left"].as_f64().unwrap();
    assert!((3.0..=5.0).contains(&left), "{left}");

    let missing = api.invoke("r-2", &get("/nowhere")).unwrap();
    assert_eq!(missing["statusCode"], 404);
    let not_text = api.invoke("r-3", &get("/echo/%C3%28")).unwrap();
    assert!((400..500).contains(&not_text["statusCode"].as_i64().unwrap()), "{not_text}");
}

#[test]
fn what_fails_is_reported_and_the_next_is_served() {
    let (api, process) = started(&[]);
    let reported = |kind: &str, message: &str| Err(json!({ "errorType": kind, "errorMessage": message }));
    assert_eq!(api.invoke("r-1", &timer("fail")), reported("Function.Error", "internal error"));
    assert_eq!(api.invoke("r-2", &timer("panic")), reported("Function.Panic", "the function panicked"));
    // The unit was built with 30 s.
    let late = api.invoke_within(1000, "r-3", &timer("slow"));
    assert_eq!(late, reported("Function.Timeout", "no answer within 1 s, the function's timeout"));
    let large = "the answer is larger than the 6 MB that SCF takes";
    assert_eq!(api.invoke("r-4", &timer("large")), reported("Function.ResponseSizeTooLarge", large));
    assert_eq!(api.invoke("r-5", &get("/large")), reported("Function.ResponseSizeTooLarge", large));
    // A client that can be answered is answered.
    assert_eq!(api.invoke("r-6", &get("/boom")).unwrap()["statusCode"], 500);
    assert_eq!(api.invoke_within(1000, "r-7", &get("/slow")).unwrap()["statusCode"], 504);
    assert!(api.invoke("r-8", &timer("")).is_ok());
    assert!(process.wait_for("secret host db-7").contains("\"requestId\":\"r-1\""));
    assert!(process.wait_for(large).contains("\"requestId\":\"r-4\""));
}

#[test]
fn an_event_that_nobody_takes_names_what_came_and_what_was_expected() {
    let (api, process) = started(&[]);
    let report = api.invoke("r-1", r#"{"order":7,"total":9}"#).unwrap_err();
    assert_eq!(report["errorType"], "Runtime.BadEvent");
    let message = report["errorMessage"].as_str().unwrap();
    let got =
        "no event that a function here takes: got a JSON object with the members order, total; expected a request (";
    assert!(message.starts_with(got), "{message}");
    assert!(process.wait_for(got).contains("\"requestId\":\"r-1\""));

    let kafka = json!({ "Records": [{ "Ckafka": { "topic": "orders", "partition": 0, "offset": 1, "msgBody": "" } }] });
    let report = api.invoke("r-2", &kafka.to_string()).unwrap_err();
    assert_eq!(report["errorType"], "Runtime.NoSuchFunction");
    assert!(report["errorMessage"].as_str().unwrap().contains("message of `orders`"), "{report}");

    let report = api.invoke("r-3", r#"{"httpMethod":"GET","path":"/","body":{}}"#).unwrap_err();
    assert_eq!(report["errorType"], "Runtime.BadEvent");
    assert_eq!(api.invoke("r-4", "no JSON").unwrap_err()["errorType"], "Runtime.BadEvent");
    assert!(api.invoke("r-5", &timer("")).is_ok());
}

#[test]
fn records_and_bare_messages_reach_their_functions() {
    let (api, _process) = started(&[("TEST_MESSAGES", "1")]);
    let record = |key: &str| {
        json!({
            "cos": { "cosObject": { "key": format!("/1/b/{key}") }, "cosBucket": { "name": "b", "appid": "1" } },
            "event": { "eventName": "cos:ObjectCreated:Put" },
        })
    };
    let uploads = json!({ "Records": [record("x"), record("y")] });
    assert_eq!(api.invoke("r-1", &uploads.to_string()), Ok(json!(["x", "y"])));
    let cmq = json!({ "Records": [{ "CMQ": { "topicName": "t", "msgBody": "{\"id\":7}" } }] });
    assert_eq!(api.invoke("r-2", &cmq.to_string()), Ok(json!({ "id": 7 })));
    assert_eq!(api.invoke("r-3", r#"{"my":"own"}"#), Ok(json!({ "my": "own" })));
}

#[test]
fn of_several_functions_the_one_whose_topic_it_is_gets_a_record() {
    let (api, _process) = started(&[("TEST_TOPICS", "1")]);
    let record = |topic: &str| json!({ "Ckafka": { "topic": topic, "partition": 0, "offset": 1, "msgBody": "" } });
    let kafka = |topic: &str| json!({ "Records": [record(topic)] }).to_string();
    assert_eq!(api.invoke("r-1", &kafka("orders-new")), Ok(json!("orders got orders-new")));
    assert_eq!(api.invoke("r-2", &kafka("bills")), Ok(json!("bills got bills")));
    let cmq = json!({ "Records": [{ "CMQ": { "topicName": "bills-by-cmq", "msgBody": "" } }] }).to_string();
    assert_eq!(api.invoke("r-3", &cmq), Ok(json!("bills got bills-by-cmq")));
    let mixed = json!({ "Records": [record("bills"), record("orders-new")] }).to_string();
    assert_eq!(api.invoke("r-4", &mixed), Ok(json!(["bills got bills", "orders got orders-new"])));
    let nobody = api.invoke("r-5", &kafka("refunds")).unwrap_err();
    assert_eq!(nobody["errorType"], "Runtime.NoSuchFunction");
    let message = nobody["errorMessage"].as_str().unwrap();
    assert!(
        message.contains("`refunds`") && message.contains("messages of `orders-new` (function `orders`)"),
        "{message}"
    );
}

#[test]
fn a_unit_that_does_not_start_ends_without_being_ready() {
    let (_api, mut process) = start(&[("TEST_BROKEN", "1")]);
    assert!(!process.ended().success());
    assert!(process.wait_for("does not start: the app could not be built: no table").contains("secret host db-7"));
}

#[test]
fn without_the_runtime_api_it_says_what_is_missing() {
    let mut process = spawn(PLATFORM);
    assert!(!process.ended().success());
    process.wait_for("SCF_RUNTIME_API is not set");
}

#[test]
fn a_unit_that_is_told_to_stop_runs_its_hooks() {
    let (api, mut process) = started(&[]);
    assert!(api.invoke("r-1", &timer("")).is_ok());
    process.signal("TERM");
    assert!(process.ended().success());
    process.wait_for("goodbye");
}
