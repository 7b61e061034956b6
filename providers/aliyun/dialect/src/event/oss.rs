//! The OSS trigger, and OSS through EventBridge.

use bytes::Bytes;
use fx_runtime::event::{
    Delivery, ObjectEvent, ObjectEventKind, Payload,
    native::{Malformed, alone, time, typed},
};
use serde::Deserialize;
use serde_json::{Map, Value};

const WHAT: &str = "an event of OSS";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_name: String,
    #[serde(default)]
    event_time: Option<String>,
    oss: Oss,
}

#[derive(Deserialize)]
struct Oss {
    bucket: Bucket,
    object: Object,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    key: String,
    #[serde(default)]
    size: Option<u64>,
    #[serde(default)]
    e_tag: Option<String>,
}

pub(super) fn is(members: &Map<String, Value>) -> bool {
    let first = members.get("events").and_then(|events| events.get(0));
    first.is_some_and(|event| event.get("oss").is_some() || event["eventSource"] == "acs:oss")
}

pub(super) fn read(members: &Map<String, Value>, body: &Bytes) -> Result<Vec<Delivery>, Malformed> {
    let events = members.get("events").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let deliver = |event: &Value| record(event.clone(), alone("events", event, events.len(), body));
    events.iter().map(deliver).collect()
}

/// One object's event; on the bus it is the `data`.
pub(super) fn record(event: Value, source: Payload) -> Result<Delivery, Malformed> {
    let Record { event_name, event_time, oss } = typed(WHAT, event)?;
    let Some(kind) = kind(&event_name) else {
        let why = format!("`{event_name}` is neither the creation nor the removal of an object");
        return Err(Malformed::new(WHAT, why));
    };
    Ok(Delivery::Object(ObjectEvent {
        bucket: oss.bucket.name,
        key: decoded(oss.object.key),
        kind,
        size: oss.object.size,
        etag: oss.object.e_tag.map(|etag| etag.trim_matches('"').to_owned()).filter(|etag| !etag.is_empty()),
        time: time(event_time.as_deref()),
        source,
    }))
}

/// `ObjectCreated:PutObject`, `ObjectRemoved:DeleteObject`, `ObjectReplication:ObjectRemoved`, …
fn kind(name: &str) -> Option<ObjectEventKind> {
    let says = |word| name.contains(word);
    if says("Removed") || says("Delete") {
        Some(ObjectEventKind::Removed)
    } else if says("Created") || says("Modified") {
        Some(ObjectEventKind::Created)
    } else {
        None
    }
}

/// Keys arrive percent-encoded, or they do not. A key that holds nothing but what an encoded one can, and an escape, is one.
fn decoded(key: String) -> String {
    let bytes = key.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        if byte == b'%' {
            let (Some(high), Some(low)) = (digit(bytes, index + 1), digit(bytes, index + 2)) else { return key };
            plain.push(high * 16 + low);
            index += 3;
        } else if byte.is_ascii_graphic() {
            plain.push(byte);
            index += 1;
        } else {
            return key;
        }
    }
    String::from_utf8(plain).unwrap_or(key)
}

fn digit(bytes: &[u8], index: usize) -> Option<u8> {
    // A hexadecimal digit is below 16.
    char::from(*bytes.get(index)?).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_decoded_only_if_it_is_encoded() {
        for (key, expected) in [
            ("image/a.jpg", "image/a.jpg"),
            ("in%2Fa%20b.csv", "in/a b.csv"),
            ("%E4%BD%A0%E5%A5%BD.txt", "你好.txt"),
            ("a+b.txt", "a+b.txt"),
            // Not an escape, so nobody encoded it.
            ("100%.txt", "100%.txt"),
            ("50%zz", "50%zz"),
            // An encoded key has no spaces and no letters outside of ASCII.
            ("a b%20c", "a b%20c"),
            ("你%20好", "你%20好"),
            // Not UTF-8 once decoded.
            ("%FF", "%FF"),
        ] {
            assert_eq!(decoded(key.to_owned()), expected);
        }
    }

    #[test]
    fn what_happened_is_in_the_name() {
        assert_eq!(kind("ObjectCreated:CompleteMultipartUpload"), Some(ObjectEventKind::Created));
        assert_eq!(kind("ObjectRemoved:DeleteObjects"), Some(ObjectEventKind::Removed));
        assert_eq!(kind("ObjectReplication:ObjectRemoved"), Some(ObjectEventKind::Removed));
        assert_eq!(kind("ObjectDownloaded:GetObject"), None);
    }
}
