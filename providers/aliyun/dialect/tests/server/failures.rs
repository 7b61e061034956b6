//! What goes wrong, what the platform is told, and that the next invocation is served.

use crate::process::{Function, failure};

fn timer(payload: &str) -> String {
    format!(r#"{{"triggerTime":"2018-02-09T05:49:00Z","triggerName":"nightly","payload":"{payload}"}}"#)
}

fn said(kind: &str, message: &str) -> (String, String) {
    (kind.to_owned(), message.to_owned())
}

#[test]
fn a_failed_event_is_reported_and_the_next_is_served() {
    let process = Function::start();
    let failed = process.event("r-1", timer("fail"));
    assert_eq!((failed.status, failure(&failed)), (404, said("Function.Error", "internal error")));
    let panicked = process.event("r-2", timer("panic"));
    assert_eq!((panicked.status, failure(&panicked)), (404, said("Function.Panic", "the function panicked")));
    assert_eq!(process.event("r-3", timer("")).status, 200);

    process.wait_for("FC Invoke End RequestId: r-1, Error: Unhandled function error");
    process.wait_for("FC Invoke End RequestId: r-2, Error: Unhandled function error");
    let secret = process.wait_for("secret host db-7");
    assert!(secret.contains("\"requestId\":\"r-1\""), "{secret}");
}

#[test]
fn an_event_out_of_time_is_reported() {
    let process = Function::start();
    let headers = [("x-fc-control-path", "/invoke"), ("x-fc-request-id", "r-1"), ("x-fc-function-timeout", "1")];
    let late = process.connect().request("POST", "/invoke", &headers, timer("slow").as_bytes());
    // The unit was built with 30 s; the trigger's function has another timeout by now.
    assert_eq!(
        (late.status, failure(&late)),
        (404, said("Function.Timeout", "no answer within 1 s, the function's timeout"))
    );
    assert_eq!(process.event("r-2", timer("")).status, 200);
}

#[test]
fn an_event_that_nobody_takes_names_what_came_and_what_was_expected() {
    let process = Function::start();
    let unknown = process.event("r-1", r#"{"order":7,"total":9}"#);
    let (kind, message) = failure(&unknown);
    assert_eq!((unknown.status, kind.as_str()), (404, "Runtime.BadEvent"));
    let got =
        "no event that a function here takes: got a JSON object with the members order, total; expected a timer (";
    assert!(message.starts_with(got), "{message}");

    let log = r#"{"source":{"projectName":"p","logstoreName":"web"}}"#;
    let (kind, message) = failure(&process.event("r-2", log));
    assert_eq!(kind, "Runtime.NoSuchFunction");
    assert!(message.contains("log lines of `web`") && message.contains("`tick`"), "{message}");

    let (kind, message) = failure(&process.event("r-3", r#"{"triggerTime":"t","triggerName":7}"#));
    assert_eq!(kind, "Runtime.BadEvent");
    assert_eq!(message, "this looks like a timer, but: invalid type: integer `7`, expected a string");

    let logged = process.wait_for("this looks like a timer");
    assert!(logged.contains("\"requestId\":\"r-3\""), "{logged}");
    assert_eq!(failure(&process.event("r-4", b"\xff\x00")).0, "Runtime.BadEvent");
    assert_eq!(process.event("r-5", timer("")).status, 200);
}

#[test]
fn a_request_whose_handler_panics_or_is_late_counts_as_failed() {
    let process = Function::start();
    let panicked = process.get("/boom", "r-1");
    assert_eq!((panicked.status, panicked.header("x-fc-status").as_str()), (500, "404"));
    assert_eq!(panicked.json()["message"], "internal error");
    let late = process.get("/slow", "r-2");
    assert_eq!((late.status, late.header("x-fc-status").as_str()), (504, "404"));
    assert_eq!(late.json()["message"], "no answer within 1 s");
    // An answer is an answer, whatever its status.
    let unknown = process.get("/nowhere", "r-3");
    assert_eq!((unknown.status, unknown.header("x-fc-status").as_str()), (404, ""));
    process.wait_for("FC Invoke End RequestId: r-1, Error: Unhandled function error");
    assert_eq!(process.wait_for("FC Invoke End RequestId: r-3"), "FC Invoke End RequestId: r-3");
}

#[test]
fn headers_that_the_platform_would_not_pass_on_are_an_error_that_says_so() {
    let process = Function::start();
    let others: usize =
        ["x-wide", "content-type", "text/plain; charset=utf-8", "content-length", "4"].map(str::len).iter().sum();
    let fits = 8 * 1024 - others;
    assert_eq!(process.get(&format!("/wide?{fits}"), "r-1").status, 200);
    let refused = process.get(&format!("/wide?{}", fits + 1), "r-2");
    assert_eq!((refused.status, refused.header("x-fc-status").as_str()), (500, "404"));
    assert_eq!(
        refused.json(),
        serde_json::json!({ "success": false, "message": "internal error", "requestId": "r-2" })
    );
    let line = process.wait_for("the headers of the answer have 8193 bytes, of which the platform passes on 8192");
    assert!(line.contains("the largest is `x-wide`") && line.contains("\"requestId\":\"r-2\""), "{line}");
    process.wait_for("FC Invoke End RequestId: r-2, Error: Unhandled function error");
}

#[test]
fn initialisation_that_fails_is_reported_and_ends_the_instance() {
    let mut process = Function::start_broken();
    let answer = process.call("POST", "/initialize", "i-1", b"");
    let expected = said("Runtime.InitError", "the app could not be built: no table");
    assert_eq!((answer.status, failure(&answer)), (500, expected));
    assert!(!process.ended().success());
    process.wait_for("FC Initialize End RequestId: i-1, Error: Unhandled function error");
    process.wait_for("secret host db-7");
}

#[test]
fn without_initialisation_the_first_invocation_hears_of_it() {
    let mut process = Function::start_broken();
    let (kind, message) = failure(&process.event("r-1", timer("")));
    assert_eq!((kind.as_str(), message.as_str()), ("Runtime.InitError", "the app could not be built: no table"));
    assert!(!process.ended().success());

    let mut process = Function::start_broken();
    let answer = process.get("/echo", "r-1");
    assert_eq!((answer.status, answer.header("x-fc-status").as_str()), (500, "404"));
    assert_eq!(answer.json()["message"], "internal error", "strangers learn no more");
    assert!(!process.ended().success());
}
