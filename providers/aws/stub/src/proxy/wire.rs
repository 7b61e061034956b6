//! Which operation a call of S3 or of EventBridge Scheduler is: they have no name, and no version in their paths as Lambda's have.

use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};

/// A call of either, its name and its body; `None`: it is another service's.
pub fn describe(method: &Method, path: &str, query: &str, body: &Bytes) -> Option<(String, Value)> {
    let (bucket, key) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
    if bucket.is_empty() || bucket.starts_with("20") {
        return None;
    }
    if bucket == "schedules" {
        let operation = match *method {
            Method::GET if key.is_empty() => "ListSchedules",
            Method::GET => "GetSchedule",
            Method::POST => "CreateSchedule",
            Method::PUT => "UpdateSchedule",
            _ => "DeleteSchedule",
        };
        let body = serde_json::from_slice(body).unwrap_or_default();
        return Some((format!("{operation} {key}"), body));
    }
    let operation = match (method, key, query.trim_end_matches('=')) {
        (&Method::GET, "", "notification") => "GetBucketNotificationConfiguration",
        (&Method::PUT, "", "notification") => "PutBucketNotificationConfiguration",
        (&Method::HEAD, "", "") => "HeadBucket",
        (&Method::PUT, "", "") => "CreateBucket",
        (&Method::GET, "", query) if query.contains("prefix") => "ListObjects",
        (&Method::POST, "", "delete") => "DeleteObjects",
        (&Method::PUT, _, "") => "PutObject",
        (&Method::GET, _, "") => "GetObject",
        (&Method::DELETE, "", "") => "DeleteBucket",
        (&Method::DELETE, _, "") => "DeleteObject",
        _ => return None,
    };
    // The action is what says that failures are in XML.
    let body = json!({ "Action": operation, "text": String::from_utf8_lossy(body) });
    let subject = if key.is_empty() { bucket.to_owned() } else { format!("{bucket}/{key}") };
    Some((format!("{operation} {subject}"), body))
}
