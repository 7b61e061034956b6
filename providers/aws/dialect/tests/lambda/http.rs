//! Requests through the loop.

use serde_json::{Value, json};

use crate::{
    api::{Api, Step},
    process::{start, start_with},
};

pub fn v2(method: &str, path: &str, body: &str) -> Value {
    json!({
        "version": "2.0", "rawPath": path, "rawQueryString": "", "headers": {"host": "example.org"}, "body": body,
        "requestContext": {"stage": "$default", "http": {"method": method, "path": path}}, "isBase64Encoded": false,
    })
}

fn answered(sent: &crate::api::Sent) -> (u64, Value) {
    assert_eq!(sent.kind, "response", "{sent:?}");
    let answer = sent.json();
    let body = answer["body"].as_str().unwrap();
    (answer["statusCode"].as_u64().unwrap(), serde_json::from_str(body).unwrap_or(Value::String(body.to_owned())))
}

#[test]
fn a_request_is_answered_and_knows_its_invocation() {
    let api = Api::start();
    let _process = start(&api);
    let mut step = Step::of(&v2("GET", "/hello/J%C3%BCrgen", ""));
    step.headers = vec![("Lambda-Runtime-Invocation-Id", "inv-9".to_owned())];
    let sent = api.invoke(step);
    let expected = json!({"hello": "J\u{fc}rgen", "id": "req-1", "trace": "Root=1-2-3", "region": "eu-west-1", "account": "123456789012"});
    assert_eq!(answered(&sent), (200, expected));
    assert!(sent.head.starts_with("POST /2018-06-01/runtime/invocation/req-1/response HTTP/1.1\r\n"), "{}", sent.head);
    assert!(sent.head.contains("\r\nLambda-Runtime-Invocation-Id: inv-9\r\n"), "{}", sent.head);
}

