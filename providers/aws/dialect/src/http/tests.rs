//! Published events, each against another reader of the same: `lambda_http`.

use std::{fs, path::Path};

use axum::extract::{ConnectInfo, Request};
use http::{HeaderMap, header};
use http_body_util::BodyExt;
use proptest::prelude::*;
use serde_json::json;

use super::{Authorizer, Read, Shape, StagePrefix, request::read};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");

fn fixture(name: &str) -> String {
    fs::read_to_string(Path::new(FIXTURES).join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn request(event: &str) -> (Request, Shape) {
    match read(event.as_bytes()) {
        Read::Request(request, shape) => (*request, shape),
        Read::Refused(_, status, message) => panic!("{status} {message}: {event}"),
        Read::Malformed(message) => panic!("{message}: {event}"),
        Read::Other => panic!("not HTTP: {event}"),
    }
}

fn body(request: Request) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(request.into_body().collect()).unwrap().to_bytes().to_vec()
}

fn query(uri: &http::Uri) -> Vec<(String, String)> {
    let axum::extract::Query(mut pairs) = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri).unwrap();
    pairs.sort();
    pairs
}

/// Sorted, and what may come in one line or several as one.
fn lines(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut lines: Vec<_> = headers
        .keys()
        .map(|name| {
            let values: Vec<_> = headers
                .get_all(name)
                .iter()
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .collect();
            (name.to_string(), values.join(", "))
        })
        .collect();
    lines.sort();
    lines
}

/// Files with a request in them; the others are events, answers, or belong to a WebSocket API.
fn requests() -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(FIXTURES)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .filter(|name| ["alb", "apigw", "http"].iter().any(|start| name.starts_with(start)))
        .filter(|name| !name.contains("websocket") && !name.ends_with("-response.json"))
        .collect();
    names.sort();
    assert!(names.len() > 25, "{names:?}");
    names
}

#[test]
fn every_published_request_reads_as_lambda_http_reads_it() {
    for name in requests() {
        let event = fixture(&name);
        let (own, shape) = request(&event);
        let theirs = match lambda_http::request::from_str(&event) {
            Ok(request) => request,
            // SAM's local gateway leaves out what that crate insists on.
            Err(error) => panic!("{name}: the oracle refuses it: {error}"),
        };
        assert_eq!(own.method().as_str(), theirs.method().as_str(), "{name}");
        let decode = |path: &str| fx_runtime::event::native::percent_decoded(path).unwrap().into_owned();
        let document: serde_json::Value = serde_json::from_str(&event).unwrap();
        let stage = document["requestContext"]["stage"].as_str().unwrap_or_default();
        let (own_path, their_path) = (decode(own.uri().path()), decode(theirs.uri().path()));
        // That crate puts the stage in front of what has none.
        assert!(
            their_path == own_path || their_path == format!("/{stage}{own_path}"),
            "{name}: {own_path} and {their_path}"
        );
        assert_eq!(query(own.uri()), query(theirs.uri()), "{name}");
        let mut headers = own.headers().clone();
        if !theirs.headers().contains_key(header::HOST) {
            // Put in from the gateway's own domain.
            headers.remove(header::HOST);
        }
        let mut their_headers = theirs.headers().clone();
        if their_headers.get(header::COOKIE).is_some_and(http::HeaderValue::is_empty) {
            // No cookies at all are an empty line there.
            their_headers.remove(header::COOKIE);
        }
        // Of a header that is listed twice that crate keeps one value only, where there is a map without lists beside.
        let mut own_lines = lines(&headers);
        for (own, theirs) in own_lines.iter_mut().zip(lines(&their_headers)) {
            if shape != Shape::V2 && own.1.split(", ").any(|value| value == theirs.1) {
                own.1 = theirs.1;
            }
        }
        assert_eq!(own_lines, lines(&their_headers), "{name}");
        let their_body: &[u8] = theirs.body();
        assert_eq!(body(own), their_body, "{name}");
    }
}

