//! The COS trigger.

use fx_runtime::event::{
    Delivery, ObjectEvent, ObjectEventKind, Payload,
    native::{Malformed, percent_decoded, typed},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

const WHAT: &str = "a record of COS";

#[derive(Deserialize)]
struct Record {
    cos: Cos,
    event: Event,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cos {
    cos_object: Object,
    cos_bucket: Bucket,
}

#[derive(Deserialize)]
struct Object {
    key: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    size: Option<u64>,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
    #[serde(default)]
    appid: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_name: String,
    /// Seconds.
    #[serde(default)]
    event_time: Option<i64>,
}

pub(super) fn read(record: &Value, source: Payload) -> Result<Delivery, Malformed> {
    let Record { cos: Cos { cos_object: object, cos_bucket: bucket }, event } = typed(WHAT, record.clone())?;
    let kind = match () {
        () if event.event_name.contains("Created") => ObjectEventKind::Created,
        () if event.event_name.contains("Remove") => ObjectEventKind::Removed,
        () => {
            let why = format!("`{}` is neither the creation nor the removal of an object", event.event_name);
            return Err(Malformed::new(WHAT, why));
        }
    };
    Ok(Delivery::Object(ObjectEvent {
        key: key(&object, &bucket),
        // The name a bucket has everywhere else.
        bucket: if bucket.appid.is_empty() { bucket.name } else { format!("{}-{}", bucket.name, bucket.appid) },
        kind,
        size: object.size,
        etag: None,
        time: event.event_time.and_then(|time| Timestamp::from_second(time).ok()),
        source,
    }))
}

/// `/APPID/BUCKET/the/key`, percent-encoded or not: it is, if the object's address, which always is, has it in the same spelling.
fn key(object: &Object, bucket: &Bucket) -> String {
    let own = |rest: &'_ str| -> Option<String> {
        let rest = rest.strip_prefix('/')?.strip_prefix(bucket.appid.as_str())?;
        let rest = rest.strip_prefix('/')?.strip_prefix(bucket.name.as_str())?.strip_prefix('/')?;
        Some(rest.to_owned())
    };
    let key = own(&object.key).unwrap_or_else(|| object.key.clone());
    let address = object.url.split_once("://").and_then(|(_, address)| address.split_once('/'));
    match percent_decoded(&key) {
        Some(decoded) if address.is_some_and(|(_, path)| path == key) => decoded.into_owned(),
        _ => key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_what_follows_the_bucket_decoded_if_it_is_encoded() {
        let key = |text: &str, path: &str| {
            let object = Object { key: text.into(), url: format!("http://b-1.cos.x/{path}"), size: None };
            key(&object, &Bucket { name: "b".into(), appid: "1".into() })
        };
        assert_eq!(key("/1/b/in/a.csv", "in/a.csv"), "in/a.csv");
        assert_eq!(key("/1/b/a b", "a%20b"), "a b");
        assert_eq!(key("/1/b/a%20b", "a%20b"), "a b");
        assert_eq!(key("/1/b/a%20b", "a%2520b"), "a%20b");
        assert_eq!(key("/1/b//1/b/x", "/1/b/x"), "/1/b/x");
        assert_eq!(key("/2/c/x", "x"), "/2/c/x");
    }
}
