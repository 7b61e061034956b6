//! Events: what the platform's triggers bring.
//!
//! An event does not say what it is, so it is told by its members. Several records in one event become a delivery for each, with a payload
//! as if that record had come alone.

mod bus;
mod cls;
mod media;
mod queue;
mod storage;
mod timer;

use bytes::Bytes;
use fx_runtime::event::{
    Delivery,
    native::{Malformed, Meaning, describe, describe_bytes},
};
use serde_json::{Map, Value};

/// What can be told by its members; said to whoever sends something else.
pub(crate) const EXPECTED: &str = "a request (httpMethod, path), a timer (Type), records of COS, CKafka or CMQ (Records), \
    logs (clslogs), an event of EventBridge (specversion), of MPS (EventType) or CLB (payload, headers)";

/// How an event calls a topic that f.yml calls so: `ckafka-INSTANCE-TOPIC` is the topic of a CKafka instance, of which its records say
/// nothing.
pub fn topic(written: &'static str) -> &'static str {
    let of_an_instance = written.strip_prefix("ckafka-").and_then(|rest| rest.split_once('-'));
    of_an_instance.map_or(written, |(_, topic)| topic)
}

/// Tells what an event is, HTTP aside.
///
/// # Errors
/// It has the members of an event, and something else in them.
pub fn read(body: &Bytes) -> Result<Meaning, Malformed> {
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return Ok(Meaning::Unknown(describe_bytes(body))) };
    let Value::Object(members) = value else { return Ok(Meaning::Unknown("JSON that is not an object".to_owned())) };
    let has = |name: &str| members.contains_key(name);
    let one = match () {
        () if members.get("Type").is_some_and(|kind| kind == "Timer") => timer::read(members, body)?,
        () if has("Records") => return records(&members, body),
        () if has("clslogs") => cls::read(members, body)?,
        () if has("specversion") => bus::read(members, body)?,
        () if has("EventType") => media::workflow(&members, body),
        () if has("payload") && members.get("headers").is_some_and(Value::is_object) => media::balancer(members, body),
        () => return Ok(Meaning::Unknown(describe(&members))),
    };
    Ok(Meaning::Events(vec![one]))
}

fn records(members: &Map<String, Value>, body: &Bytes) -> Result<Meaning, Malformed> {
    let records = members.get("Records").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut events: Vec<Delivery> = Vec::with_capacity(records.len());
    for record in records {
        let source = fx_runtime::event::native::alone("Records", record, records.len(), body);
        events.push(match () {
            () if record.get("cos").is_some() => storage::read(record, source)?,
            () if record.get("Ckafka").is_some() => queue::kafka(record, source)?,
            () if record.get("CMQ").is_some() => queue::cmq(record, source)?,
            () => return Ok(Meaning::Unknown("Records that are not of COS, CKafka or CMQ".to_owned())),
        });
    }
    Ok(if events.is_empty() {
        Meaning::Unknown("Records without a record".to_owned())
    } else {
        Meaning::Events(events)
    })
}
