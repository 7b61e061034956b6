//! The control port: `POST /__fx/invoke/{function}` with `{"kind":"timer","data":{…}}` gives a function one event.
//!
//! It has a listener of its own, so that no path of the public one ever leads here.

use std::borrow::Cow;

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::{json, value::RawValue};

use crate::{
    error,
    event::{Delivery, TriggerKind},
    function::{Failure, FailureKind},
    route::decode,
    service::{Invocation, Service},
};

/// As large as an event gets on any platform, with room.
const MAX_EVENT: usize = 16 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Invoke<'a> {
    kind: TriggerKind,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

pub(super) async fn answer(service: Service, request: Request<Incoming>) -> Response {
    // A page in a browser can post to any local port, but not without saying where it comes from.
    if request.headers().contains_key(header::ORIGIN) {
        return error::answer(StatusCode::FORBIDDEN, "the control port is not for browsers");
    }
    let function = request.uri().path().strip_prefix("/__fx/invoke/").and_then(decode).map(Cow::into_owned);
    let Some(function) = function else {
        return error::answer(StatusCode::NOT_FOUND, "the control port has POST /__fx/invoke/{function}");
    };
    if request.method() != Method::POST {
        return (
            [(header::ALLOW, "POST")],
            error::answer(StatusCode::METHOD_NOT_ALLOWED, "an event is sent with POST"),
        )
            .into_response();
    }
    match Limited::new(request.into_body(), MAX_EVENT).collect().await {
        Ok(body) => invoke(&service, &function, &body.to_bytes()).await,
        Err(_) => error::answer(StatusCode::PAYLOAD_TOO_LARGE, "the event is larger than 16 MB"),
    }
}

async fn invoke(service: &Service, function: &str, body: &[u8]) -> Response {
    let delivery = match read(body) {
        Ok(delivery) => delivery,
        Err(message) => return failed(&Failure { kind: FailureKind::BadEvent, message, detail: None }, None),
    };
    let (context, outcome) = service.event(Invocation::default(), function, delivery).await;
    match outcome {
        Ok(result) => {
            let body = json!({ "ok": true, "result": result, "requestId": context.request_id() });
            document(StatusCode::OK, &body)
        }
        Err(failure) => failed(&failure, Some(context.request_id())),
    }
}

fn read(body: &[u8]) -> Result<Delivery, String> {
    let invoke: Invoke<'_> = serde_json::from_slice(body).map_err(|error| format!("not an invocation: {error}"))?;
    let data = invoke.data.map_or("{}", RawValue::get);
    Delivery::from_json(invoke.kind, &Bytes::copy_from_slice(data.as_bytes())).map_err(|error| error.to_string())
}

fn failed(failure: &Failure, request_id: Option<&str>) -> Response {
    let mut error = json!({ "type": failure.kind.as_str(), "message": failure.message });
    if let Some(detail) = &failure.detail {
        // Who reaches the control port may see what else only the log sees.
        error["detail"] = detail.as_str().into();
    }
    let status = match failure.kind {
        FailureKind::BadEvent => StatusCode::BAD_REQUEST,
        FailureKind::Unknown => StatusCode::NOT_FOUND,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    document(status, &json!({ "ok": false, "error": error, "requestId": request_id }))
}

fn document(status: StatusCode, body: &serde_json::Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], Body::from(body.to_string())).into_response()
}
