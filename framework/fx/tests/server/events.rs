//! Events through the control port.

use serde_json::{Value, json};

use fx_testing::Connection;

use crate::process::Server;

fn result(server: &Server, function: &str, kind: &str, data: &Value) -> Value {
    let answer = server.invoke(function, &json!({ "kind": kind, "data": data }));
    let body = answer.json();
    assert_eq!((answer.status, &body["ok"]), (200, &true.into()), "{body}");
    assert!(body["requestId"].is_string());
    body["result"].clone()
}

fn failure(server: &Server, function: &str, body: &Value) -> (u16, String, String, Value) {
    let answer = server.invoke(function, body);
    let body = answer.json();
    assert_eq!(body["ok"], false, "{body}");
    let text = |key: &str| body["error"][key].as_str().unwrap_or_default().to_owned();
    (answer.status, text("type"), text("message"), body["error"]["detail"].clone())
}

#[test]
fn every_kind_reaches_its_function() {
    let server = Server::start();
    let tick = result(&server, "tick", "timer", &json!({ "name": "nightly", "scheduled": "2026-01-05T03:00:00Z" }));
    assert_eq!(tick, "hello nightly Some(2026-01-05T03:00:00Z) tick");
    assert_eq!(result(&server, "tick.handler", "timer", &json!({})), "hello  None tick", "also by its handler");
    assert_eq!(result(&server, "t%69ck", "timer", &json!({})), "hello  None tick", "a name as a path spells it");
    assert_eq!(result(&server, "upload", "object", &json!({ "bucket": "b", "key": "k" })), Value::Null);
    assert_eq!(result(&server, "changed", "message", &json!({ "body": { "name": "milk", "count": 2 } })), 2);
    assert_eq!(result(&server, "changed", "message", &json!({ "body": "{\"name\":\"milk\",\"count\":3}" })), 3);
    assert_eq!(result(&server, "lines", "log", &json!({ "lines": [{ "message": "a" }, {}] })), 2);
    assert_eq!(result(&server, "anything", "message", &json!({ "body": 1 })), json!({ "seen": { "body": 1 } }));
    assert_eq!(result(&server, "anything", "timer", &json!({ "name": "x" })), json!({ "seen": { "name": "x" } }));
    let line = server.wait_for_record(|line| line["target"] == "fx::event");
    assert_eq!((&line["message"], &line["function"]), (&"done".into(), &"tick".into()));
}

#[test]
fn failures_say_whose_fault_it_is() {
    let server = Server::start();
    let (status, kind, message, _) =
        failure(&server, "upload", &json!({ "kind": "object", "data": { "key": "k", "kind": "removed" } }));
    assert_eq!((status, kind.as_str(), message.as_str()), (500, "Function.Error", "k is gone"));

    let (_, kind, message, detail) = failure(&server, "lines", &json!({ "kind": "log" }));
    assert_eq!((kind.as_str(), message.as_str()), ("Function.Error", "internal error"));
    assert_eq!(detail, "nothing at all");

    let (_, kind, _, detail) = failure(&server, "tick", &json!({ "kind": "timer", "data": { "name": "panic" } }));
    assert_eq!((kind.as_str(), &detail), ("Function.Panic", &"on purpose".into()));
    let (_, kind, message, _) = failure(&server, "tick", &json!({ "kind": "timer", "data": { "name": "slow" } }));
    assert_eq!((kind.as_str(), message.as_str()), ("Function.Timeout", "no answer within 2 s, the function's timeout"));

    let (_, kind, message, _) = failure(&server, "changed", &json!({ "kind": "message", "data": { "body": [] } }));
    assert_eq!(kind, "Function.Error");
    assert!(message.starts_with("the message's body does not fit"), "{message}");
    assert_eq!(
        result(&server, "tick", "timer", &json!({ "name": "after all that" })),
        "hello after all that None tick"
    );
}

#[test]
fn a_wrong_invocation_is_explained() {
    let server = Server::start();
    for (function, body, status, kind, message) in [
        ("nobody", json!({ "kind": "timer" }), 404, "Runtime.NoSuchFunction", "no function `nobody` takes events"),
        (
            "tick",
            json!({ "kind": "log" }),
            404,
            "Runtime.NoSuchFunction",
            "function `tick` takes timer events, not log",
        ),
        ("tick", json!({ "kind": "http" }), 400, "Runtime.BadEvent", "unknown variant `http`"),
        ("tick", json!({ "kind": "timer", "data": { "nmae": 1 } }), 400, "Runtime.BadEvent", "unknown field `nmae`"),
    ] {
        let (got_status, got_kind, got_message, _) = failure(&server, function, &body);
        assert_eq!((got_status, got_kind.as_str()), (status, kind));
        assert!(got_message.contains(message), "{got_message}");
    }
    assert_eq!(Connection::open(&server.control).request("GET", "/__fx/invoke/tick", &[], b"").status, 405);
    assert_eq!(Connection::open(&server.control).request("POST", "/greet/ann", &[], b"").status, 404);
    // A web page can reach any port of the machine it is looked at on.
    let origin = [("origin", "http://evil.example")];
    let answer =
        Connection::open(&server.control).request("POST", "/__fx/invoke/tick", &origin, br#"{"kind":"timer"}"#);
    assert_eq!(answer.status, 403);
}
