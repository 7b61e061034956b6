//! [`ObjectEvent`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Delivery, Event, Payload, TriggerKind, delivery::wrong_kind};
use crate::error::Result;

/// An object in a bucket was created or removed.
///
/// ```
/// use fx_runtime::event::{ObjectEvent, ObjectEventKind};
///
/// let upload: ObjectEvent = serde_json::from_str(r#"{"bucket":"inbox","key":"import/todos.csv"}"#)?;
/// assert_eq!(upload.kind, ObjectEventKind::Created);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ObjectEvent {
    /// Name of the bucket.
    pub bucket: String,
    /// Key of the object, decoded.
    pub key: String,
    /// What happened.
    pub kind: ObjectEventKind,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// Its entity tag, without quotes.
    pub etag: Option<String>,
    /// When it happened.
    pub time: Option<Timestamp>,
    /// What [`raw`](Self::raw) returns.
    #[serde(skip)]
    pub source: Payload,
}

/// What happened to an object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectEventKind {
    /// Written, copied or uploaded in parts.
    #[default]
    Created,
    /// Deleted.
    Removed,
}

impl ObjectEvent {
    /// The untouched event as the platform sent it.
    pub fn raw(&self) -> &Payload {
        &self.source
    }
}

impl Event for ObjectEvent {
    const KINDS: &'static [TriggerKind] = &[TriggerKind::Object];

    fn receive(delivery: Delivery) -> Result<Self> {
        match delivery {
            Delivery::Object(event) => Ok(event),
            other => Err(wrong_kind("ObjectEvent", &other)),
        }
    }
}