#[test]
fn a_named_stage_is_no_part_of_the_path() {
    let (stripped, shape) = request(&fixture("http-apigw_v2_proxy_request_with_stage_in_path.json"));
    assert_eq!(shape, Shape::V2);
    let prefix = stripped.extensions().get::<StagePrefix>().unwrap();
    assert!(!stripped.uri().path().starts_with(prefix.0.as_ref()), "{}", stripped.uri());

    let of = |stage: &str, path: &str| {
        let event = json!({
            "version": "2.0", "rawPath": path,
            "requestContext": {"stage": stage, "http": {"method": "GET"}},
        });
        request(&event.to_string()).0.uri().to_string()
    };
    assert_eq!(of("dev", "/dev/todos"), "/todos");
    assert_eq!(of("dev", "/dev"), "/");
    assert_eq!(of("dev", "/developer"), "/developer");
    assert_eq!(of("$default", "/dev/todos"), "/dev/todos");
}

#[test]
fn only_a_front_door_that_passes_streams_on_gets_one() {
    let format_2 = |domain: Option<&str>| {
        let event = json!({
            "version": "2.0", "rawPath": "/", "requestContext": {"http": {"method": "GET"}, "domainName": domain},
        });
        request(&event.to_string()).1
    };
    assert_eq!(request(&fixture("http-lambda_function_url_request.json")).1, Shape::Url);
    assert_eq!(request(&fixture("http-apigw_v2_proxy_request.json")).1, Shape::V2);
    // An API's own domain may have any name.
    assert_eq!((format_2(Some("shop.example.com")), format_2(None)), (Shape::V2, Shape::Url));
    let rest = request(&fixture("http-apigw_proxy_request.json")).1;
    let balancer = request(&fixture("http-alb_request.json")).1;
    assert_eq!([Shape::Url, Shape::V2, rest, balancer].map(Shape::can_stream), [true, false, true, false]);
}

#[test]
fn an_http_api_may_send_format_1_and_is_answered_in_it() {
    let event = json!({
        "version": "1.0", "resource": "$default", "path": "/a b", "httpMethod": "GET",
        "headers": {"Accept": "text/html"}, "multiValueHeaders": {"Accept": ["text/html", "text/plain"]},
        "queryStringParameters": {"q": "2"}, "multiValueQueryStringParameters": {"q": ["1", "2"]},
        "requestContext": {"stage": "$default", "path": "/a b", "domainName": "example.org", "identity": {"sourceIp": "203.0.113.7"}},
        "pathParameters": null, "stageVariables": null, "body": null, "isBase64Encoded": false,
    });
    let (request, shape) = request(&event.to_string());
    assert_eq!((shape, request.uri().to_string().as_str()), (Shape::V1, "/a%20b?q=1&q=2"));
    assert_eq!(request.headers().get_all("accept").iter().count(), 2);
    assert!(request.extensions().get::<StagePrefix>().is_none());
}

#[test]
fn every_shape_of_an_authorizer_is_passed_on() {
    for (name, member) in [
        ("apigw-v2-request-jwt-authorizer.json", "/jwt/claims"),
        ("apigw-v2-request-lambda-authorizer.json", "/lambda"),
        ("apigw-v2-request-iam.json", "/iam/userArn"),
    ] {
        let (request, _) = request(&fixture(name));
        let authorizer = &request.extensions().get::<Authorizer>().unwrap_or_else(|| panic!("{name}")).0;
        let said: serde_json::Value = serde_json::from_str(authorizer.get()).unwrap();
        assert!(said.pointer(member).is_some_and(|found| !found.is_null()), "{name}: {said}");
    }
    assert!(request(&fixture("apigw-v2-request-no-authorizer.json")).0.extensions().get::<Authorizer>().is_none());
}

#[test]
fn the_client_and_what_the_authorizer_said_are_at_hand() {
    let (request, _) = request(&fixture("apigw-v2-request-jwt-authorizer.json"));
    let authorizer = request.extensions().get::<Authorizer>().unwrap();
    let claims: serde_json::Value = serde_json::from_str(authorizer.0.get()).unwrap();
    assert!(claims["jwt"]["claims"].is_object(), "{claims}");

    let event = json!({
        "version": "2.0", "rawPath": "/",
        "requestContext": {"http": {"method": "GET", "sourceIp": "203.0.113.7"}, "domainName": "example.org"},
    });
    let (request, _) = self::request(&event.to_string());
    let ConnectInfo(address) = request.extensions().get::<ConnectInfo<std::net::SocketAddr>>().unwrap();
    assert_eq!(address.ip().to_string(), "203.0.113.7");
    assert_eq!(request.headers()[header::HOST], "example.org");
}

