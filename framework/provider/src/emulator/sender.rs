//! [`Sender`]: what a platform's triggers send to a function, and what they make of its answer.

use bytes::Bytes;
use fx_spec::Unit;
use http::{Method, Response, request::Parts};
use serde_json::Value;

use super::{Body, BoxFuture, Failure, Occurrence};
use crate::deploy::Place;

/// Sends to functions as the triggers of a platform do.
pub trait Sender: Sync {
    /// What the trigger of an event sends.
    ///
    /// # Errors
    /// It never sends such an event.
    fn event(&self, occurrence: &Occurrence, place: &Place) -> Result<Sent, Failure>;

    /// What became of an event, by the function's answer to it: nothing, JSON, or text.
    ///
    /// # Errors
    /// The function says in its answer that it failed.
    fn outcome(&self, _sent: &Sent, answer: &[u8]) -> Result<Value, Failure> {
        if answer.is_empty() {
            return Ok(Value::Null);
        }
        Ok(serde_json::from_slice(answer).unwrap_or_else(|_| String::from_utf8_lossy(answer).into()))
    }

    /// The front door of a unit whose requests reach it as events; `None`: they reach it as they are, and by its address alone.
    fn door(&self, _unit: &Unit) -> Option<&dyn Door> {
        None
    }
}

/// A front door that makes events of requests.
pub trait Door: Sync {
    /// The event of a request.
    ///
    /// # Errors
    /// The door refuses the request itself, with this answer.
    fn event(&self, head: &Parts, body: &[u8]) -> Result<Value, Box<Response<Body>>>;

    /// The answer that a client gets.
    fn response<'a>(&'a self, unit: &'a Unit, answer: Bytes, method: &'a Method) -> BoxFuture<'a, Response<Body>>;
}

/// An event as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Its bytes.
    pub payload: Bytes,
    /// The id of the only message in it, where the answer says which messages were not processed.
    pub message: Option<String>,
}

impl From<Value> for Sent {
    fn from(event: Value) -> Self {
        Self { payload: event.to_string().into(), message: None }
    }
}

impl From<Bytes> for Sent {
    fn from(payload: Bytes) -> Self {
        Self { payload, message: None }
    }
}
