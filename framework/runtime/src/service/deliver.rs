//! From what a platform sent to the functions that take it.

use bytes::Bytes;
use serde_json::Value;

use super::{Invocation, Service};
use crate::{
    event::{
        Delivery, Message,
        native::{Malformed, Meaning},
    },
    function::{Failure, FailureKind},
};

impl Service {
    /// Gives the events of a body to the functions that take them; all of them, also if one fails. Several results become an array.
    ///
    /// A body that means nothing known goes as it is to the function that takes messages, if there is one: some queues send bare messages.
    /// `expected` tells others what the platform's events look like.
    ///
    /// # Errors
    /// It is no event, nobody takes it, or a function failed: the platform is to deliver all of it again.
    pub async fn deliver(
        &self,
        invocation: Invocation,
        body: &Bytes,
        meaning: Result<Meaning, Malformed>,
        expected: &str,
    ) -> Result<Value, Failure> {
        let deliveries = match self.understood(body, meaning, expected) {
            Ok(deliveries) => deliveries,
            Err(message) => {
                let failure = Failure { kind: FailureKind::BadEvent, message, detail: None };
                self.refused(invocation, &failure);
                return Err(failure);
            }
        };
        let count = deliveries.len();
        let (mut results, mut failures) = (Vec::with_capacity(count), Vec::new());
        for delivery in deliveries {
            let outcome = match self.taker_of(&delivery) {
                Ok(function) => self.event(invocation.clone(), function, delivery).await.1,
                Err(failure) => {
                    self.refused(invocation.clone(), &failure);
                    Err(failure)
                }
            };
            match outcome {
                Ok(result) => results.push(result),
                Err(failure) => failures.push(failure),
            }
        }
        let failed = failures.len();
        match failures.into_iter().next() {
            None if count == 1 => Ok(results.pop().unwrap_or_default()),
            None => Ok(Value::Array(results)),
            Some(failure) if count == 1 => Err(failure),
            Some(first) => {
                let message = format!("{failed} of {count} records failed, the first: {}", first.message);
                Err(Failure { message, ..first })
            }
        }
    }

    fn understood(
        &self,
        body: &Bytes,
        meaning: Result<Meaning, Malformed>,
        expected: &str,
    ) -> Result<Vec<Delivery>, String> {
        match meaning.map_err(|malformed| malformed.to_string())? {
            Meaning::Events(deliveries) => Ok(deliveries),
            Meaning::Unknown(looks) => {
                let bare = Message { body: body.clone().into(), source: body.clone().into(), ..Message::default() };
                let bare = Delivery::Message(bare);
                match self.taker_of(&bare) {
                    Ok(_) => Ok(vec![bare]),
                    Err(_) => Err(format!("no event that a function here takes: got {looks}; expected {expected}")),
                }
            }
        }
    }
}
