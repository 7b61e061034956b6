//! [`EventFunction`].

use std::{future::Future, pin::Pin, sync::Arc};

use axum::response::Response;
use http::request::Parts;
use serde_json::Value;

use crate::{
    app::AppState,
    error::{Error, Result},
    event::{Delivery, TriggerKind},
    rejection,
};

/// What a companion's function returns.
pub type EventFuture = Pin<Box<dyn Future<Output = Result<Value>> + Send>>;

/// An event function with its state: ready to be called.
pub type EventHandler = Arc<dyn Fn(Delivery, Parts) -> EventFuture + Send + Sync>;

/// An annotated function as the taker of events, waiting for the app's state.
pub struct EventFunction<S> {
    answer: fn(Delivery, Parts, S) -> EventFuture,
    kinds: &'static [TriggerKind],
}

impl<S: AppState> EventFunction<S> {
    /// From the kinds of event it takes, and a function that extracts the arguments and calls the handler.
    pub fn new(kinds: &'static [TriggerKind], answer: fn(Delivery, Parts, S) -> EventFuture) -> Self {
        Self { answer, kinds }
    }

    pub(crate) fn kinds(&self) -> &'static [TriggerKind] {
        self.kinds
    }

    pub(crate) fn build(self, state: &S) -> EventHandler {
        let state = state.clone();
        Arc::new(move |delivery, parts| (self.answer)(delivery, parts, state.clone()))
    }
}

/// The error of an event function whose argument could not be extracted.
pub fn refuse(rejection: Response) -> Error {
    let (status, message) = rejection::describe(rejection);
    Error::new(status, message)
}

/// Why an invocation by an event failed; what the platform is told.
#[derive(Debug)]
pub struct Failure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// For whoever sent the event.
    pub message: String,
    /// For the developer only: causes, panic texts.
    pub detail: Option<String>,
}

/// The kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The function returned an error.
    Error,
    /// The function panicked.
    Panic,
    /// The function did not end in time.
    Timeout,
    /// No function of this unit takes the event.
    Unknown,
    /// The event could not be read.
    BadEvent,
    /// The app could not be built.
    Init,
    /// The answer is larger than the platform takes.
    TooLarge,
}

impl FailureKind {
    /// A stable name, `Function.Panic` and the like.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "Function.Error",
            Self::Panic => "Function.Panic",
            Self::Timeout => "Function.Timeout",
            Self::Unknown => "Runtime.NoSuchFunction",
            Self::BadEvent => "Runtime.BadEvent",
            Self::Init => "Runtime.InitError",
            Self::TooLarge => "Function.ResponseSizeTooLarge",
        }
    }
}
