//! Web functions.

use std::{io::BufReader, net::TcpStream};

use fx_testing::Process;
use serde_json::{Value, json};

use crate::{
    message::{Message, write},
    process::{PLATFORM, spawn},
};

struct Web {
    process: Process,
    address: String,
}

impl Web {
    fn start(variables: &[(&str, &str)]) -> Self {
        let process = spawn(&[variables, &[("TEST_WEB", "1")]].concat());
        let listening: Value = serde_json::from_str(&process.wait_for("\"message\":\"listening\"")).unwrap();
        Self { process, address: listening["http"].as_str().unwrap().to_owned() }
    }

    /// The status, and the body as JSON.
    fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (String, Value) {
        let stream = TcpStream::connect(&self.address).unwrap();
        let headers = [&[("host", "1-x.ap-guangzhou.tencentscf.com")], headers].concat();
        write(&stream, &format!("{method} {path} HTTP/1.1"), &headers, body);
        let answer = Message::read(&mut BufReader::new(stream)).unwrap();
        (answer.start["HTTP/1.1 ".len()..].to_owned(), serde_json::from_str(&answer.body).unwrap())
    }
}

const REQUEST: &[(&str, &str)] = &[("x-scf-request-id", "r-1"), ("x-scf-timeout", "5"), ("x-scf-name", "shop")];

#[test]
fn a_request_comes_as_it_was_sent_and_the_context_from_the_platforms_headers() {
    let web = Web::start(PLATFORM);
    let (status, seen) = web.request("PUT", "/echo/a%20b?q=1&q=2", REQUEST, "text");
    assert_eq!(status, "200 OK");
    for (member, expected) in [
        ("method", "PUT"),
        ("uri", "/echo/a%20b?q=1&q=2"),
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
}

#[test]
fn elsewhere_the_platforms_headers_are_anybodys() {
    let web = Web::start(&[]);
    let (_, seen) = web.request("GET", "/echo/a", REQUEST, "");
    assert_ne!(seen["id"], "r-1");
    assert!(seen["left"].as_f64().unwrap() > 20.0, "{seen}");
}

#[test]
fn what_fails_is_answered_and_the_next_is_served() {
    let web = Web::start(PLATFORM);
    let (status, body) = web.request("GET", "/boom", REQUEST, "");
    assert_eq!(
        (status.as_str(), body),
        ("500 Internal Server Error", json!({ "success": false, "message": "internal error", "requestId": "r-1" }))
    );
    let (status, late) = web.request("GET", "/slow", &[("x-scf-request-id", "r-2"), ("x-scf-timeout", "1")], "");
    // The unit was built with 30 s.
    assert_eq!((status.as_str(), &late["message"]), ("504 Gateway Timeout", &json!("no answer within 1 s")));
    assert_eq!(web.request("GET", "/echo/a", REQUEST, "").0, "200 OK");
}

#[test]
fn where_the_variables_are_silent_the_headers_say_where_it_runs() {
    let web = Web::start(&[("TENCENTCLOUD_RUNENV", "SCF")]);
    let headers = [REQUEST, &[("x-scf-region", "ap-beijing"), ("x-scf-appid", "7")]].concat();
    let (_, seen) = web.request("GET", "/echo/a", &headers, "");
    assert_eq!((&seen["region"], &seen["account"]), (&json!("ap-beijing"), &json!("7")));
    let (_, seen) = web.request("GET", "/echo/a", REQUEST, "");
    assert_eq!((&seen["region"], &seen["account"]), (&json!(null), &json!(null)));
}

#[test]
fn the_client_is_whom_the_platform_names() {
    let web = Web::start(PLATFORM);
    let client = |more: &[(&str, &str)]| {
        let headers = [REQUEST, &[("x-forwarded-for", "203.0.113.66")], more].concat();
        web.request("GET", "/echo/a", &headers, "").1["client"].clone()
    };
    assert_eq!(client(&[("x-scf-remote-addr", "203.0.113.7:4711")]), "203.0.113.7");
    assert_eq!(client(&[]), json!(null), "neither the platform, nor what the client says of itself");
}

#[test]
fn headers_that_the_platform_would_not_pass_on_are_an_error_that_says_so() {
    let web = Web::start(PLATFORM);
    let others: usize =
        ["x-wide", "content-type", "application/json", "content-length", "4"].map(str::len).iter().sum();
    let fits = 4 * 1024 - others;
    assert_eq!(web.request("GET", &format!("/wide?{fits}"), REQUEST, "").0, "200 OK");
    let (status, body) = web.request("GET", &format!("/wide?{}", fits + 1), REQUEST, "");
    assert_eq!(
        (status.as_str(), body),
        ("500 Internal Server Error", json!({ "success": false, "message": "internal error", "requestId": "r-1" }))
    );
    let line = web.process.wait_for("the headers of the answer have 4097 bytes, of which the platform passes on 4096");
    assert!(line.contains("the largest is `x-wide`") && line.contains("\"requestId\":\"r-1\""), "{line}");
}

#[test]
fn a_unit_that_does_not_start_says_why_and_ends() {
    let variables = [PLATFORM, &[("TEST_WEB", "1"), ("TEST_BROKEN", "1")]].concat();
    let mut process = spawn(&variables);
    assert!(!process.ended().success());
    assert!(process.wait_for("does not start: the app could not be built: no table").contains("secret host db-7"));
}

#[test]
fn a_unit_that_is_told_to_stop_runs_its_hooks() {
    let mut web = Web::start(PLATFORM);
    web.process.signal("TERM");
    assert!(web.process.ended().success());
    web.process.wait_for("goodbye");
}
