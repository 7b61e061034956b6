//! Requests.
//!
//! [`Answering`] is written as a future by hand: everything around a handler is done in one poll, next to the handler, and what is needed
//! only for a handler that has to be waited for is made only then.

use std::{
    any::Any,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context as Task, Poll},
    time::Instant,
};

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    response::Response,
};
use http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use tokio::time::Sleep;
use tower::{Service as _, ServiceExt, util::Oneshot};

use super::{Front, Invocation, Service};
use crate::{app::Endpoint, client, context::Context, current, error, function::FailureKind, log, route::Dispatch};

impl Service {
    /// Answers one request. Always: an error, a panic and a handler out of time are answers too; the latter two have the
    /// [`FailureKind`] among the response's extensions.
    pub fn http(&self, invocation: Invocation, request: Request) -> Answering {
        self.http_within(invocation, request, usize::MAX)
    }

    /// The same behind a platform that passes on no more than `max_headers` bytes of headers, names and values together: a response with
    /// more is replaced by an error that says so in the log, and has the [`FailureKind`] too.
    pub fn http_within(&self, mut invocation: Invocation, mut request: Request, max_headers: usize) -> Answering {
        let started = Instant::now();
        if !invocation.extensions.is_empty() {
            request.extensions_mut().extend(std::mem::take(&mut invocation.extensions));
        }
        let context = self.context(invocation, started).asked_by(client::of(request.extensions()));
        let method = request.method().clone();
        // Its text is shared, not copied.
        let uri = request.uri().clone();
        request.extensions_mut().insert(context.clone());
        Answering {
            service: self.clone(),
            context,
            started,
            method,
            uri,
            max_headers,
            work: Work::Asked(request),
            deadline: None,
        }
    }
}

/// A request on the way to its response.
#[must_use = "it is answered when it is polled"]
pub struct Answering {
    service: Service,
    context: Context,
    started: Instant,
    method: Method,
    uri: Uri,
    max_headers: usize,
    work: Work,
    // Only a handler that has to be waited for can be late.
    deadline: Option<Pin<Box<Sleep>>>,
}

enum Work {
    Asked(Request),
    Routed(<Dispatch as tower::Service<Request>>::Future),
    Layered(Oneshot<Endpoint, Request>),
    Done,
}

impl Future for Answering {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Response> {
        let this = self.get_mut();
        let _entered = current::enter(&this.context);
        let Work::Done = this.work else {
            let response = match this.work(task) {
                Ok(Poll::Ready(response)) => response,
                Ok(Poll::Pending) if !this.is_late(task) => return Poll::Pending,
                Ok(Poll::Pending) => late(&this.context),
                // The panic itself was logged where it happened.
                Err(_) => {
                    failed(FailureKind::Panic, error::answer(StatusCode::INTERNAL_SERVER_ERROR, "internal error"))
                }
            };
            this.work = Work::Done;
            return Poll::Ready(this.finished(response));
        };
        Poll::Pending
    }
}

impl Answering {
    /// Lets the handler work. It is never polled again after a panic, so a broken invariant inside it cannot be seen.
    fn work(&mut self, task: &mut Task<'_>) -> Result<Poll<Response>, Box<dyn Any + Send>> {
        let Self { service, work, .. } = self;
        catch_unwind(AssertUnwindSafe(|| {
            if let Work::Asked(_) = work
                && let Work::Asked(request) = std::mem::replace(work, Work::Done)
            {
                *work = match &service.0.http {
                    Front::Plain(dispatch) => Work::Routed(dispatch.clone().call(request)),
                    Front::Layered(endpoint) => Work::Layered(endpoint.clone().oneshot(request)),
                };
            }
            let answer = match work {
                Work::Routed(answer) => Pin::new(answer).poll(task),
                Work::Layered(answer) => Pin::new(answer).poll(task),
                Work::Asked(_) | Work::Done => return Poll::Pending,
            };
            answer.map(|answer| match answer {
                Ok(response) => response,
                Err(never) => match never {},
            })
        }))
    }

    fn is_late(&mut self, task: &mut Task<'_>) -> bool {
        let Some(deadline) = self.context.deadline() else { return false };
        let sleep = self.deadline.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline.into())));
        sleep.as_mut().poll(task).is_ready()
    }

    /// What happens to every response, and the line that says so.
    fn finished(&self, response: Response) -> Response {
        let response = if self.method == Method::HEAD { without_body(response) } else { response };
        let response = if self.max_headers == usize::MAX { response } else { passable(response, self.max_headers) };
        let ms = self.started.elapsed().as_secs_f64() * 1000.0;
        tracing::info!(
            target: log::REQUEST,
            method = self.method.as_str(),
            path = self.uri.path(),
            status = response.status().as_u16(),
            ms = (ms * 1000.0).round() / 1000.0,
            "request"
        );
        response
    }
}

/// The answer of a handler that is out of time.
fn late(context: &Context) -> Response {
    let limit = context.timeout().as_secs_f64();
    tracing::error!(target: "fx", "no answer within {limit} s, the function's timeout");
    failed(FailureKind::Timeout, error::answer(StatusCode::GATEWAY_TIMEOUT, &format!("no answer within {limit} s")))
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
