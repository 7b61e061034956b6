//! From a response to an answer.

use axum::{body::Body, response::Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use fx_runtime::function::{Failure, FailureKind};
use http::{HeaderMap, HeaderName, Method, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::pull::too_large;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    is_base64_encoded: bool,
    status_code: u16,
    headers: Headers<'a>,
    body: &'a str,
}

/// Writes the response to a request with this method in the one shape that the platform takes; it may be `limit` bytes large.
///
/// # Errors
/// It is larger, or its body broke off.
pub async fn write(method: &Method, response: Response, limit: usize, out: &mut Vec<u8>) -> Result<(), Failure> {
    let (mut head, body) = response.into_parts();
    // The platform counts itself; only what HEAD leaves out it cannot count.
    if method != Method::HEAD {
        head.headers.remove(header::CONTENT_LENGTH);
    }
    let body = whole(body, limit).await?;
    // Compressed bytes may happen to be text, and are not meant as such.
    let text = match std::str::from_utf8(&body) {
        Ok(text) if !head.headers.contains_key(header::CONTENT_ENCODING) => Some(text),
        _ => None,
    };
    let encoded = if text.is_none() { STANDARD.encode(&body) } else { String::new() };
    let answer = Answer {
        is_base64_encoded: text.is_none(),
        status_code: head.status.as_u16(),
        headers: Headers(&head.headers),
        body: text.unwrap_or(&encoded),
    };
    let written = serde_json::to_writer(&mut *out, &answer);
    written.map_err(|error| Failure {
        kind: FailureKind::Error,
        message: "the answer cannot be written".to_owned(),
        detail: Some(error.to_string()),
    })?;
    if out.len() > limit { Err(too_large(limit)) } else { Ok(()) }
}

async fn whole(body: Body, limit: usize) -> Result<bytes::Bytes, Failure> {
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large(limit)),
        Err(error) => Err(Failure {
            kind: FailureKind::Error,
            message: "the answer broke off".to_owned(),
            detail: Some(error.to_string()),
        }),
    }
}

/// A header that stands there once is a text, others are arrays of them.
struct Headers<'a>(&'a HeaderMap);

impl Serialize for Headers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for name in self.0.keys().filter(|name| !is_the_connections(name)) {
            let values: Vec<_> =
                self.0.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
            match values.as_slice() {
                [value] => map.serialize_entry(name.as_str(), value)?,
                values => map.serialize_entry(name.as_str(), values)?,
            }
        }
        map.end()
    }
}

/// What the platform writes itself.
fn is_the_connections(name: &HeaderName) -> bool {
    let own = [header::CONNECTION, header::TRANSFER_ENCODING, header::UPGRADE, header::TE, header::TRAILER];
    own.contains(name) || name == "keep-alive"
}
