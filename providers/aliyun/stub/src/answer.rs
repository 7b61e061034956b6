//! What a call is answered with.

use bytes::Bytes;
use http::{Response, StatusCode, header};
use http_body_util::Full;
use serde_json::{Value, json};

/// A call that is refused.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// Its status.
    pub status: u16,
    /// The platform's word for it.
    pub code: String,
    /// A sentence.
    pub message: String,
}

impl Refusal {
    /// A refusal.
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into() }
    }

    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidArgument", message)
    }
}

/// What a call that succeeds is answered with.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Json(Value),
    /// Deleted.
    Nothing,
    /// What a function returned, with headers about it.
    Bytes(Bytes, Vec<(&'static str, String)>),
}

pub(crate) type Result<T = Answer> = std::result::Result<T, Refusal>;

pub(crate) fn response(result: Result, request: &str) -> Response<Full<Bytes>> {
    let built = Response::builder().header("x-fc-request-id", request);
    let json = |status: u16, value: &Value| {
        (status, Bytes::from(value.to_string()), vec![("content-type", "application/json".to_owned())])
    };
    let (status, body, headers) = match result {
        Ok(Answer::Json(value)) => json(200, &value),
        Ok(Answer::Nothing) => (204, Bytes::new(), Vec::new()),
        Ok(Answer::Bytes(bytes, headers)) => (200, bytes, headers),
        Err(Refusal { status, code, message }) => {
            json(status, &json!({ "Code": code, "Message": message, "RequestId": request }))
        }
    };
    let built = headers.into_iter().fold(built.status(status), |built, (name, value)| built.header(name, value));
    built.body(Full::new(body)).unwrap_or_else(|_| {
        let mut response = Response::new(Full::new(Bytes::new()));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response.headers_mut().remove(header::CONTENT_TYPE);
        response
    })
}