#[test]
fn whoever_invokes_may_say_who_it_is() {
    let api = Api::start();
    let _process = start(&api);
    let who = |headers: &[(&'static str, &str)]| {
        let mut step = Step::of(&json!({"source": "fx.timer", "name": "who"}));
        step.headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        api.invoke(step).json()
    };
    let all = [
        ("Lambda-Runtime-Client-Context", r#"{"custom":{"a":"1"}}"#),
        ("Lambda-Runtime-Cognito-Identity", r#"{"cognitoIdentityId":"i","cognitoIdentityPoolId":"p"}"#),
        ("lambda-runtime-aws-tenant-id", "blue"),
    ];
    assert_eq!(who(&all), r#"{"custom":{"a":"1"}} Some("i of p") Some("blue")"#);
    assert_eq!(who(&[("Lambda-Runtime-Client-Context", "eyJhIjoxfQ==")]), r#"{"a":1} None None"#);
    let nothing = [("Lambda-Runtime-Client-Context", ""), ("Lambda-Runtime-Cognito-Identity", "{}")];
    assert_eq!((who(&nothing), who(&[])), ("null None None".into(), "null None None".into()));
    let mut request = Step::of(&v2("GET", "/tenant", ""));
    request.headers = vec![("Lambda-Runtime-Aws-Tenant-Id", "red".to_owned())];
    assert_eq!(answered(&api.invoke(request)).1, r#"Some("red")"#);
}

#[test]
fn many_invocations_need_one_connection() {
    let api = Api::start();
    let _process = start(&api);
    for number in 0..50 {
        let mut step = Step::of(&v2("GET", &format!("/hello/{number}"), ""));
        step.chunked = number % 2 == 0;
        let (status, body) = answered(&api.invoke(step));
        assert_eq!((status, &body["hello"]), (200, &number.to_string().into()));
    }
    // One for the invocations, one for the extension.
    assert_eq!(api.connections(), 2);
}

#[test]
fn large_bodies_pass_both_ways() {
    let api = Api::start();
    let _process = start(&api);
    let text = "\"quoted\" \\ \u{1f600}\n".repeat(40_000);
    let answer = api.invoke(Step::of(&v2("POST", "/echo", &text))).json();
    assert_eq!(answer["body"].as_str().unwrap(), text);
}

#[test]
fn unknown_paths_panics_and_long_work_are_answers_too() {
    let api = Api::start();
    let process = start(&api);
    assert_eq!(answered(&api.invoke(Step::of(&v2("GET", "/nowhere", "")))).0, 404);
    assert_eq!(answered(&api.invoke(Step::of(&v2("PUT", "/echo", "")))).0, 405);
    assert_eq!(answered(&api.invoke(Step::of(&v2("GET", "/hello/%FF", "")))).0, 400);
    let (status, body) = answered(&api.invoke(Step::of(&v2("GET", "/boom", ""))));
    assert_eq!((status, &body["requestId"]), (500, &"req-4".into()));
    assert_eq!(answered(&api.invoke(Step::of(&v2("GET", "/slow", "")))).0, 504);
    process.wait_for("panic: on purpose");
    assert_eq!(answered(&api.invoke(Step::of(&v2("GET", "/hello/again", "")))).0, 200);
}

#[test]
fn a_deadline_that_is_over_ends_nothing() {
    let api = Api::start();
    let _process = start(&api);
    let mut step = Step::of(&v2("GET", "/hello/1970", ""));
    step.deadline = std::time::Duration::ZERO;
    assert_eq!(answered(&api.invoke(step)).0, 200);
}

#[test]
fn an_answer_that_is_too_large_is_an_answer_that_says_so() {
    let api = Api::start();
    let _process = start(&api);
    let (status, body) = answered(&api.invoke(Step::of(&v2("GET", "/large/6000000", ""))));
    assert_eq!((status, &body["success"]), (500, &false.into()));
}

#[test]
fn a_streamed_answer_has_a_head_eight_zeros_and_its_pieces() {
    let api = Api::start();
    let _process = start_with(&api.address, &[("TEST_SETTING", "1"), ("TEST_STREAMING", "1")]);
    let sent = api.invoke(Step::of(&v2("GET", "/stream/whole", "")));
    for line in [
        "Lambda-Runtime-Function-Response-Mode: streaming",
        "Content-Type: application/vnd.awslambda.http-integration-response",
        "Transfer-Encoding: chunked",
        "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body",
    ] {
        assert!(sent.head.contains(&format!("\r\n{line}\r\n")), "{}", sent.head);
    }
    let zeros = sent.body.windows(8).position(|window| window == [0; 8]).unwrap();
    let head: Value = serde_json::from_slice(&sent.body[..zeros]).unwrap();
    assert_eq!((&head["statusCode"], &head["cookies"]), (&200.into(), &json!([])));
    assert_eq!(&sent.body[zeros + 8..], b"one,two,three");
    assert_eq!(sent.trailers.trim(), "");
    // A load balancer cannot have it.
    let alb = json!({"httpMethod": "GET", "path": "/stream/whole", "headers": {}, "requestContext": {"elb": {}}});
    assert_eq!(api.invoke(Step::of(&alb)).json()["body"], "one,two,three");
}

#[test]
fn a_stream_that_breaks_off_says_so_in_trailers() {
    let api = Api::start();
    let process = start_with(&api.address, &[("TEST_SETTING", "1"), ("TEST_STREAMING", "1")]);
    let sent = api.invoke(Step::of(&v2("GET", "/stream/broken", "")));
    assert!(sent.body.ends_with(b"one,two,three"));
    assert!(sent.trailers.contains("Lambda-Runtime-Function-Error-Type: Function.Error\r\n"), "{}", sent.trailers);
    assert!(sent.trailers.contains("Lambda-Runtime-Function-Error-Body: ey"), "{}", sent.trailers);
    process.wait_for("an answer broke off");
    assert_eq!(api.invoke(Step::of(&v2("GET", "/hello/again", ""))).kind, "response");
}
