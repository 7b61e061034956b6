//! A request as an event: the classic API gateway invokes functions with such, and wants the answer in a shape of its own.

use std::fmt::Write;

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use fx_runtime::{
    event::native::{Malformed, attribute},
    function::{Failure, FailureKind},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const WHAT: &str = "a request of API Gateway";

/// The platform takes no larger answer to an event.
const MAX_ANSWER: usize = 32 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    http_method: String,
    path: String,
    headers: Map<String, Value>,
    query_parameters: Map<String, Value>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// Reads an event as a request; `None`: it is something else.
pub fn read(event: &[u8]) -> Option<Result<Request, Malformed>> {
    // Nearly all events end here, unparsed.
    let text = std::str::from_utf8(event).ok().filter(|text| text.contains("\"httpMethod\""))?;
    let members: Map<String, Value> = serde_json::from_str(text).ok()?;
    let is_one = ["httpMethod", "path", "headers", "queryParameters"].iter().all(|name| members.contains_key(*name));
    is_one.then(|| {
        let event = serde_json::from_value(Value::Object(members)).map_err(|error| error.to_string());
        event.and_then(request).map_err(|why| Malformed::new(WHAT, why))
    })
}

fn request(event: Event) -> Result<Request, String> {
    let body = match event.body {
        None => Vec::new(),
        Some(text) if event.is_base64_encoded => STANDARD.decode(text).map_err(|error| format!("its body: {error}"))?,
        Some(text) => text.into_bytes(),
    };
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = Method::from_bytes(event.http_method.as_bytes())
        .map_err(|_| format!("`{}` is not an HTTP method", event.http_method))?;
    *request.uri_mut() = uri(&event.path, event.query_parameters)?;
    *request.headers_mut() = headers(event.headers);
    Ok(request)
}

fn uri(path: &str, query: Map<String, Value>) -> Result<Uri, String> {
    let mut target = String::with_capacity(path.len() + 1);
    if !path.starts_with('/') {
        target.push('/');
    }
    // It is percent-encoded already, or holds what has no place in a path: only that is encoded.
    for byte in path.bytes() {
        let stays = byte.is_ascii_graphic() && !b"\"<>\\^`{|}?#".contains(&byte);
        if stays {
            target.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(target, "%{byte:02X}");
        }
    }
    let pairs = query.into_iter().map(|(name, value)| (name, attribute(value)));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if !query.is_empty() {
        target.push('?');
        target.push_str(&query);
    }
    target.parse().map_err(|error| format!("its path: {error}"))
}

/// What HTTP does not have cannot have come over HTTP; the body has its length, and the connection was another one.
fn headers(fields: Map<String, Value>) -> HeaderMap {
    let own = [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION];
    let pair = |(name, value): (String, Value)| {
        let name = HeaderName::from_bytes(name.as_bytes()).ok().filter(|name| !own.contains(name))?;
        Some((name, HeaderValue::try_from(attribute(value)).ok()?))
    };
    fields.into_iter().filter_map(pair).collect()
}

/// The response in the gateway's shape.
///
/// # Errors
/// It is larger than the platform takes, or its body broke off.
pub(crate) async fn answer(response: Response) -> Result<Value, Failure> {
    let (head, body) = response.into_parts();
    let body = to_bytes(body, MAX_ANSWER).await.map_err(|error| Failure {
        kind: FailureKind::TooLarge,
        message: "the answer is larger than 32 MB, or broke off".to_owned(),
        detail: Some(error.to_string()),
    })?;
    // Compressed bytes may happen to be text, and are not meant as such.
    let text = std::str::from_utf8(&body).ok().filter(|_| !head.headers.contains_key(header::CONTENT_ENCODING));
    Ok(json!({
        "isBase64Encoded": text.is_none(),
        "statusCode": head.status.as_u16(),
        "headers": one_value_each(&head.headers),
        "body": text.map_or_else(|| STANDARD.encode(&body), str::to_owned),
    }))
}

/// The gateway knows one value for a name: several are one list, as HTTP has it.
fn one_value_each(headers: &HeaderMap) -> Map<String, Value> {
    let value = |name: &HeaderName| {
        let values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        values.collect::<Vec<_>>().join(", ")
    };
    let passed_on = headers.keys().filter(|name| **name != header::CONTENT_LENGTH);
    passed_on.map(|name| (name.as_str().to_owned(), value(name).into())).collect()
}
