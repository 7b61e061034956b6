//! Requests.

use std::time::Instant;

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    response::Response,
};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use tower::{Service as _, ServiceExt};

use super::{Front, Invocation, Service};
use crate::{context::Context, current, error, function::FailureKind, panic};

impl Service {
    /// Answers one request. Always: an error, a panic and a handler out of time are answers too; the latter two have the
    /// [`FailureKind`] among the response's extensions.
    pub fn http(&self, invocation: Invocation, request: Request) -> impl Future<Output = Response> + Send {
        self.http_within(invocation, request, usize::MAX)
    }

    /// The same behind a platform that passes on no more than `max_headers` bytes of headers, names and values together: a response with
    /// more is replaced by an error that says so in the log, and has the [`FailureKind`] too.
    pub async fn http_within(&self, mut invocation: Invocation, mut request: Request, max_headers: usize) -> Response {
        let started = Instant::now();
        if !invocation.extensions.is_empty() {
            request.extensions_mut().extend(std::mem::take(&mut invocation.extensions));
        }
        let context = self.context(invocation);
        let method = request.method().clone();
        // Its text is shared, not copied.
        let uri = request.uri().clone();
        request.extensions_mut().insert(context.clone());

        let response = self.guarded(&context, request).await;
        let response = if method == Method::HEAD { without_body(response) } else { response };

        let _entered = current::enter(&context);
        let response = if max_headers == usize::MAX { response } else { passable(response, max_headers) };
        let ms = started.elapsed().as_secs_f64() * 1000.0;
        tracing::info!(
            target: "fx::request",
            method = method.as_str(),
            path = uri.path(),
            status = response.status().as_u16(),
            ms = (ms * 1000.0).round() / 1000.0,
            "request"
        );
        response
    }

    async fn guarded(&self, context: &Context, request: Request) -> Response {
        let answering = panic::guard(context, self.routed(request));
        let outcome = match context.deadline() {
            Some(deadline) => tokio::time::timeout_at(deadline.into(), answering).await,
            None => Ok(answering.await),
        };
        let _entered = current::enter(context);
        match outcome {
            Ok(Ok(response)) => response,
            // The panic itself was logged where it happened.
            Ok(Err(_)) => {
                failed(FailureKind::Panic, error::answer(StatusCode::INTERNAL_SERVER_ERROR, "internal error"))
            }
            Err(_) => {
                let limit = context.timeout().as_secs_f64();
                tracing::error!(target: "fx", "no answer within {limit} s, the function's timeout");
                let answer = error::answer(StatusCode::GATEWAY_TIMEOUT, &format!("no answer within {limit} s"));
                failed(FailureKind::Timeout, answer)
            }
        }
    }

    async fn routed(&self, request: Request) -> Response {
        let answer = match &self.0.http {
            Front::Plain(dispatch) => dispatch.clone().call(request).await,
            Front::Layered(endpoint) => endpoint.clone().oneshot(request).await,
        };
        match answer {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// Marks an answer as one that the function did not give: a platform may want to know.
fn failed(kind: FailureKind, mut response: Response) -> Response {
    response.extensions_mut().insert(kind);
    response
}

/// The response, or what takes its place because nobody would pass it on.
fn passable(response: Response, max_headers: usize) -> Response {
    let size = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len();
    let total: usize = response.headers().iter().map(size).sum();
    if total <= max_headers {
        return response;
    }
    let (largest, bytes) = response
        .headers()
        .iter()
        .map(|header| (header.0.as_str(), size(header)))
        .max_by_key(|(_, bytes)| *bytes)
        .unwrap_or_default();
    tracing::error!(
        target: "fx",
        "the headers of the answer have {total} bytes, of which the platform passes on {max_headers}; \
         the largest is `{largest}` with {bytes}"
    );
    failed(FailureKind::TooLarge, error::answer(StatusCode::INTERNAL_SERVER_ERROR, "internal error"))
}

/// The answer to HEAD: what GET would have said, length included, without the body.
fn without_body(mut response: Response) -> Response {
    let length = response.body().size_hint().exact();
    if let Some(length) = length.filter(|_| !response.headers().contains_key(header::CONTENT_LENGTH)) {
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    *response.body_mut() = Body::empty();
    response
}
