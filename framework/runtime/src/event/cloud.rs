//! [`CloudEvent`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Delivery, Event, Payload, TriggerKind};
use crate::error::{Error, Result};

/// Any event in the form of CloudEvents 1.0, for functions that take what an event bus brings.
///
/// ```
/// use fx_runtime::event::CloudEvent;
///
/// let event: CloudEvent = serde_json::from_str(r#"{"id":"1","source":"/shop","type":"order.paid","data":{"total":9}}"#)?;
/// assert_eq!((event.kind.as_str(), &event.data["total"]), ("order.paid", &9.into()));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct CloudEvent {
    /// Unique within its source.
    pub id: String,
    /// Where it happened.
    pub source: String,
    /// Its `type`: what happened.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it happened to, within the source.
    #[serde(default)]
    pub subject: Option<String>,
    /// When it happened.
    #[serde(default, deserialize_with = "time")]
    pub time: Option<Timestamp>,
    /// Media type of the data.
    #[serde(default)]
    pub datacontenttype: Option<String>,
    /// The rest of what is known.
    #[serde(default)]
    pub data: Value,
    /// Every further attribute.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, Value>,
    /// What [`raw`](Self::raw) returns.
    #[serde(skip)]
    pub payload: Payload,
}

impl CloudEvent {
    /// The untouched event as the platform sent it.
    pub fn raw(&self) -> &Payload {
        &self.payload
    }
}

impl Event for CloudEvent {
    const KINDS: &'static [TriggerKind] = TriggerKind::ALL;

    fn receive(delivery: Delivery) -> Result<Self> {
        match delivery {
            Delivery::Cloud(_, event) => Ok(event),
            // What the platform sent is the event; or an event bus delivers through a queue, and the message's body is the event.
            Delivery::Message(message) => {
                let sent = read(&message.source, message.source.clone());
                sent.or_else(|_| read(&message.body, message.source))
            }
            other => read(other.source(), other.source().clone()),
        }
    }
}

/// As CloudEvents has it, or as milliseconds, which some event buses send. What is neither says nothing.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<Timestamp>, D::Error> {
    let time = Value::deserialize(deserializer)?;
    Ok(match time.as_i64().or_else(|| time.as_str()?.parse().ok()) {
        Some(millis) => Timestamp::from_millisecond(millis).ok(),
        None => time.as_str().and_then(|time| time.parse().ok()),
    })
}

fn read(form: &Payload, source: Payload) -> Result<CloudEvent> {
    match form.json::<CloudEvent>() {
        Ok(event) => Ok(CloudEvent { payload: source, ..event }),
        Err(error) => Err(Error::unprocessable(format!("this is not a CloudEvent: {error}"))),
    }
}
