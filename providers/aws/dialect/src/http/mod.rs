//! Requests, as Lambda's front doors put them into JSON, and answers as they want them.

mod headers;
pub(crate) mod request;
pub(crate) mod response;
mod target;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::{body::Body, extract::Request, response::Response};
use http::{HeaderValue, StatusCode, header};

use crate::json;

/// Which front door a request came through; the answer has to fit it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A function URL, format 2.0.
    Url,
    /// API Gateway HTTP API, format 2.0.
    V2,
    /// API Gateway REST API, and HTTP API with format 1.0.
    V1,
    /// A load balancer; its target group says whether headers come one by one or in lists.
    Alb { lists: bool },
}

impl Shape {
    /// An HTTP API and a load balancer wait for all of an answer, and would take the head of a streamed one for its text.
    pub(crate) fn can_stream(self) -> bool {
        matches!(self, Self::Url | Self::V1)
    }
}

/// What an event is, as far as HTTP goes.
pub(crate) enum Read {
    Request(Box<Request>, Shape),
    /// HTTP, but no request that could be handled.
    Refused(Shape, StatusCode, String),
    /// Neither.
    Malformed(String),
    /// Something else.
    Other,
}

/// Request extension: what a client's path has in front of the service's own, where a stage has a name: `/dev`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagePrefix(pub Arc<str>);

/// Request extension: what the gateway's authorizer found out, as JSON.
#[derive(Debug, Clone)]
pub struct Authorizer(pub Arc<serde_json::value::RawValue>);

/// An error as all of the framework's are.
pub(crate) fn refusal(status: StatusCode, message: &str) -> Response {
    let mut body = b"{\"success\":false,\"message\":".to_vec();
    json::string(message, &mut body);
    body.push(b'}');
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
