//! When the function, the platform or the connection fails.

use std::time::{Duration, Instant};

use crate::{
    api::{Api, Step},
    http::v2,
    process::{start, start_with},
};

fn hello() -> Step {
    Step::of(&v2("GET", "/hello/you", ""))
}

#[test]
fn an_app_that_cannot_be_built_is_reported_and_ends_the_process() {
    let api = Api::start();
    let mut process = start_with(&api.address, &[]);
    let sent = &api.sent(1)[0];
    assert_eq!(sent.kind, "init");
    assert!(sent.head.starts_with("POST /2018-06-01/runtime/init/error"), "{}", sent.head);
    assert!(sent.head.contains("Lambda-Runtime-Function-Error-Type: Runtime.InitError"), "{}", sent.head);
    assert!(sent.json()["errorMessage"].as_str().unwrap().contains("TEST_SETTING"));
    assert!(!process.ended().success());
    process.wait_for("does not start");
}

#[test]
fn without_a_platform_it_says_what_to_do() {
    let mut process = start_with("", &[("TEST_SETTING", "1")]);
    assert!(!process.ended().success());
    process.wait_for("fx dev --provider aws");
}

#[test]
fn a_lost_connection_costs_nothing() {
    let api = Api::start();
    let _process = start(&api);
    assert_eq!(api.invoke(Step { reset_answer: true, ..hello() }).kind, "response");
    assert_eq!(api.invoke(hello()).kind, "response");
}

#[test]
fn an_answer_the_platform_refuses_is_logged_and_the_next_is_given() {
    let api = Api::start();
    let process = start(&api);
    api.invoke(Step { accept: 403, ..hello() });
    api.invoke(Step { accept: 413, ..hello() });
    assert_eq!(api.invoke(hello()).kind, "response");
    process.wait_for("the runtime API refused the answer");
    process.wait_for("larger than the platform takes");
}

#[test]
fn a_refusal_to_hand_out_is_asked_about_again() {
    let api = Api::start();
    let _process = start(&api);
    api.push(Step { refuse: Some(403), ..hello() });
    assert_eq!(api.invoke(hello()).kind, "response");
}

#[test]
fn a_broken_platform_ends_the_process() {
    for step in [Step { refuse: Some(500), ..hello() }, Step { accept: 500, ..hello() }] {
        let api = Api::start();
        let mut process = start(&api);
        api.push(step);
        assert!(!process.ended().success());
        process.wait_for("the runtime API answered with 500");
    }
}

#[test]
fn sigterm_ends_it_at_once_with_a_line_and_the_hooks() {
    let api = Api::start();
    let mut process = start(&api);
    api.is_asked();
    let started = Instant::now();
    process.signal("TERM");
    assert!(process.ended().success());
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    process.wait_for("stopping");
    process.wait_for("goodbye");
}

#[test]
fn sigterm_ends_it_also_while_it_starts() {
    let api = Api::start();
    let mut process = start_with(&api.address, &[("TEST_SETTING", "1"), ("TEST_SLOW_START", "1")]);
    while !api.has_extension() {
        std::thread::sleep(Duration::from_millis(5));
    }
    process.signal("TERM");
    assert!(process.ended().success());
}

#[test]
fn a_copy_woken_from_a_picture_asks_for_work_afterwards() {
    let api = Api::start();
    let started = [("TEST_SETTING", "1"), ("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")];
    let _process = start_with(&api.address, &started);
    assert_eq!(api.invoke(hello()).kind, "response");
    // One for the extension, one on which it was woken, and a new one since.
    assert_eq!((api.restores(), api.connections()), (1, 3));
}

#[test]
fn the_timeout_it_was_deployed_with_counts_and_is_named() {
    let api = Api::start();
    let process = start(&api);
    // Built with two seconds.
    let deployed = Step { deadline: Duration::from_secs(1), ..Step::of(&v2("GET", "/slow", "")) };
    let answer = api.invoke(deployed).json();
    assert_eq!(answer["statusCode"], 504);
    assert!(answer["body"].as_str().unwrap().contains("no answer within 1 s"), "{answer}");
    process.wait_for("no answer within 1 s, the function's timeout");
}

#[test]
fn a_failure_names_the_invocation_as_an_answer_does() {
    let api = Api::start();
    let _process = start(&api);
    let mut step = Step::of("null");
    step.headers = vec![("Lambda-Runtime-Invocation-Id", "inv-9".to_owned())];
    let sent = api.invoke(step);
    assert!(sent.head.starts_with("POST /2018-06-01/runtime/invocation/req-1/error HTTP/1.1\r\n"), "{}", sent.head);
    assert!(sent.head.contains("\r\nLambda-Runtime-Invocation-Id: inv-9\r\n"), "{}", sent.head);
}

#[test]
fn a_body_that_never_ends_is_given_up() {
    let api = Api::start();
    let process = start(&api);
    let sent = api.invoke(Step::of(&v2("GET", "/stream/endless", "")));
    assert_eq!((sent.kind.as_str(), &sent.json()["errorType"]), ("error", &"Function.Timeout".into()));
    process.wait_for("no answer within 3 s");
    assert_eq!(api.invoke(hello()).kind, "response");
}

#[test]
fn several_invocations_at_once_where_the_platform_has_that() {
    let api = Api::start();
    let mut process = start_with(&api.address, &[("TEST_SETTING", "1"), ("AWS_LAMBDA_MAX_CONCURRENCY", "3")]);
    // A slow one does not hold up the others.
    api.push(Step::of(&v2("GET", "/slow", "")));
    api.push(hello());
    api.push(hello());
    let sent = api.sent(2);
    assert!(sent.iter().all(|sent| sent.json()["statusCode"] == 200), "{sent:?}");
    // One loop that ends leaves the others at work.
    api.push(Step { refuse: Some(500), ..hello() });
    api.sent(3);
    assert_eq!(api.invoke(hello()).kind, "response");
    assert!(process.is_running());
}