#[test]
fn the_client_is_whom_the_front_door_saw() {
    let client = |event: serde_json::Value| {
        let (request, _) = request(&event.to_string());
        request
            .extensions()
            .get::<ConnectInfo<std::net::SocketAddr>>()
            .map(|ConnectInfo(address)| address.ip().to_string())
    };
    let forwarded = json!({"x-forwarded-for": "203.0.113.66, 203.0.113.7"});
    let balancer = json!({"elb": {"targetGroupArn": "arn"}});
    let alb = json!({"httpMethod": "GET", "path": "/", "headers": forwarded, "requestContext": balancer});
    assert_eq!(client(alb).as_deref(), Some("203.0.113.7"), "a load balancer writes it last");
    let lists = json!({"x-forwarded-for": ["203.0.113.66", "203.0.113.7"]});
    let alb = json!({"httpMethod": "GET", "path": "/", "multiValueHeaders": lists, "requestContext": balancer});
    assert_eq!(client(alb).as_deref(), Some("203.0.113.7"));
    let context = json!({"identity": {"sourceIp": "203.0.113.8"}});
    let rest = json!({"httpMethod": "GET", "path": "/", "headers": forwarded, "requestContext": context});
    assert_eq!(client(rest).as_deref(), Some("203.0.113.8"), "no header outweighs the gateway");
    assert_eq!(client(json!({"httpMethod": "GET", "path": "/", "headers": forwarded, "requestContext": {}})), None);
}

#[test]
fn what_is_no_request_says_so() {
    let message = |event: &str| match read(event.as_bytes()) {
        Read::Malformed(message) => message,
        Read::Refused(_, status, message) => format!("{} {message}", status.as_u16()),
        Read::Other => "other".to_owned(),
        Read::Request(..) => panic!("{event}"),
    };
    assert!(message(&fixture("apigw-websocket-request.json")).contains("WebSocket"));
    assert_eq!(message("null"), "other");
    assert_eq!(message("[1]"), "other");
    assert_eq!(message(r#"{"path":5}"#), "other");
    assert!(message("{").starts_with("the event is not JSON"));
    assert!(
        message(r#"{"httpMethod":"GET","path":5,"requestContext":{}}"#).starts_with("this looks like an HTTP event")
    );
    let bad = |body: &str| {
        let event =
            json!({"httpMethod": "POST", "path": "/", "requestContext": {}, "body": body, "isBase64Encoded": true});
        message(&event.to_string())
    };
    assert!(bad("???").starts_with("400 the body is not base64"), "{}", bad("???"));
    assert!(message(r#"{"httpMethod":"A B","path":"/","requestContext":{}}"#).starts_with("400 "));
}

proptest! {
    #[test]
    fn a_request_comes_out_as_it_went_in(
        path in "/[a-z \u{e4}%?#/]{0,12}",
        pairs in prop::collection::vec(("[a-z &=+%\u{e4}]{1,4}", "[a-z &=+%\u{e4}]{0,4}"), 0..4),
        text in any::<String>(),
    ) {
        let mut lists = serde_json::Map::new();
        for (name, value) in &pairs {
            let list = lists.entry(name.clone()).or_insert_with(|| json!([]));
            list.as_array_mut().unwrap().push(value.clone().into());
        }
        let event = json!({
            "httpMethod": "POST", "path": path, "multiValueQueryStringParameters": lists,
            "requestContext": {"stage": "prod"}, "body": text, "isBase64Encoded": false,
        });
        let (own, shape) = request(&event.to_string());
        prop_assert_eq!(shape, Shape::V1);
        let mut expected = pairs;
        expected.sort();
        let mut got = query(own.uri());
        got.sort();
        prop_assert_eq!(got, expected);
        prop_assert_eq!(body(own), text.as_bytes());
    }

    #[test]
    fn bytes_come_out_as_they_went_in(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        use base64::{Engine, prelude::BASE64_STANDARD};
        let event = json!({
            "version": "2.0", "rawPath": "/", "requestContext": {"http": {"method": "PUT"}},
            "body": BASE64_STANDARD.encode(&bytes), "isBase64Encoded": true,
        });
        prop_assert_eq!(body(request(&event.to_string()).0), bytes);
    }

    #[test]
    fn nothing_that_arrives_ends_the_process(event in any::<String>()) {
        let _ = read(event.as_bytes());
        let _ = read(format!("{{\"requestContext\":{event}}}").as_bytes());
    }
}
