//! Events: one type per kind, the same on every platform, with the untouched payload still reachable.
//!
//! An event function takes its event first: `async fn purge(tick: Timer, State(todos): State<Todos>) -> Result<()>`.
//! Every type can also be read from JSON, so a unit test (or `fx invoke -d`) writes only the fields it cares about.

mod cloud;
mod delivery;
mod log;
mod message;
pub mod native;
mod object;
mod payload;
mod raw;
mod source;
mod timer;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use cloud::CloudEvent;
pub use delivery::Delivery;
pub use log::{LogBatch, LogLine};
pub use message::Message;
pub use object::{ObjectEvent, ObjectEventKind};
pub use payload::Payload;
pub use raw::Raw;
pub(crate) use source::Origin;
pub use source::Source;
pub use timer::Timer;

use crate::error::Result;

/// What an event function can take as its first argument.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "the first argument of an event function is the event",
    note = "events are `Timer`, `ObjectEvent`, `Message<T>`, `LogBatch`, `CloudEvent` and `Raw<T>`; `T` has to be `serde::de::DeserializeOwned`"
)]
pub trait Event: Sized + Send + 'static {
    /// The kinds of trigger that can fill it.
    const KINDS: &'static [TriggerKind];

    /// Reads it from what arrived.
    ///
    /// # Errors
    /// The payload does not have the shape the function asks for.
    fn receive(delivery: Delivery) -> Result<Self>;
}

/// The kinds of trigger besides HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TriggerKind {
    /// A schedule.
    Timer,
    /// Something happened to an object in a bucket.
    Object,
    /// A message from a topic or queue.
    Message,
    /// Log lines.
    Log,
}

impl TriggerKind {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Timer, Self::Object, Self::Message, Self::Log];

    /// As f.yml and `fx invoke --as` spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Timer => "timer",
            Self::Object => "object",
            Self::Message => "message",
            Self::Log => "log",
        }
    }
}

impl fmt::Display for TriggerKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
