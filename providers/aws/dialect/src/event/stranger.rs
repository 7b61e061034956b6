//! Events where no function takes any. They are told by their marks and not read: what reads them is not in the binary.

use std::borrow::Cow;

use fx_runtime::event::native::describe_bytes;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;

pub(super) enum Stranger {
    /// A bucket tries whether somebody is there.
    Trial,
    /// An event: whose.
    Event(Cow<'static, str>),
    /// Nothing that Lambda sends; the text says what it looks like.
    Unknown(String),
}

#[derive(Deserialize)]
struct Marks<'a> {
    #[serde(borrow, rename = "Records")]
    records: Option<Vec<Record<'a>>>,
    #[serde(borrow, rename = "Event")]
    event: Option<&'a RawValue>,
    awslogs: Option<IgnoredAny>,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
    #[serde(rename = "detail-type")]
    detail_type: Option<IgnoredAny>,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Record<'a> {
    // Topics write it with a capital letter.
    #[serde(borrow, rename = "eventSource", alias = "EventSource")]
    source: Option<&'a RawValue>,
}

pub(super) fn read(event: &[u8]) -> Stranger {
    match serde_json::from_slice::<Marks<'_>>(event) {
        Ok(marks) => marks.read(),
        Err(error) if error.is_data() => Stranger::Unknown("JSON that is no event of AWS".to_owned()),
        Err(_) => Stranger::Unknown(describe_bytes(event)),
    }
}

impl Marks<'_> {
    fn read(&self) -> Stranger {
        let known = |what: &'static str| Stranger::Event(what.into());
        if self.event.is_some_and(|event| event.get() == "\"s3:TestEvent\"") {
            return Stranger::Trial;
        }
        let first = self.records.as_ref().and_then(|records| records.first()?.source);
        match (first.map(RawValue::get), self.source.map(RawValue::get)) {
            (Some("\"aws:s3\""), _) => known("an event of S3"),
            (Some("\"aws:sqs\""), _) => known("an event of SQS"),
            (Some("\"aws:sns\""), _) => known("an event of SNS"),
            (Some("\"aws:kinesis\""), _) => known("an event of Kinesis"),
            (Some("\"aws:dynamodb\""), _) => known("an event of DynamoDB streams"),
            (None, Some("\"fx.timer\"")) => {
                Stranger::Event(format!("timer {}", self.name.map_or("without a name", RawValue::get)).into())
            }
            (None, Some(_)) if self.detail_type.is_some() => known("an event of EventBridge"),
            _ if self.awslogs.is_some() => known("an event of CloudWatch Logs"),
            _ => Stranger::Unknown("a JSON object that is no event of AWS".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(event: &[u8]) -> String {
        match read(event) {
            Stranger::Trial => "a trial".to_owned(),
            Stranger::Event(what) => what.into_owned(),
            Stranger::Unknown(looks) => format!("unknown: {looks}"),
        }
    }

    #[test]
    fn events_are_told_by_their_marks() {
        for (event, expected) in [
            (r#"{"Records":[{"eventSource":"aws:s3","s3":{}}]}"#, "an event of S3"),
            (r#"{"Records":[{"eventSource":"aws:sqs"},{"eventSource":"aws:sqs"}]}"#, "an event of SQS"),
            (r#"{"Records":[{"EventSource":"aws:sns","Sns":{}}]}"#, "an event of SNS"),
            (r#"{"Records":[{"eventSource":"aws:kinesis"}]}"#, "an event of Kinesis"),
            (r#"{"Records":[{"eventSource":"aws:dynamodb"}]}"#, "an event of DynamoDB streams"),
            (r#"{"awslogs":{"data":"x"}}"#, "an event of CloudWatch Logs"),
            (r#"{"source":"fx.timer","name":"nightly"}"#, "timer \"nightly\""),
            (r#"{"source":"aws.events","detail-type":"Scheduled Event"}"#, "an event of EventBridge"),
            (r#"{"Service":"Amazon S3","Event":"s3:TestEvent"}"#, "a trial"),
        ] {
            assert_eq!(said(event.as_bytes()), expected, "{event}");
        }
    }

    #[test]
    fn what_is_no_event_is_described() {
        assert_eq!(said(br#"{"a":1}"#), "unknown: a JSON object that is no event of AWS");
        assert_eq!(said(b"7"), "unknown: JSON that is no event of AWS");
        assert_eq!(said(b"{"), "unknown: text that is not JSON");
        assert_eq!(said(b""), "unknown: an empty body");
    }
}
