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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        Env, Error, TriggerKind, Unit,
        event::{Event, Timer},
        function::EventFunction,
    };

    fn ticks() -> EventFunction<()> {
        EventFunction::new(Timer::KINDS, |delivery, _, ()| {
            Box::pin(async move {
                let timer = Timer::receive(delivery)?;
                if timer.name == "bad" { Err(Error::conflict("not now")) } else { Ok(timer.name.into()) }
            })
        })
    }

    fn messages() -> EventFunction<()> {
        EventFunction::new(Message::<Value>::KINDS, |delivery, _, ()| {
            Box::pin(async move { Ok(Message::<Value>::receive(delivery)?.body) })
        })
    }

    fn delivered(unit: Unit, body: &'static str, meaning: Result<Meaning, Malformed>) -> Result<Value, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let outcome = runtime.block_on(async {
            let service = Service::start(unit, Env::default(), None).await.unwrap();
            service.deliver(Invocation::default(), &Bytes::from_static(body.as_bytes()), meaning, "a tick").await
        });
        outcome.map_err(|failure| format!("{}: {}", failure.kind.as_str(), failure.message))
    }

    fn ticking() -> Unit {
        Unit::new("s", "u").event("tick", "tick", TriggerKind::Timer, ticks)
    }

    fn names(names: &[&str]) -> Result<Meaning, Malformed> {
        let tick = |name: &&str| Delivery::Timer(Timer { name: (*name).to_owned(), ..Timer::default() });
        Ok(Meaning::Events(names.iter().map(tick).collect()))
    }

    #[test]
    fn one_event_has_a_result_and_several_have_an_array() {
        assert_eq!(delivered(ticking(), "", names(&["a"])), Ok(json!("a")));
        assert_eq!(delivered(ticking(), "", names(&["a", "b"])), Ok(json!(["a", "b"])));
    }

    #[test]
    fn one_failure_fails_all_and_says_how_many() {
        assert_eq!(delivered(ticking(), "", names(&["bad"])), Err("Function.Error: not now".into()));
        let expected = "Function.Error: 2 of 3 records failed, the first: not now";
        assert_eq!(delivered(ticking(), "", names(&["bad", "a", "bad"])), Err(expected.into()));
        let nobody = delivered(Unit::new("s", "u"), "", names(&["a", "b"])).unwrap_err();
        assert!(
            nobody.starts_with("Runtime.NoSuchFunction: 2 of 2 records failed, the first: no function"),
            "{nobody}"
        );
    }

    #[test]
    fn what_is_unknown_is_a_bare_message_or_no_event() {
        let unknown = || Ok(Meaning::Unknown("text".to_owned()));
        let taking = ticking().event("said", "said", TriggerKind::Message, messages);
        assert_eq!(delivered(taking, "hello", unknown()), Ok(json!("hello")));
        let expected = "Runtime.BadEvent: no event that a function here takes: got text; expected a tick";
        assert_eq!(delivered(ticking(), "hello", unknown()), Err(expected.into()));
        let malformed = delivered(ticking(), "", Err(Malformed::new("a tick", "no name")));
        assert_eq!(malformed, Err("Runtime.BadEvent: this looks like a tick, but: no name".into()));
    }
}
