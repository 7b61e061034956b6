//! From an event to a request.

use std::{borrow::Cow, collections::BTreeMap};

use axum::{body::Body, extract::Request};
use base64::{Engine, engine::general_purpose::STANDARD};
use fx_runtime::{client, event::native::Malformed, push};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use serde::Deserialize;
use serde_json::Value;

const WHAT: &str = "an HTTP request";

/// What an event is, seen as HTTP.
#[derive(Debug)]
pub enum Http {
    /// A request.
    Request(Request),
    /// A request that none can be made of.
    Malformed(Malformed),
    /// Some other event.
    Not,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    #[serde(borrow)]
    http_method: Cow<'a, str>,
    #[serde(borrow)]
    path: Cow<'a, str>,
    #[serde(borrow, default)]
    headers: Option<BTreeMap<Cow<'a, str>, Value>>,
    #[serde(borrow, default)]
    query_string: Option<BTreeMap<Cow<'a, str>, Value>>,
    #[serde(borrow, default)]
    body: Option<Cow<'a, str>>,
    #[serde(default)]
    is_base64_encoded: Option<Value>,
    #[serde(borrow, default)]
    request_context: Option<Origin<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Origin<'a> {
    #[serde(borrow, default)]
    source_ip: Option<Cow<'a, str>>,
}

/// Whether it is a request at all.
#[derive(Deserialize)]
struct Probe {
    #[serde(rename = "httpMethod")]
    method: Value,
    path: Value,
}

/// Reads an event as HTTP.
pub fn read(event: &[u8]) -> Http {
    match serde_json::from_slice::<Event<'_>>(event) {
        Ok(event) => match request(event) {
            Ok(request) => Http::Request(request),
            Err(why) => Http::Malformed(Malformed::new(WHAT, why)),
        },
        Err(error) => match serde_json::from_slice::<Probe>(event) {
            Ok(Probe { method, path }) if !method.is_null() && !path.is_null() => {
                Http::Malformed(Malformed::new(WHAT, error.to_string()))
            }
            _ => Http::Not,
        },
    }
}

/// The trace a request belongs to: W3C's header, or the one that Tencent's gateways add.
pub fn trace_id(headers: &HeaderMap) -> Option<Box<str>> {
    let gateway = || headers.get("x-b3-traceid")?.to_str().ok();
    push::trace_id(headers).or_else(|| gateway().map(Box::from))
}

fn request(event: Event<'_>) -> Result<Request, String> {
    let method = Method::from_bytes(event.http_method.as_bytes())
        .map_err(|_| format!("`{}` is not an HTTP method", event.http_method))?;
    let uri = uri(&event.path, event.query_string.unwrap_or_default())?;
    let headers = headers(event.headers.unwrap_or_default());
    let is_base64 = event.is_base64_encoded.is_some_and(|flag| flag == true || flag == "true");
    let body = match event.body {
        None => Vec::new(),
        Some(text) if is_base64 => STANDARD.decode(text.as_bytes()).map_err(|error| format!("its body: {error}"))?,
        Some(text) => text.into_owned().into_bytes(),
    };

    // A header may be the client's own where the platform does not set it; the context never is.
    let context = event.request_context.and_then(|origin| origin.source_ip);
    let remote = || headers.get("x-scf-remote-addr").and_then(|address| address.to_str().ok()).map(Cow::Borrowed);
    let client = context.or_else(remote).map(Cow::into_owned);

    let mut request = Request::new(Body::from(body));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    client::named(request.extensions_mut(), client.as_deref());
    Ok(request)
}

fn uri(path: &str, query: BTreeMap<Cow<'_, str>, Value>) -> Result<Uri, String> {
    let mut target = String::with_capacity(path.len() + 1);
    if !path.starts_with('/') {
        target.push('/');
    }
    // The path is percent-encoded already, or holds what has no place in one: only that is encoded.
    encode(path, &mut target, |byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}?#".contains(&byte));
    let mut separator = '?';
    let mut pair = |name: &str, value: Option<&str>| {
        target.push(separator);
        separator = '&';
        encode(name, &mut target, is_unreserved);
        if let Some(value) = value {
            target.push('=');
            encode(value, &mut target, is_unreserved);
        }
    };
    for (name, value) in query {
        match value {
            Value::Array(values) => values.iter().for_each(|value| pair(&name, text(value).as_deref())),
            value => pair(&name, text(&value).as_deref()),
        }
    }
    target.parse().map_err(|error| format!("its path: {error}"))
}

/// A value of a query; a key without one is `true` in an event.
fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.into()),
        Value::Bool(true) | Value::Null => None,
        other => Some(other.to_string().into()),
    }
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

fn encode(text: &str, to: &mut String, stays: impl Fn(u8) -> bool) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if stays(byte) {
            to.push(char::from(byte));
        } else {
            to.push('%');
            to.push(char::from(DIGITS[usize::from(byte >> 4)]));
            to.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

/// Names and values that HTTP does not have cannot have come over HTTP, and are left out.
fn headers(fields: BTreeMap<Cow<'_, str>, Value>) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(fields.len());
    for (name, value) in fields {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else { continue };
        // The body has its length, and the connection was another one.
        if [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION].contains(&name) {
            continue;
        }
        let values = if let Value::Array(values) = value { values } else { vec![value] };
        for value in values {
            let value = match &value {
                Value::String(text) => HeaderValue::from_bytes(text.as_bytes()),
                Value::Null => continue,
                other => HeaderValue::from_bytes(other.to_string().as_bytes()),
            };
            if let Ok(value) = value {
                headers.append(name.clone(), value);
            }
        }
    }
    headers
}
