//! [`Lambda`]: the Runtime API's paths and headers.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use ::http::Extensions;
use base64::{Engine, prelude::BASE64_STANDARD};
use fx_runtime::{
    context::Place,
    function::Failure,
    pull::{Answer, Api, Arrived, Connection, Dialect, Fields, Outcome, Post},
    service::{Invocation, Service},
};

use crate::{caller::Caller, event, extension, http, json};

/// More than any invocation gets: a deadline further off is none.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) struct Lambda {
    pub(crate) streaming: bool,
    /// What becomes of events that are no requests.
    pub(crate) events: event::Events,
    /// Whether Lambda puts a picture of the started process aside, and starts copies from it.
    pub(crate) snap_start: bool,
    /// Where it runs, once an invocation has said all of it.
    pub(crate) place: OnceLock<Arc<Place>>,
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

    async fn begin(&self, connection: &mut Connection) -> Result<(), String> {
        const RESTORE: &str = "/2018-06-01/runtime/restore/next";
        if !self.snap_start {
            return Ok(());
        }
        let restored = connection.get(RESTORE, "", |_| ()).await;
        // The copy that comes out of this is another process in another place.
        connection.close();
        match restored {
            Ok(reply) if reply.status == 200 => Ok(()),
            Ok(reply) => Err(format!("the runtime API answered {RESTORE} with {}", reply.status)),
            Err(error) => Err(format!("the runtime API is gone: {error}")),
        }
    }

    fn arrived(&self, head: &Fields<'_, '_>) -> Result<Arrived<Ticket>, String> {
        let request_id = head.get("Lambda-Runtime-Aws-Request-Id").filter(|id| is_sane(id)).ok_or("a request id")?;
        let trace_id = head.get("Lambda-Runtime-Trace-Id").map(Box::from);
        let deadline = head.get("Lambda-Runtime-Deadline-Ms").and_then(|millis| millis.parse().ok());
        let left = deadline.and_then(|millis| left(millis, SystemTime::now()));
        let mut extensions = Extensions::new();
        if let Some(caller) = Caller::said(head) {
            extensions.insert(caller);
        }
        let invocation = Invocation {
            request_id: Some(request_id.into()),
            trace_id,
            deadline: left.and_then(Invocation::deadline_within),
            timeout: left.map(whole_seconds),
            place: self.place(head),
            extensions,
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
            http::Read::Other => (self.events)(service, invocation, event, out).await.map(|()| Answer::Whole),
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

impl Lambda {
    /// All invocations of a function come from one place, so what the first says is kept.
    fn place(&self, head: &Fields<'_, '_>) -> Option<Arc<Place>> {
        if let Some(known) = self.place.get() {
            return Some(known.clone());
        }
        // `arn:aws:lambda:REGION:ACCOUNT:function:NAME`, with a version or alias behind it.
        let mut parts = head.get("Lambda-Runtime-Invoked-Function-Arn")?.split(':').skip(3);
        let region = parts.next().filter(|region| !region.is_empty())?.to_owned();
        let account = parts.next().filter(|account| !account.is_empty())?.to_owned();
        let place = Place { region: Some(region), account: Some(account) };
        Some(self.place.get_or_init(|| Arc::new(place)).clone())
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

/// What is left until a deadline. One that is over says nothing: some emulators always send one of 1970.
fn left(millis: u64, now: SystemTime) -> Option<Duration> {
    let left = UNIX_EPOCH.checked_add(Duration::from_millis(millis))?.duration_since(now).ok()?;
    Some(left).filter(|left| *left < LONGEST)
}

/// The timeout that a function was deployed with, by what is left of it when the invocation arrives: Lambda counts whole seconds.
fn whole_seconds(left: Duration) -> Duration {
    /// Between two clocks.
    const SKEW: Duration = Duration::from_millis(100);
    let left = left.saturating_sub(SKEW);
    Duration::from_secs((left.as_secs() + u64::from(left.subsec_nanos() > 0)).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_of_1970_is_none() {
        let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        assert_eq!(left(600_000, now), None);
        assert_eq!(left(u64::MAX, now), None);
        assert_eq!(left(1_700_000_010_000, now), Some(Duration::from_secs(10)));
    }

    #[test]
    fn a_timeout_is_known_by_what_is_left_of_it() {
        let seconds = |millis| whole_seconds(Duration::from_millis(millis)).as_secs();
        assert_eq!([2_997, 3_000, 3_020, 2_300, 950, 10].map(seconds), [3, 3, 3, 3, 1, 1]);
    }

    #[test]
    fn ids_stay_inside_the_path() {
        assert!(is_sane("8476a536-e9f4-11e8-9739-2dfe598c3fcd"));
        assert!(!is_sane("") && !is_sane("a/b") && !is_sane("a b"));
    }
}
