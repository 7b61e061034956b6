//! Events: what the bodies that triggers bring mean.
//!
//! A body does not say what it is, so it is told by its members. A trigger that brings several records in one body becomes a delivery for
//! each, with a payload as if that record had come alone.

mod bus;
mod cbor;
mod cdn;
mod log;
mod mns;
mod oss;
mod tablestore;
mod timer;

use bytes::Bytes;
use fx_runtime::event::native::{Malformed, Meaning, describe, describe_bytes};
use serde_json::{Map, Value};

/// What can be told by its members; said to whoever sends something else.
pub(crate) const EXPECTED: &str = "a timer (triggerTime, triggerName), OSS or CDN (events), \
    an MNS topic (TopicName, Message, or body and attrs), a log trigger (source.logstoreName), \
    Tablestore (Version, Records; CBOR or JSON), a request of API Gateway (httpMethod, path, headers, queryParameters), \
    or an event of EventBridge (specversion), alone or in an array";

/// Tells what a body is. A topic in STREAM format sends its messages as they are: what is unknown may be one.
///
/// # Errors
/// It has the members of an event, and something else in them.
pub fn read(body: &Bytes) -> Result<Meaning, Malformed> {
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') => match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => members_of(members, body),
            Ok(Value::Array(elements)) => bus::array(elements, body),
            _ => Ok(Meaning::Unknown(describe_bytes(body))),
        },
        Some(_) if tablestore::may_be(body) => tablestore::binary(body),
        _ => Ok(Meaning::Unknown(describe_bytes(body))),
    }
}

fn members_of(members: Map<String, Value>, body: &Bytes) -> Result<Meaning, Malformed> {
    let has = |name: &str| members.contains_key(name);
    let events = match () {
        () if has("specversion") => vec![bus::single(Value::Object(members), body.clone())?],
        () if has("triggerTime") && has("triggerName") => vec![timer::read(members, body)?],
        () if oss::is(&members) => oss::read(&members, body)?,
        () if cdn::is(&members) => cdn::read(&members, body)?,
        () if has("TopicName") && has("Message") => vec![mns::topic(members, body)?],
        () if mns::is_stream(&members) => vec![mns::stream(members, body)?],
        () if log::is(&members) => vec![log::read(members, body)?],
        () if has("Version") && has("Records") => vec![tablestore::document(&Value::Object(members), body)],
        () if has("rawPath") && has("requestContext") => {
            let why = "a custom runtime gets requests as they were sent";
            return Err(Malformed::new("the event of an HTTP trigger, which only built-in runtimes get", why));
        }
        () => return Ok(Meaning::Unknown(describe(&members))),
    };
    Ok(if events.is_empty() {
        Meaning::Unknown("an event without records".to_owned())
    } else {
        Meaning::Events(events)
    })
}
