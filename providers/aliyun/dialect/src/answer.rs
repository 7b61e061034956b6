//! Answers as the platform wants them.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use fx_runtime::function::{Failure, FailureKind};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// Without it an invocation counts as a success, whatever its status.
const STATUS: HeaderName = HeaderName::from_static("x-fc-status");
const FAILED: HeaderValue = HeaderValue::from_static("404");

/// What the function made of an event; nothing is nothing, not `null`.
pub(crate) fn done(result: &Value) -> Response {
    let body = if result.is_null() { Body::empty() } else { Body::from(result.to_string()) };
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// The function failed, in the form that the platform's own runtimes have.
pub(crate) fn failed(failure: &Failure) -> Response {
    let kind = failure.kind.as_str();
    let error = json!({ "errorMessage": failure.message, "errorType": kind, "stackTrace": [] });
    count_as_failure(error_document(StatusCode::NOT_FOUND, &error))
}

/// The unit does not start.
pub(crate) fn not_started(message: &str) -> Response {
    let error = json!({ "errorMessage": message, "errorType": FailureKind::Init.as_str(), "stackTrace": [] });
    count_as_failure(error_document(StatusCode::INTERNAL_SERVER_ERROR, &error))
}

/// The same for whoever sent an HTTP request: no reasons for strangers.
pub(crate) fn not_started_in_public() -> Response {
    let error = json!({ "success": false, "message": "internal error" });
    count_as_failure(error_document(StatusCode::INTERNAL_SERVER_ERROR, &error))
}

pub(crate) fn count_as_failure(mut response: Response) -> Response {
    response.headers_mut().insert(STATUS, FAILED);
    response
}

/// Takes out what belongs to the platform or to the connection; a function's own `x-fc-…` would be dropped or, worse, believed.
pub(crate) fn scrub(response: &mut Response) {
    let upgrade = response.status() == StatusCode::SWITCHING_PROTOCOLS;
    let foreign: Vec<HeaderName> =
        response.headers().keys().filter(|name| is_foreign(name, upgrade)).cloned().collect();
    for name in foreign {
        response.headers_mut().remove(name);
    }
}

fn is_foreign(name: &HeaderName, upgrade: bool) -> bool {
    match name.as_str() {
        "connection" | "upgrade" => !upgrade,
        "keep-alive" | "proxy-connection" | "te" | "trailer" | "transfer-encoding" => true,
        name => name.starts_with("x-fc-"),
    }
}

fn error_document(status: StatusCode, error: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], error.to_string()).into_response()
}
