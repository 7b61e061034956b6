//! Everything that is not HTTP.
//!
//! | what | where |
//! |---|---|
//! | one invocation, one event (or a few): buckets, topics, buses, schedules, logs | `single` |
//! | batches with a verdict on each record: queues and streams | `batch` |
//! | events for a unit in which no function takes any | `stranger` |
//!
//! What reads events is half of the dialect's code. It is reached through a pointer to a function, so that the linker leaves it out of
//! units that only answer requests.

mod batch;
mod logs;
mod message;
mod object;
mod single;
mod stranger;
#[cfg(test)]
mod tests;

use std::{
    future::{Future, ready},
    pin::Pin,
};

use bytes::Bytes;
use fx_runtime::{
    function::{Failure, FailureKind},
    service::{Invocation, Service},
};
use serde_json::Value;

use self::{single::Single, stranger::Stranger};

/// What a unit without takers of events reads.
const REQUEST: &str = "a request (API Gateway format 2.0 or 1.0, function URL, load balancer)";

/// What the dialect reads, for people who send something else.
const EXPECTED: &str = "a request (API Gateway format 2.0 or 1.0, function URL, load balancer), or an event of S3, SQS, SNS, EventBridge, \
                        CloudWatch Logs, Kinesis or DynamoDB streams";

/// What becomes of events: [`answer`] or [`refuse`].
pub(crate) type Events = for<'a> fn(&'a Service, Invocation, &'a [u8], &'a mut Vec<u8>) -> Answering<'a>;

/// An event on its way.
type Answering<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

/// Gives an event to the functions that take it, and writes the document it is answered with.
pub(crate) fn answer<'a>(
    service: &'a Service,
    invocation: Invocation,
    event: &'a [u8],
    out: &'a mut Vec<u8>,
) -> Answering<'a> {
    Box::pin(deliver(service, invocation, event, out))
}

/// Says of an event what it is, and that no function takes any.
pub(crate) fn refuse<'a>(
    service: &'a Service,
    invocation: Invocation,
    event: &'a [u8],
    out: &'a mut Vec<u8>,
) -> Answering<'a> {
    let outcome = match stranger::read(event) {
        Stranger::Trial => {
            out.extend_from_slice(b"null");
            Ok(())
        }
        Stranger::Event(what) => {
            let message = format!("no function takes {what}; events this unit takes: none");
            Err(Failure { kind: FailureKind::Unknown, message, detail: None })
        }
        Stranger::Unknown(looks) => {
            let message = format!("no event that a function here takes: got {looks}; expected {REQUEST}");
            Err(Failure { kind: FailureKind::BadEvent, message, detail: None })
        }
    };
    if let Err(failure) = &outcome {
        service.refused(invocation, failure);
    }
    Box::pin(ready(outcome))
}

async fn deliver(service: &Service, invocation: Invocation, event: &[u8], out: &mut Vec<u8>) -> Result<(), Failure> {
    let body = Bytes::copy_from_slice(event);
    let document = serde_json::from_slice::<Value>(event).ok();
    let answer = match document.as_ref().and_then(batch::read) {
        Some(batch) => batch.answer(service, invocation, &body).await?,
        None => match single::read(document, &body) {
            Single::Nothing => Value::Null,
            Single::Unknown(looks) => {
                let message = format!("no event that a function here takes: got {looks}; expected {EXPECTED}");
                let failure = Failure { kind: FailureKind::BadEvent, message, detail: None };
                service.refused(invocation, &failure);
                return Err(failure);
            }
            Single::Meaning(meaning) => service.deliver(invocation, &body, meaning, EXPECTED).await?,
        },
    };
    // Writing a document into memory does not fail.
    let _ = serde_json::to_writer(out, &answer);
    Ok(())
}

/// The last part of a resource name: a queue's, topic's or rule's own.
fn last_part(arn: &str) -> &str {
    arn.rsplit([':', '/']).next().unwrap_or(arn)
}
