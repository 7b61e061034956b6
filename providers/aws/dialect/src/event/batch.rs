//! Queues and streams: a batch in which each record succeeds or fails, and only those that failed come again.

use bytes::Bytes;
use fx_runtime::{
    event::{
        Delivery, Message, Payload,
        native::{Malformed, alone},
    },
    function::{Failure, FailureKind},
    service::{Invocation, Service},
};
use serde_json::{Value, json};

use super::message;

/// The kinds of batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Queue,
    /// A queue with an order.
    Fifo,
    Stream,
}

pub(super) struct Batch<'a> {
    kind: Kind,
    records: &'a [Value],
}

/// The batch that a document is, if it is one.
pub(super) fn read(document: &Value) -> Option<Batch<'_>> {
    let records = document.get("Records")?.as_array()?;
    let first = records.first()?;
    let says = |member: &str| first.get(member).and_then(Value::as_str).unwrap_or_default();
    let kind = match says("eventSource") {
        "aws:sqs" if says("eventSourceARN").ends_with(".fifo") => Kind::Fifo,
        "aws:sqs" => Kind::Queue,
        "aws:kinesis" | "aws:dynamodb" => Kind::Stream,
        _ => return None,
    };
    Some(Batch { kind, records })
}

impl Batch<'_> {
    /// Hands over one record after the other, and names those that failed. If none succeeded, all of it failed.
    ///
    /// Where there is an order, it stops at the first failure: what stands behind must not overtake it.
    pub(super) async fn answer(
        &self,
        service: &Service,
        invocation: Invocation,
        body: &Bytes,
    ) -> Result<Value, Failure> {
        let mut failed: Vec<&Value> = Vec::new();
        let mut first_failure = None;
        for (index, record) in self.records.iter().enumerate() {
            let Err(failure) = self.record(service, &invocation, record, body).await else { continue };
            first_failure.get_or_insert(failure);
            match self.kind {
                Kind::Queue => failed.push(record),
                Kind::Fifo => {
                    failed.extend(&self.records[index..]);
                    break;
                }
                Kind::Stream => {
                    // The stream goes on from there by itself.
                    failed.push(record);
                    if index == 0 {
                        failed = self.records.iter().collect();
                    }
                    break;
                }
            }
        }
        if let Some(failure) = first_failure.filter(|_| failed.len() == self.records.len()) {
            return Err(match failed.len() {
                1 => failure,
                count => {
                    let message = format!("none of {count} records was taken, the first: {}", failure.message);
                    Failure { message, ..failure }
                }
            });
        }
        let items: Vec<_> = failed.iter().map(|record| json!({ "itemIdentifier": self.identifier(record) })).collect();
        Ok(json!({ "batchItemFailures": items }))
    }

    async fn record(
        &self,
        service: &Service,
        invocation: &Invocation,
        record: &Value,
        body: &Bytes,
    ) -> Result<(), Failure> {
        let delivery = match self.message(record, alone("Records", record, self.records.len(), body)) {
            Ok(message) => Ok(Delivery::Message(message)),
            Err(malformed) => {
                Err(Failure { kind: FailureKind::BadEvent, message: malformed.to_string(), detail: None })
            }
        };
        let taken = delivery.and_then(|delivery| Ok((service.taker_of(&delivery)?, delivery)));
        match taken {
            Ok((function, delivery)) => service.event(invocation.clone(), function, delivery).await.1.map(drop),
            Err(failure) => {
                service.refused(invocation.clone(), &failure);
                Err(failure)
            }
        }
    }

    fn message(&self, record: &Value, source: Payload) -> Result<Message<Payload>, Malformed> {
        match self.kind {
            Kind::Queue | Kind::Fifo => message::of_queue(record, source),
            Kind::Stream => message::of_stream(record, source),
        }
    }

    /// By which the platform knows a record again.
    fn identifier(&self, record: &Value) -> Value {
        let found = match self.kind {
            Kind::Queue | Kind::Fifo => record.get("messageId"),
            Kind::Stream => {
                let inner = record.get("kinesis").or(record.get("dynamodb"));
                inner.and_then(|inner| inner.get("sequenceNumber").or(inner.get("SequenceNumber")))
            }
        };
        found.cloned().unwrap_or_default()
    }
}
