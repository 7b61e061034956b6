//! [`Lambda`]: the Runtime API's paths and headers.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::{Engine, prelude::BASE64_STANDARD};
use fx_runtime::{
    function::Failure,
    pull::{Answer, Api, Arrived, Dialect, Fields, Outcome, Post},
    service::{Invocation, Service},
};

use crate::{event, extension, http, json};

/// More than any invocation gets: a deadline further off is none.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) struct Lambda {
    pub(crate) streaming: bool,
}

pub(crate) struct Ticket {
    request_id: Box<str>,
    /// Newer versions of the API want it back.
    invocation_id: Option<Box<str>>,
}

impl Dialect for Lambda {
    type Ticket = Ticket;

    const NEXT: &'static str = "/2018-06-01/runtime/invocation/next";
    const INIT_ERROR: Option<&'static str> = Some("/2018-06-01/runtime/init/error");

    fn prepare(&self, api: &Api) -> impl Future<Output = ()> + Send {
        extension::register(api)
    }

    fn arrived(&self, head: &Fields<'_, '_>) -> Result<Arrived<Ticket>, String> {
        let request_id = head.get("Lambda-Runtime-Aws-Request-Id").filter(|id| is_sane(id)).ok_or("a request id")?;
        let trace_id = head.get("Lambda-Runtime-Trace-Id").map(Box::from);
        let deadline = head.get("Lambda-Runtime-Deadline-Ms").and_then(|millis| millis.parse().ok());
        let invocation = Invocation {
            request_id: Some(request_id.into()),
            trace_id,
            deadline: deadline.and_then(|millis| instant(millis, SystemTime::now())),
            ..Invocation::default()
        };
        let invocation_id = head.get("Lambda-Runtime-Invocation-Id").map(Box::from);
        Ok(Arrived { invocation, ticket: Ticket { request_id: request_id.into(), invocation_id } })
    }

    async fn answer(
        &self,
        service: &Service,
        invocation: Invocation,
        _: &Ticket,
        event: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<Answer, Failure> {
        match http::request::read(event) {
            http::Read::Request(request, shape) => {
                let response = service.http(invocation, *request).await;
                if self.streaming && shape.can_stream() {
                    return Ok(http::response::begin(response, out));
                }
                http::response::write(response, shape, out).await;
                Ok(Answer::Whole)
            }
            http::Read::Refused(shape, status, message) => {
                tracing::warn!(target: "fx", status = status.as_u16(), "a request that cannot be read: {message}");
                http::response::write(http::refusal(status, &message), shape, out).await;
                Ok(Answer::Whole)
            }
            http::Read::Malformed(message) => {
                let failure = Failure { kind: fx_runtime::function::FailureKind::BadEvent, message, detail: None };
                service.refused(invocation, &failure);
                Err(failure)
            }
            http::Read::Other => event::answer(service, invocation, event, out).await.map(|()| Answer::Whole),
        }
    }

    fn address(&self, ticket: &Ticket, outcome: Outcome<'_>, post: &mut Post<'_>) {
        let end = if matches!(outcome, Outcome::Failure(_)) { "/error" } else { "/response" };
        post.path(&["/2018-06-01/runtime/invocation/", &ticket.request_id, end]);
        if let Some(id) = &ticket.invocation_id {
            post.header("Lambda-Runtime-Invocation-Id", id);
        }
        match outcome {
            Outcome::Answer => post.header("Content-Type", "application/json"),
            Outcome::Stream => {
                post.header("Lambda-Runtime-Function-Response-Mode", "streaming");
                post.header("Content-Type", "application/vnd.awslambda.http-integration-response");
                post.header("Trailer", "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body");
            }
            Outcome::Failure(failure) => error_headers(failure, post),
        }
    }

    fn report(&self, failure: &Failure, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"errorMessage\":");
        json::string(&failure.message, out);
        out.extend_from_slice(b",\"errorType\":");
        json::string(failure.kind.as_str(), out);
        out.extend_from_slice(b",\"stackTrace\":[]}");
    }

    fn init_error(&self, failure: &Failure, post: &mut Post<'_>) {
        error_headers(failure, post);
    }

    fn broken_off(&self, failure: &Failure, trailers: &mut Vec<u8>) {
        let mut report = Vec::new();
        self.report(failure, &mut report);
        for (name, value) in [
            ("Lambda-Runtime-Function-Error-Type", failure.kind.as_str().to_owned()),
            ("Lambda-Runtime-Function-Error-Body", BASE64_STANDARD.encode(report)),
        ] {
            trailers.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
    }
}

fn error_headers(failure: &Failure, post: &mut Post<'_>) {
    post.header("Content-Type", "application/vnd.aws.lambda.error+json");
    post.header("Lambda-Runtime-Function-Error-Type", failure.kind.as_str());
}

/// It becomes part of a path.
fn is_sane(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
}

/// When to give up, by the clock that does not jump. A deadline that is over says nothing: some emulators always send one of 1970.
fn instant(millis: u64, now: SystemTime) -> Option<Instant> {
    let left = UNIX_EPOCH.checked_add(Duration::from_millis(millis))?.duration_since(now).ok()?;
    let left = Some(left).filter(|left| *left < LONGEST)?;
    Invocation::deadline_within(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_of_1970_is_none() {
        let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        assert_eq!(instant(600_000, now), None);
        assert_eq!(instant(u64::MAX, now), None);
        let left = instant(1_700_000_010_000, now).unwrap() - Instant::now();
        assert!(left < Duration::from_millis(9_951) && left > Duration::from_secs(9), "{left:?}");
    }

    #[test]
    fn ids_stay_inside_the_path() {
        assert!(is_sane("8476a536-e9f4-11e8-9739-2dfe598c3fcd"));
        assert!(!is_sane("") && !is_sane("a/b") && !is_sane("a b"));
    }
}
