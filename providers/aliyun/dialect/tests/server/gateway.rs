//! Requests that the classic API gateway sends as events.

use serde_json::{Value, json};

use crate::process::{Function, failure};

fn sent(method: &str, path: &str) -> Value {
    json!({
        "path": path, "httpMethod": method, "headers": { "X-Own": "1", "content-length": "9", "bad name": "x" },
        "queryParameters": { "q": "1 + 1", "leer": "" }, "pathParameters": {}, "body": "text", "isBase64Encoded": false,
    })
}

#[test]
fn a_request_in_an_event_reaches_its_route_and_is_answered_in_the_gateways_shape() {
    let process = Function::start();
    let answer = process.event("r-1", sent("POST", "/echo").to_string());
    assert_eq!((answer.status, answer.header("x-fc-status").as_str()), (200, ""));
    let answer = answer.json();
    assert_eq!((&answer["statusCode"], &answer["isBase64Encoded"]), (&json!(200), &json!(false)));
    assert_eq!((&answer["headers"]["x-own"], &answer["headers"]["content-length"]), (&json!("1"), &json!(null)));
    let seen: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    for (member, expected) in [("method", "POST"), ("body", "text"), ("id", "r-1"), ("uri", "/echo?leer=&q=1+%2B+1")] {
        assert_eq!(seen[member], expected, "{member}");
    }

    let mut binary = sent("POST", "/echo");
    binary["body"] = json!("aGFsbG8=");
    binary["isBase64Encoded"] = json!(true);
    let seen = process.event("r-2", binary.to_string()).json();
    assert!(seen["body"].as_str().unwrap().contains("\"body\":\"hallo\""), "{seen}");
}

#[test]
fn what_fails_there_is_an_answer_too() {
    let process = Function::start();
    let status = |path: &str| process.event("r-1", sent("GET", path).to_string()).json()["statusCode"].clone();
    assert_eq!(status("/nowhere"), 404);
    assert_eq!(status("/boom"), 500);
    assert_eq!(status("/echo/a b\u{e9}?#"), 404);

    let mut unreadable = sent("GET", "/echo");
    unreadable["body"] = json!("*");
    unreadable["isBase64Encoded"] = json!(true);
    for event in
        [unreadable, sent("G T", "/echo"), json!({ "httpMethod": 1, "path": "", "headers": {}, "queryParameters": {} })]
    {
        let (kind, message) = failure(&process.event("r-2", event.to_string()));
        assert_eq!(kind, "Runtime.BadEvent");
        assert!(message.starts_with("this looks like a request of API Gateway, but: "), "{message}");
    }
    // With other members it is whatever a function takes, or nothing.
    let (_, message) = failure(&process.event("r-3", r#"{"httpMethod":"GET"}"#));
    assert!(message.contains("got a JSON object with the members httpMethod; expected a timer ("), "{message}");
}
