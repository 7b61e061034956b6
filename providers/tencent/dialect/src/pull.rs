//! Event functions: the runtime API, which knows no ids in its paths and hands out one event at a time.

use std::time::Duration;

use bytes::Bytes;
use fx_runtime::{
    event::native::Malformed,
    function::{Failure, FailureKind},
    pull::{Answer, Arrived, Dialect, Fields, Outcome, Post},
    service::{Invocation, Service},
};
use serde_json::json;

use crate::{
    event,
    url::{self, Http},
};

/// Larger answers the platform refuses, and the caller would hear only a number.
const MAX_ANSWER: usize = 6 * 1024 * 1024;

/// The runtime API of SCF.
#[derive(Debug, Clone, Copy)]
pub struct Scf;

impl Dialect for Scf {
    type Ticket = ();

    const NEXT: &'static str = "/runtime/invocation/next";

    // The end of the process is the report.
    const INIT_ERROR: Option<&'static str> = None;

    const READY: Option<(&'static str, &'static str)> = Some(("/runtime/init/ready", " "));

    fn arrived(&self, head: &Fields<'_, '_>) -> Result<Arrived<()>, String> {
        let limit = head.get("time_limit_in_ms").and_then(|limit| limit.parse().ok()).map(Duration::from_millis);
        let told = Invocation {
            request_id: head.get("request_id").filter(|id| !id.is_empty()).map(Box::from),
            ..Invocation::default()
        };
        let invocation = match limit {
            Some(limit) => told.within(limit),
            None => told,
        };
        Ok(Arrived { invocation, ticket: () })
    }

    async fn answer(
        &self,
        service: &Service,
        invocation: Invocation,
        (): &(),
        event: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<Answer, Failure> {
        match url::read(event) {
            Http::Request(request) => {
                let method = request.method().clone();
                let invocation = Invocation { trace_id: url::trace_id(request.headers()), ..invocation };
                let response = service.http(invocation.clone(), request).await;
                let written = url::write(&method, response, MAX_ANSWER, out).await;
                written.inspect_err(|failure| service.refused(invocation, failure))?;
            }
            Http::Malformed(malformed) => {
                let failure = bad_event(&malformed);
                service.refused(invocation, &failure);
                return Err(failure);
            }
            Http::Not => {
                let body = Bytes::copy_from_slice(event);
                let result = service.deliver(invocation.clone(), &body, event::read(&body), event::EXPECTED).await?;
                out.extend_from_slice(result.to_string().as_bytes());
                if out.len() > MAX_ANSWER {
                    let failure = too_large(MAX_ANSWER);
                    service.refused(invocation, &failure);
                    return Err(failure);
                }
            }
        }
        Ok(Answer::Whole)
    }

    fn address(&self, (): &(), outcome: Outcome<'_>, post: &mut Post<'_>) {
        post.path(&[match outcome {
            Outcome::Answer | Outcome::Stream => "/runtime/invocation/response",
            Outcome::Failure(_) => "/runtime/invocation/error",
        }]);
        post.header("Content-Type", "application/json");
    }

    fn report(&self, failure: &Failure, out: &mut Vec<u8>) {
        let report = json!({ "errorType": failure.kind.as_str(), "errorMessage": failure.message });
        out.extend_from_slice(report.to_string().as_bytes());
    }

    fn init_error(&self, _: &Failure, _: &mut Post<'_>) {}
}

fn bad_event(malformed: &Malformed) -> Failure {
    Failure { kind: FailureKind::BadEvent, message: malformed.to_string(), detail: None }
}

/// The failure of an answer that the platform would refuse.
pub(crate) fn too_large(limit: usize) -> Failure {
    let message = format!("the answer is larger than the {} MB that SCF takes", limit / (1024 * 1024));
    Failure { kind: FailureKind::TooLarge, message, detail: None }
}
