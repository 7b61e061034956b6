//! [`LogBatch`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use super::{Delivery, Event, Payload, TriggerKind, delivery::wrong_kind};
use crate::error::Result;

/// A batch of lines from a log store.
///
/// ```
/// use fx_runtime::event::LogBatch;
///
/// let batch: LogBatch = serde_json::from_str(r#"{"store":"web","lines":[{"message":"GET / 500"}]}"#)?;
/// assert_eq!(batch.lines[0].message, "GET / 500");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogBatch {
    /// The project or account the store belongs to.
    pub project: Option<String>,
    /// Where the lines were written.
    pub store: Option<String>,
    /// The lines, oldest first; empty where the platform hands over a cursor instead of lines (see [`raw`](Self::raw)).
    pub lines: Vec<LogLine>,
    /// What [`raw`](Self::raw) returns.
    #[serde(skip)]
    pub source: Payload,
}

/// A line of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogLine {
    /// When it was written.
    pub time: Option<Timestamp>,
    /// Its text.
    pub message: String,
    /// What else the store keeps with it.
    pub fields: BTreeMap<String, String>,
}

impl LogBatch {
    /// The untouched event as the platform sent it.
    pub fn raw(&self) -> &Payload {
        &self.source
    }
}

impl Event for LogBatch {
    const KINDS: &'static [TriggerKind] = &[TriggerKind::Log];

    fn receive(delivery: Delivery) -> Result<Self> {
        match delivery {
            Delivery::Log(batch) => Ok(batch),
            other => Err(wrong_kind("LogBatch", &other)),
        }
    }
}
