//! What a request is for.

use serde_json::json;

use crate::process::{Function, failure};

const TIMER: &str = r#"{"triggerTime":"2018-02-09T05:49:00Z","triggerName":"nightly","payload":""}"#;

/// Positions of lines in the log, in the order asked for.
fn places(process: &Function, texts: &[&str]) -> Vec<usize> {
    let lines = process.lines();
    let place = |text: &&str| lines.iter().position(|line| line.contains(*text));
    texts.iter().map(|text| place(text).unwrap_or_else(|| panic!("no {text} in {lines:#?}"))).collect()
}

#[test]
fn an_event_is_answered_with_the_functions_result() {
    let process = Function::start();
    let answer = process.event("r-1", TIMER);
    assert_eq!((answer.status, answer.header("x-fc-status").as_str()), (200, ""));
    assert_eq!(answer.json(), json!({ "tick": "nightly", "id": "r-1", "region": "cn-hangzhou" }));

    process.wait_for("FC Invoke End RequestId: r-1");
    let lines = ["FC Invoke Start RequestId: r-1", "\"message\":\"done\"", "FC Invoke End RequestId: r-1"];
    assert!(places(&process, &lines).is_sorted());

    let nothing = process.event("r-2", TIMER.replace("\"\"", "\"nothing\""));
    assert_eq!((nothing.status, nothing.body.as_str()), (200, ""));
}

#[test]
fn the_header_decides_and_not_the_path() {
    let process = Function::start();
    // Routes may be called like the platform's own paths.
    for path in ["/invoke?a=1&a=2", "/initialize", "/echo"] {
        let answer = process.get(path, "r-1");
        assert_eq!((answer.status, &answer.json()["uri"]), (200, &json!(path)));
    }
    let absent = process.connect().request("POST", "/invoke", &[("x-fc-request-id", "r-2")], b"text");
    assert_eq!((&absent.json()["method"], &absent.json()["body"]), (&json!("POST"), &json!("text")));
    // And an event may arrive at any path.
    let headers = [("x-fc-control-path", "/invoke"), ("x-fc-request-id", "r-3")];
    let event = process.connect().request("POST", "/", &headers, TIMER.as_bytes());
    assert_eq!(event.json()["tick"], "nightly");
}

#[test]
fn a_request_knows_what_the_platform_said() {
    let process = Function::start();
    let headers = [
        ("x-fc-control-path", "/http-invoke"),
        ("x-fc-request-id", "r-7"),
        ("x-fc-function-timeout", "7"),
        ("x-fc-tracing-opentracing-span-context", "5f2b:1:0:1"),
    ];
    let answer = process.connect().request("GET", "/echo", &headers, b"");
    let seen = answer.json();
    assert_eq!(
        (&seen["id"], &seen["region"], &seen["trace"], &seen["assets"]),
        (&json!("r-7"), &json!("cn-hangzhou"), &json!("5f2b"), &json!("/code"))
    );
    assert_eq!(seen["account"], "1234567890123456");
    let left = seen["left"].as_f64().unwrap();
    assert!((5.0..=7.0).contains(&left), "{left}");
    // What is the platform's, and what belongs to the connection, a function does not set.
    assert_eq!(answer.header("x-own"), "1");
    for name in ["x-fc-status", "x-fc-secret", "keep-alive"] {
        assert_eq!(answer.header(name), "", "{name}");
    }
    process.wait_for("FC Invoke End RequestId: r-7");
}

#[test]
fn where_the_variables_are_silent_the_headers_say_where_it_runs() {
    let process = Function::start_with(&[("FC_FUNCTION_NAME", "shop")]);
    let request = |region: &str, account: &str| {
        let headers = [("x-fc-control-path", "/http-invoke"), ("x-fc-region", region), ("x-fc-account-id", account)];
        process.connect().request("GET", "/echo", &headers, b"").json()
    };
    let seen = request("cn-shanghai", "7");
    assert_eq!((&seen["region"], &seen["account"]), (&json!("cn-shanghai"), &json!("7")));
    let seen = request("", "");
    assert_eq!((&seen["region"], &seen["account"]), (&json!(null), &json!(null)));
    let headers = [("x-fc-control-path", "/invoke"), ("x-fc-region", "cn-shanghai")];
    let event = process.connect().request("POST", "/invoke", &headers, TIMER.as_bytes());
    assert_eq!(event.json()["region"], "cn-shanghai");
}

