//! S3: objects created and removed.

use bytes::Bytes;
use fx_runtime::event::{
    Delivery, ObjectEvent, ObjectEventKind,
    native::{Malformed, Meaning, alone, percent_decoded, time, typed},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

const WHAT: &str = "an event of S3";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    event_name: String,
    event_time: Option<String>,
    s3: S3,
}

#[derive(Deserialize)]
struct S3 {
    bucket: Bucket,
    object: Object,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Deserialize)]
struct Object {
    key: String,
    size: Option<u64>,
    #[serde(rename = "eTag", alias = "etag")]
    etag: Option<String>,
}

pub(super) fn records(records: &[Value], body: &Bytes) -> Result<Meaning, Malformed> {
    let deliver = |value: &Value| {
        let record: Record = typed(WHAT, value.clone())?;
        let Object { key, size, etag } = record.s3.object;
        Ok(Delivery::Object(ObjectEvent {
            bucket: record.s3.bucket.name,
            key: form_decoded(&key)?,
            kind: kind(&record.event_name)?,
            size,
            etag,
            time: time(record.event_time.as_deref()),
            source: alone("Records", value, records.len(), body),
        }))
    };
    records.iter().map(deliver).collect::<Result<_, _>>().map(Meaning::Events)
}

/// The same through EventBridge, where keys come as they are.
pub(super) fn from_bus(
    detail_type: &str,
    detail: Value,
    time: Option<Timestamp>,
    body: &Bytes,
) -> Result<Delivery, Malformed> {
    let S3 { bucket, object: Object { key, size, etag } } = typed(WHAT, detail)?;
    let kind = if detail_type == "Object Deleted" { ObjectEventKind::Removed } else { ObjectEventKind::Created };
    Ok(Delivery::Object(ObjectEvent { bucket: bucket.name, key, kind, size, etag, time, source: body.clone().into() }))
}

fn kind(name: &str) -> Result<ObjectEventKind, Malformed> {
    let name = name.strip_prefix("s3:").unwrap_or(name);
    match name.split(':').next() {
        Some("ObjectCreated") => Ok(ObjectEventKind::Created),
        Some("ObjectRemoved" | "LifecycleExpiration") => Ok(ObjectEventKind::Removed),
        _ => Err(Malformed::new(WHAT, format!("`{name}` neither creates an object nor removes one"))),
    }
}

/// Keys come as a form would send them: a space is a plus sign.
fn form_decoded(key: &str) -> Result<String, Malformed> {
    let spaced = key.replace('+', " ");
    let decoded = percent_decoded(&spaced).ok_or_else(|| Malformed::new(WHAT, "the object's key is not UTF-8"))?;
    Ok(decoded.into_owned())
}
