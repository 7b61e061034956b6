//! [`Timer`].

use jiff::Timestamp;
use serde::Deserialize;

use super::{Delivery, Event, Payload, TriggerKind, delivery::wrong_kind};
use crate::error::Result;

/// A schedule has come round.
///
/// ```
/// use fx_runtime::event::Timer;
///
/// let tick: Timer = serde_json::from_str(r#"{"name":"purge","scheduled":"2026-01-05T03:00:00Z"}"#)?;
/// assert_eq!(tick.scheduled.unwrap().to_string(), "2026-01-05T03:00:00Z");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timer {
    /// Name of the trigger.
    pub name: String,
    /// The time it was due, where the platform says so.
    pub scheduled: Option<Timestamp>,
    /// The `payload` written in f.yml.
    pub payload: Option<String>,
    /// What [`raw`](Self::raw) returns.
    #[serde(skip)]
    pub source: Payload,
}

impl Timer {
    /// The untouched event as the platform sent it.
    pub fn raw(&self) -> &Payload {
        &self.source
    }
}

impl Event for Timer {
    const KINDS: &'static [TriggerKind] = &[TriggerKind::Timer];

    fn receive(delivery: Delivery) -> Result<Self> {
        match delivery {
            Delivery::Timer(timer) => Ok(timer),
            other => Err(wrong_kind("Timer", &other)),
        }
    }
}