#[test]
fn the_client_is_whom_the_platform_names() {
    let process = Function::start();
    let client = |more: &[(&str, &str)]| {
        let headers = [&[("x-fc-control-path", "/http-invoke"), ("x-forwarded-for", "203.0.113.66")], more].concat();
        process.connect().request("GET", "/echo", &headers, b"").json()["client"].clone()
    };
    assert_eq!(client(&[("x-fc-client-ip", "203.0.113.7")]), "203.0.113.7");
    // Not the platform, and not what the client says of itself.
    assert_eq!(client(&[]), json!(null));
    assert_eq!(client(&[("x-fc-client-ip", "")]), json!(null));
}

#[test]
fn one_connection_serves_requests_and_events_in_turn() {
    let process = Function::start();
    let mut connection = process.connect();
    for round in 0..3 {
        let id = format!("r-{round}");
        let headers = [("x-fc-control-path", "/invoke"), ("x-fc-request-id", id.as_str())];
        assert_eq!(connection.request("POST", "/invoke", &headers, TIMER.as_bytes()).json()["id"], id);
        let headers = [("x-fc-control-path", "/http-invoke"), ("x-fc-request-id", id.as_str())];
        assert_eq!(connection.request("GET", "/echo", &headers, b"").json()["id"], id);
    }
}

#[test]
fn elsewhere_the_platforms_headers_are_anybodys() {
    let process = Function::start_with(&[]);
    let answer = process.call("POST", "/invoke", "r-1", b"text");
    assert_eq!((&answer.json()["body"], answer.header("x-fc-secret").as_str()), (&json!("text"), "1"));
    assert_ne!(answer.json()["id"], "r-1");
    assert_eq!(process.call("GET", "/pre-stop", "r-2", b"").status, 404);
    assert!(!process.lines().iter().any(|line| line.contains("FC Invoke") || line.contains("goodbye")));
}

#[test]
fn an_instance_is_initialised_and_stopped() {
    let mut process = Function::start();
    assert_eq!(process.call("POST", "/initialize", "i-1", b"").status, 200);
    assert_eq!(process.call("GET", "/pre-freeze", "f-1", b"").status, 200);
    assert_eq!(process.call("GET", "/pre-stop", "s-1", b"").status, 200);
    process.wait_for("FC PreStop End RequestId: s-1");
    let lines = [
        "FC Initialize Start RequestId: i-1",
        "FC Initialize End RequestId: i-1",
        "FC PreStop Start RequestId: s-1",
        "goodbye",
        "FC PreStop End RequestId: s-1",
    ];
    assert!(places(&process, &lines).is_sorted());
    process.signal("TERM");
    assert!(process.ended().success());
    assert_eq!(process.lines().iter().filter(|line| line.contains("goodbye")).count(), 1, "hooks run once");
}

#[test]
fn a_streamed_answer_ends_its_record_when_it_ends() {
    let process = Function::start();
    assert_eq!(process.get("/stream", "r-1").body, "part part part ");
    process.wait_for("FC Invoke End RequestId: r-1");
    let lines = ["FC Invoke Start RequestId: r-1", "part 1", "part 4", "FC Invoke End RequestId: r-1"];
    assert!(places(&process, &lines).is_sorted());
}

#[test]
fn several_records_have_several_results() {
    let process = Function::start();
    let record = |key: &str| {
        json!({
            "eventName": "ObjectCreated:PutObject", "eventSource": "acs:oss",
            "oss": { "bucket": { "name": "b" }, "object": { "key": key } },
        })
    };
    let answer = process.event("r-1", json!({ "events": [record("a"), record("b")] }).to_string());
    assert_eq!(answer.json(), json!(["a", "b"]));
    // A record that fails keeps the others from nothing, and the platform delivers all again.
    let failed = process.event("r-2", json!({ "events": [record("bad"), record("b")] }).to_string());
    let expected = ("Function.Error".to_owned(), "1 of 2 records failed, the first: no such table".to_owned());
    assert_eq!((failed.status, failure(&failed)), (404, expected));
    process.wait_for("\"message\":\"done\"");
}

#[test]
fn a_topic_in_stream_format_sends_its_text() {
    let process = Function::start_with(&[("FC_FUNCTION_NAME", "f"), ("TEST_MESSAGES", "1")]);
    assert_eq!(process.event("r-1", "hello").json(), json!("hello"));
    assert_eq!(process.event("r-2", r#"{"id":7}"#).json(), json!({ "id": 7 }));
    assert_eq!(process.event("r-3", r#"{"body":"hello","attrs":{"Extend":"{}"}}"#).json(), json!("hello"));
}
