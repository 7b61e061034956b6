//! Events.

use std::time::{Duration, Instant};

use http::{Method, Request, request::Parts};
use serde_json::Value;

use super::{EventRoute, Invocation, Service};
use crate::{
    context::Context,
    current,
    event::{Delivery, TriggerKind},
    function::{Failure, FailureKind},
    panic,
};

impl Service {
    /// Gives one event to a function, named by its own name or its handler's, and returns the document it answers with.
    ///
    /// # Errors
    /// No such function, or what went wrong in it.
    pub async fn event(
        &self,
        mut invocation: Invocation,
        function: &str,
        delivery: Delivery,
    ) -> (Context, Result<Value, Failure>) {
        // What the extractors after the event read: a request with nothing in it but the context, and what the platform says.
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.method = Method::POST;
        parts.extensions = std::mem::take(&mut invocation.extensions);
        let context = self.context(invocation, Instant::now());
        let outcome = match self.taker(function, delivery.kind()) {
            Ok(route) => {
                context.answered_by(route.function);
                self.called(&context, route, delivery, parts).await
            }
            Err(failure) => Err(failure),
        };
        let _entered = current::enter(&context);
        match &outcome {
            Ok(_) => tracing::info!(target: "fx::event", "done"),
            Err(failure) => log(failure),
        }
        drop(_entered);
        (context, outcome)
    }

    /// Writes a failure to the log that kept an invocation from reaching any function.
    pub fn refused(&self, invocation: Invocation, failure: &Failure) {
        let context = self.context(invocation, Instant::now());
        let _entered = current::enter(&context);
        log(failure);
    }

    async fn called(
        &self,
        context: &Context,
        route: &EventRoute,
        mut delivery: Delivery,
        mut parts: Parts,
    ) -> Result<Value, Failure> {
        if let Delivery::Message(message) = &mut delivery
            && message.id.is_empty()
        {
            context.request_id().clone_into(&mut message.id);
        }
        parts.extensions.insert(context.clone());

        let working = panic::guard(context, async { (route.call)(delivery, parts).await });
        let ended = match context.deadline() {
            Some(deadline) => tokio::time::timeout_at(deadline.into(), working).await,
            None => Ok(working.await),
        };
        match ended {
            Ok(Ok(Ok(document))) => Ok(document),
            Ok(Ok(Err(error))) => {
                Err(Failure { kind: FailureKind::Error, message: error.message().to_owned(), detail: error.detail() })
            }
            Ok(Err(panic)) => Err(Failure {
                kind: FailureKind::Panic,
                message: "the function panicked".to_owned(),
                detail: Some(panic.message),
            }),
            Err(_) => Err(late(context.timeout())),
        }
    }

    fn taker(&self, function: &str, kind: TriggerKind) -> Result<&EventRoute, Failure> {
        let named = || self.0.events.iter().filter(|route| route.function == function || route.handler == function);
        if let Some(route) = named().find(|route| route.kind == kind) {
            return Ok(route);
        }
        let kinds: Vec<_> = named().map(|route| route.kind.as_str()).collect();
        let message = if kinds.is_empty() {
            let all: Vec<_> = self.0.events.iter().map(|route| route.function).collect();
            let known = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
            format!("no function `{function}` takes events; those that do: {known}")
        } else {
            format!("function `{function}` takes {} events, not {kind}", kinds.join(" and "))
        };
        Err(Failure { kind: FailureKind::Unknown, message, detail: None })
    }
}

/// The failure of an invocation that took longer than it had.
pub(crate) fn late(timeout: Duration) -> Failure {
    let message = format!("no answer within {} s, the function's timeout", timeout.as_secs_f64());
    Failure { kind: FailureKind::Timeout, message, detail: None }
}

fn log(failure: &Failure) {
    let detail = failure.detail.as_deref().unwrap_or_default();
    tracing::error!(target: "fx::event", kind = failure.kind.as_str(), detail, "failed: {}", failure.message);
}
