//! HTTP as an event, there and back.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::net::SocketAddr;

use axum::{
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use fx_runtime::function::FailureKind;
use fx_tencent::url::{Http, read, trace_id, write};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};

fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn request(event: &Value) -> Request {
    match read(event.to_string().as_bytes()) {
        Http::Request(request) => request,
        other => panic!("no request: {other:?}"),
    }
}

fn wrong(event: &Value) -> String {
    match read(event.to_string().as_bytes()) {
        Http::Malformed(malformed) => malformed.to_string(),
        other => panic!("not malformed: {other:?}"),
    }
}

fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn body(request: Request) -> Bytes {
    run(to_bytes(request.into_body(), usize::MAX)).unwrap()
}

fn answer(response: Response) -> Value {
    answer_to(&Method::GET, response)
}

fn answer_to(method: &Method, response: Response) -> Value {
    let mut out = Vec::new();
    run(write(method, response, 1 << 20, &mut out)).unwrap();
    serde_json::from_slice(&out).unwrap()
}

#[test]
fn published_requests() {
    let get = request(&fixture("go-lib-apigw"));
    assert_eq!(
        (get.method().as_str(), get.uri().to_string().as_str()),
        ("GET", "/ritchiechen-apigw-test?a=b&a=c&i&x=y")
    );
    assert_eq!(get.headers()["host"], "service-xxx-123456.ap-shanghai.apigateway.myqcloud.com");
    assert_eq!(get.extensions().get::<ConnectInfo<SocketAddr>>().unwrap().0.to_string(), "8.8.8.8:0");
    assert_eq!(get.headers().get("connection"), None, "it was another connection");
    assert!(body(get).is_empty());

    let post = request(&fixture("swift-apigw-post"));
    assert_eq!((post.method().as_str(), post.uri().to_string().as_str()), ("POST", "/test/value?bob=alice&foo=bar"));
    assert_eq!(post.headers()["x-api-requestid"], "24281851d905b02add27dad71656f29b");
    assert_eq!(trace_id(post.headers()).as_deref(), Some("24281851d905b02add27dad71656f29b"));
    assert_eq!(body(post), r#"{"test":"body"}"#);

    let bare = request(&fixture("swift-apigw-get-no-body"));
    assert_eq!((bare.method().as_str(), bare.uri().to_string().as_str()), ("GET", "/test"));
}

#[test]
fn a_changed_request_is_another_one() {
    let facts = |event: &Value| {
        let request = request(event);
        let head = format!("{} {} {:?}", request.method(), request.uri(), request.headers());
        (head, body(request))
    };
    let event = fixture("swift-apigw-post");
    for (pointer, value) in [
        ("/httpMethod", json!("PUT")),
        ("/path", json!("/test/other")),
        ("/queryString/foo", json!(["bar", "baz"])),
        ("/headers/host", json!("other")),
        ("/body", json!("")),
    ] {
        let mut changed = event.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        assert_ne!(facts(&changed), facts(&event), "{pointer}");
    }
}

#[test]
fn a_function_url_sends_the_least() {
    let event = json!({
        "httpMethod": "POST", "path": "/a b/ü/100%25", "queryString": { "q": "1 + 1 = 2&", "leer": "" },
        "headers": { "X-Scf-Remote-Addr": "2001:db8::1", "x-many": ["1", "2"], "x-number": 7, "bad name": "x" },
        "body": "text",
    });
    let request = request(&event);
    assert_eq!(request.uri().to_string(), "/a%20b/%C3%BC/100%25?leer=&q=1%20%2B%201%20%3D%202%26");
    assert_eq!(request.extensions().get::<ConnectInfo<SocketAddr>>().unwrap().0.to_string(), "[2001:db8::1]:0");
    let many: Vec<_> = request.headers().get_all("x-many").iter().map(HeaderValue::as_bytes).collect();
    assert_eq!(
        (many, request.headers()["x-number"].as_bytes(), request.headers().len()),
        (vec![&b"1"[..], b"2"], &b"7"[..], 4)
    );
    assert_eq!(body(request), "text");
}

#[test]
fn the_context_of_a_gateway_outweighs_a_header() {
    let event = json!({
        "httpMethod": "GET", "path": "/", "headers": { "x-scf-remote-addr": "203.0.113.66", "x-forwarded-for": "203.0.113.67" },
        "requestContext": { "sourceIp": "203.0.113.7" },
    });
    assert_eq!(request(&event).extensions().get::<ConnectInfo<SocketAddr>>().unwrap().0.to_string(), "203.0.113.7:0");
}

#[test]
fn a_binary_body_comes_in_base64() {
    for flag in [json!(true), json!("true")] {
        let event = json!({ "httpMethod": "POST", "path": "/", "body": "AP8=", "isBase64Encoded": flag });
        assert_eq!(body(request(&event)).as_ref(), [0, 255]);
    }
    for flag in [json!(false), json!("false"), json!(null)] {
        let event = json!({ "httpMethod": "POST", "path": "", "body": "AP8=", "isBase64Encoded": flag });
        let request = request(&event);
        assert_eq!(request.uri().path(), "/");
        assert_eq!(body(request), "AP8=");
    }
}

#[test]
fn what_is_nearly_a_request_says_what_is_wrong() {
    assert_eq!(
        wrong(&json!({ "httpMethod": "G T", "path": "/" })),
        "this looks like an HTTP request, but: `G T` is not an HTTP method"
    );
    let not_base64 = wrong(&json!({ "httpMethod": "PUT", "path": "/", "body": "*", "isBase64Encoded": true }));
    assert!(not_base64.starts_with("this looks like an HTTP request, but: its body: "), "{not_base64}");
    let not_text = wrong(&json!({ "httpMethod": "PUT", "path": "/", "body": { "a": 1 } }));
    assert!(not_text.contains("invalid type: map, expected a string"), "{not_text}");
    for other in [json!({ "httpMethod": "GET" }), json!({ "path": "/" }), json!([]), json!({ "Type": "Timer" })] {
        assert!(matches!(read(other.to_string().as_bytes()), Http::Not), "{other}");
    }
}

#[test]
fn a_response_is_an_answer_of_the_one_shape() {
    let mut response = (StatusCode::CREATED, "text \"ü\"").into_response();
    for (name, value) in [("set-cookie", "a=1"), ("set-cookie", "b=2"), ("connection", "close"), ("x-one", "1")] {
        response.headers_mut().append(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let expected = json!({
        "isBase64Encoded": false,
        "statusCode": 201,
        "headers": { "content-type": "text/plain; charset=utf-8", "set-cookie": ["a=1", "b=2"], "x-one": "1" },
        "body": "text \"ü\"",
    });
    assert_eq!(answer(response), expected);
    let empty = answer(StatusCode::NO_CONTENT.into_response());
    assert_eq!(empty, json!({ "isBase64Encoded": false, "statusCode": 204, "headers": {}, "body": "" }));
}

#[test]
fn a_length_is_said_only_where_there_is_nothing_to_count() {
    let response = || ([(header::CONTENT_LENGTH, "5")], ()).into_response();
    assert_eq!(answer_to(&Method::HEAD, response())["headers"], json!({ "content-length": "5" }));
    assert_eq!(answer(response())["headers"], json!({}));
}

#[test]
fn bytes_go_in_base64() {
    let bytes = answer(vec![0_u8, 255].into_response());
    assert_eq!((&bytes["isBase64Encoded"], &bytes["body"]), (&json!(true), &json!("AP8=")));
    let compressed = answer(([(header::CONTENT_ENCODING, "br")], "text").into_response());
    assert_eq!((&compressed["isBase64Encoded"], &compressed["body"]), (&json!(true), &json!("dGV4dA==")));
}

#[test]
fn an_answer_that_is_too_large_or_breaks_off_is_a_failure() {
    let fail = |body: Body| run(write(&Method::GET, Response::new(body), 1 << 20, &mut Vec::new())).unwrap_err();
    let large = fail(Body::from(vec![b'a'; (1 << 20) + 1]));
    assert_eq!(
        (large.kind, large.message.as_str()),
        (FailureKind::TooLarge, "the answer is larger than the 1 MB that SCF takes")
    );
    // Written down it is larger than it was.
    assert_eq!(fail(Body::from(vec![b'"'; 600_000])).kind, FailureKind::TooLarge);
    assert_eq!(fail(Body::from(vec![0xff; 800_000])).kind, FailureKind::TooLarge);
}
