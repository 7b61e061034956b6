//! Everything that is not HTTP.
//!
//! | what | where |
//! |---|---|
//! | one invocation, one event (or a few): buckets, topics, buses, schedules, logs | `single` |
//! | batches with a verdict on each record: queues and streams | `batch` |

mod batch;
mod logs;
mod message;
mod object;
mod single;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use fx_runtime::{
    function::{Failure, FailureKind},
    service::{Invocation, Service},
};
use serde_json::Value;

use self::single::Single;

/// What the dialect reads, for people who send something else.
const EXPECTED: &str = "a request (API Gateway format 2.0 or 1.0, function URL, load balancer), or an event of S3, SQS, SNS, EventBridge, \
                        CloudWatch Logs, Kinesis or DynamoDB streams";

/// Gives an event to the functions that take it, and writes the document it is answered with.
pub(crate) async fn answer(
    service: &Service,
    invocation: Invocation,
    event: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), Failure> {
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
