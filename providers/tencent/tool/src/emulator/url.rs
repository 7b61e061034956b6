//! A function URL: HTTP as an event and back.

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use fx_provider::emulator::{Body, client, full, json};
use http::{HeaderName, HeaderValue, Method, Response, StatusCode, header, request::Parts};
use serde::Deserialize;
use serde_json::{Map, Value, json as object};

pub(super) fn event(head: &Parts, body: &[u8]) -> Value {
    let mut headers: Map<String, Value> = Map::new();
    for (name, value) in &head.headers {
        if matches!(name.as_str(), "connection" | "keep-alive" | "transfer-encoding" | "upgrade") {
            continue;
        }
        let value = String::from_utf8_lossy(value.as_bytes());
        let separator = if *name == header::COOKIE { "; " } else { ", " };
        match headers.get_mut(name.as_str()) {
            Some(Value::String(before)) => {
                before.push_str(separator);
                before.push_str(&value);
            }
            _ => drop(headers.insert(name.to_string(), value.into())),
        }
    }
    headers.insert("x-scf-remote-addr".into(), client(&head.headers).to_string().into());
    let mut event = object!({
        "httpMethod": head.method.as_str(),
        "path": head.uri.path(),
        "headers": headers,
        "queryString": query(head.uri.query().unwrap_or_default()),
    });
    match std::str::from_utf8(body) {
        Ok("") => {}
        Ok(text) => event["body"] = text.into(),
        Err(_) => {
            event["body"] = BASE64_STANDARD.encode(body).into();
            event["isBase64Encoded"] = true.into();
        }
    }
    event
}

/// A key that repeats has an array, and one without a value is `true`.
fn query(query: &str) -> Map<String, Value> {
    let mut all: Map<String, Value> = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = match pair.split_once('=') {
            Some((name, value)) => (name, Value::from(decoded(value))),
            None => (pair, Value::Bool(true)),
        };
        match all.get_mut(&decoded(name)) {
            None => drop(all.insert(decoded(name), value)),
            Some(Value::Array(values)) => values.push(value),
            Some(before) => *before = Value::Array(vec![before.take(), value]),
        }
    }
    all
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Answer {
    is_base64_encoded: bool,
    status_code: u16,
    headers: Map<String, Value>,
    body: String,
}

/// The answer that a client gets; types are strict.
pub(super) fn response(answer: &Bytes, method: &Method) -> Response<Body> {
    made(answer, method).unwrap_or_else(|| {
        let message = "Invalid scf response format. please check your scf response format.";
        json(StatusCode::FORBIDDEN, &object!({ "errno": 403, "error": message }))
    })
}

fn made(answer: &Bytes, method: &Method) -> Option<Response<Body>> {
    let answer: Answer = serde_json::from_slice(answer).ok()?;
    let body = answer.body;
    let body = if answer.is_base64_encoded { BASE64_STANDARD.decode(body).ok()? } else { body.into_bytes() };
    let mut response = Response::new(full(""));
    *response.status_mut() = StatusCode::from_u16(answer.status_code).ok()?;
    for (name, value) in answer.headers {
        let name = HeaderName::try_from(name).ok()?;
        let values = match value {
            Value::Array(values) => values,
            value => vec![value],
        };
        for value in values {
            response.headers_mut().append(&name, HeaderValue::try_from(value.as_str()?).ok()?);
        }
    }
    for name in ["connection", "keep-alive", "transfer-encoding", "upgrade"] {
        response.headers_mut().remove(name);
    }
    if *method != Method::HEAD {
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = full(body);
    }
    Some(response)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[test]
    fn a_request_is_an_event() {
        let request = Request::post("/a%20b?q=1&q=2&e&p=a+b").header("Cookie", "a=1").header("cookie", "b=2");
        let (head, ()) = request.body(()).unwrap().into_parts();
        let made = event(&head, &[0xff]);
        assert_eq!(made["queryString"], object!({ "q": ["1", "2"], "e": true, "p": "a b" }));
        assert_eq!((&made["path"], &made["headers"]["cookie"]), (&"/a%20b".into(), &"a=1; b=2".into()));
        assert_eq!((&made["body"], &made["isBase64Encoded"]), (&"/w==".into(), &true.into()));
    }

    #[test]
    fn an_answer_has_exactly_these_types() {
        let good =
            r#"{"isBase64Encoded":true,"statusCode":201,"headers":{"set-cookie":["a=1","b=2"],"x":"1"},"body":"aGk="}"#;
        let answered = response(&good.into(), &Method::GET);
        assert_eq!((answered.status().as_u16(), answered.headers().get_all("set-cookie").iter().count()), (201, 2));
        for bad in [good.replace("201", "\"201\""), good.replace("\"1\"", "1"), "{}".into(), "x".into()] {
            assert_eq!(response(&bad.clone().into(), &Method::GET).status(), 403, "{bad}");
        }
    }
}
