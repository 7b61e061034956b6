//! Answers, all of them with status 200.

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use http_body_util::Full;
use serde_json::{Map, Value, json};

/// A call that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub code: String,
    pub message: String,
}

/// The members of an answer, or a refusal.
pub(crate) type Result<T = Map<String, Value>> = std::result::Result<T, Refusal>;

impl Refusal {
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}

/// An answer that says nothing.
pub(crate) fn done() -> Result {
    Ok(Map::new())
}

/// An answer of these members.
pub(crate) fn answer(members: Value) -> Result {
    match members {
        Value::Object(members) => Ok(members),
        other => Ok(Map::from_iter([("Value".to_owned(), other)])),
    }
}

/// Items of the largest page: few, so that nobody takes the first one for all.
const PAGE: usize = 2;

/// A page of a list.
pub(crate) fn page(body: &Map<String, Value>, member: &str, all: Vec<Value>) -> Result {
    let number = |name: &str, default: u64| body.get(name).and_then(Value::as_u64).unwrap_or(default) as usize;
    let total = all.len();
    let page: Vec<Value> = all.into_iter().skip(number("Offset", 0)).take(number("Limit", 20).min(PAGE)).collect();
    answer(json!({ member: page, "TotalCount": total }))
}

pub(crate) fn response(result: Result, request: &str) -> Response<Full<Bytes>> {
    let mut members = match result {
        Ok(members) => members,
        Err(Refusal { code, message }) => {
            Map::from_iter([("Error".to_owned(), json!({ "Code": code, "Message": message }))])
        }
    };
    members.insert("RequestId".into(), json!(request));
    let mut response = Response::new(Full::new(Bytes::from(json!({ "Response": members }).to_string())));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
