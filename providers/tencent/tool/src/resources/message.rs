//! Topics: of CKafka, and of CMQ.

use fx_deploy::{Fields, Value as Setting};
use serde_json::{Value, json};

use super::trigger::{ENABLED, Shape};
use crate::api::TriggerInfo;

/// Messages handed over at once at most, how often a batch that fails is tried again, and seconds until a small one is handed over.
const BATCH: u32 = 100;
const RETRIES: u32 = 10_000;
const WAIT: u32 = 60;
/// The setting that is the tags that are let through.
const TAGS: &str = "tags";

/// A topic whose messages call a function.
pub(crate) struct Message;

/// Whether a topic is one of a CKafka instance, `ckafka-<instance>-<topic>`; every other one is CMQ's.
fn is_kafka(topic: &str) -> bool {
    topic.strip_prefix("ckafka-").is_some_and(|rest| rest.contains('-'))
}

impl Message {
    /// A topic, and the tags of the messages that are wanted.
    pub fn desired(topic: &str, tags: &[String], enabled: bool) -> Fields {
        let fields = Fields::new().plain(ENABLED, enabled.to_string());
        if is_kafka(topic) {
            let numbers = [("maxMsgNum", BATCH), ("retry", RETRIES), ("timeOut", WAIT)];
            return numbers.into_iter().fold(fields, |fields, (name, number)| fields.plain(name, number.to_string()));
        }
        match tags {
            [] => fields,
            tags => fields.plain(TAGS, tags.join(", ")),
        }
    }
}

impl Shape for Message {
    const KIND: &'static str = "message";

    /// CMQ's triggers can only be made and deleted. Where one is turned on or off, no message gets lost in between: on one side of
    /// the change none was let through.
    fn fixed(topic: &str) -> &'static [&'static str] {
        if is_kafka(topic) { &[] } else { &[TAGS, ENABLED] }
    }

    fn wire_type(topic: &str) -> &'static str {
        if is_kafka(topic) { "ckafka" } else { "cmq" }
    }

    fn read(trigger: &TriggerInfo) -> Fields {
        let said: Value = serde_json::from_str(&trigger.trigger_desc).unwrap_or_default();
        let mut fields = Fields::new();
        // Numbers come back as they were sent or as text.
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if trigger.kind == "ckafka" {
            for name in ["maxMsgNum", "retry", "timeOut"] {
                fields.set(name, Setting::plain(text(&said[name])));
            }
            return fields;
        }
        let tags: Vec<String> = said["filterKey"].as_array().into_iter().flatten().map(text).collect();
        if !tags.is_empty() {
            fields.set(TAGS, Setting::plain(tags.join(", ")));
        }
        fields
    }

    fn write(wanted: &Fields, topic: &str) -> (String, Option<String>) {
        let said = if is_kafka(topic) {
            // Where it begins matters only when it is made: it reads on from there.
            json!({ "maxMsgNum": BATCH, "offset": "latest", "retry": RETRIES, "timeOut": WAIT })
        } else {
            let tags: Vec<&str> = wanted.text(TAGS).map(|tags| tags.split(", ").collect()).unwrap_or_default();
            json!({ "filterType": 1, "filterKey": tags })
        };
        (said.to_string(), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &str, said: &str) -> Fields {
        let text = json!({ "TriggerName": "t", "Type": kind, "TriggerDesc": said, "Enable": 1 });
        Message::read(&serde_json::from_value(text).unwrap()).plain("enabled", "true")
    }

    #[test]
    fn what_is_sent_comes_back_the_same() {
        for (kind, topic, tags) in [("ckafka", "ckafka-1-orders", vec![]), ("cmq", "orders", vec!["new".to_owned()])] {
            assert_eq!(Message::wire_type(topic), kind);
            let wanted = Message::desired(topic, &tags, true);
            let (said, _) = Message::write(&wanted, topic);
            assert!(read(kind, &said).changes_to(&wanted).is_empty(), "{said}");
        }
        assert_eq!(Message::wire_type("ckafka-orders"), "cmq");
    }
}
