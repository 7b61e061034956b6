//! fx's own events in the words of the services that send them.

use fx_provider::{
    deploy::Place,
    emulator::{Failure, LogData, MessageData, ObjectData, ObjectKind, Occurrence, Sender, Sent, TimerData},
};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The triggers of Function Compute. A request reaches a function as it is.
pub(crate) struct Triggers;

impl Sender for Triggers {
    fn event(&self, occurrence: &Occurrence, place: &Place) -> Result<Sent, Failure> {
        Ok(Sent::from(match occurrence {
            Occurrence::Timer(timer) => tick(timer),
            Occurrence::Object(object) => oss(object, place),
            Occurrence::Message(message) => mns(message, &place.account),
            Occurrence::Log(log) => sls(log, &place.region)?,
        }))
    }
}

fn tick(timer: &TimerData) -> Value {
    json!({
        "triggerTime": timer.scheduled.unwrap_or_else(Timestamp::now).to_string(),
        "triggerName": timer.name,
        "payload": timer.payload.as_deref().unwrap_or_default(),
    })
}

fn oss(object: &ObjectData, place: &Place) -> Value {
    let Place { account, region } = place;
    let name = match object.kind {
        ObjectKind::Created => "ObjectCreated:PutObject",
        ObjectKind::Removed => "ObjectRemoved:DeleteObject",
    };
    let size = object.size.unwrap_or_default();
    json!({ "events": [{
        "eventName": name,
        "eventSource": "acs:oss",
        "eventTime": object.time.unwrap_or_else(Timestamp::now).to_string(),
        "eventVersion": "1.0",
        "region": region,
        "oss": {
            "bucket": {
                "arn": format!("acs:oss:{region}:{account}:{}", object.bucket),
                "name": object.bucket,
                "ownerIdentity": account,
                "virtualBucket": "",
            },
            "object": {
                "key": object.key,
                "size": size,
                "deltaSize": size,
                "eTag": object.etag.as_deref().unwrap_or_default(),
            },
            "ossSchemaVersion": "1.0",
            "ruleId": "emulated",
        },
        "requestParameters": { "sourceIPAddress": "127.0.0.1" },
        "responseElements": { "requestId": "EMULATED" },
        "userIdentity": { "principalId": account },
    }] })
}

/// A topic of MNS in JSON format, as the triggers that fx makes have it.
fn mns(message: &MessageData, account: &str) -> Value {
    let mut event = json!({
        "TopicOwner": account,
        "Message": message.text(),
        "Subscriber": account,
        "PublishTime": message.time.unwrap_or_else(Timestamp::now).as_millisecond(),
        "SubscriptionName": "emulated",
        "MessageMD5": "",
        "TopicName": message.topic,
        "MessageId": if message.id.is_empty() { "2F5B3C281B283D4EAC694B7425280000" } else { &message.id },
    });
    for (name, value) in &message.attributes {
        event[name] = value.as_str().into();
    }
    if let Some(tag) = message.tags.first() {
        event["MessageTag"] = tag.as_str().into();
    }
    event
}

fn sls(log: &LogData, region: &str) -> Result<Value, Failure> {
    if !log.lines.is_empty() {
        let message = "SLS sends no lines, only where they are (source.beginCursor); leave out `lines`";
        return Err(Failure::new("BadEvent", message));
    }
    Ok(json!({
        "parameter": {},
        "source": {
            "endpoint": format!("http://{region}-intranet.log.aliyuncs.com"),
            "projectName": log.project.as_deref().unwrap_or("emulated"),
            "logstoreName": log.store.as_deref().unwrap_or("emulated"),
            "shardId": 0,
            "beginCursor": "MTUyOTQ4MDIwOTY1NTk3ODQ2Mw==",
            "endCursor": "MTUyOTQ4MDIwOTY1NTk3ODQ2NA==",
        },
        "jobName": "emulated",
        "taskId": "emulated",
        "cursorTime": Timestamp::now().as_second(),
    }))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn members(value: &Value, at: &str, into: &mut Vec<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(name, value)| members(value, &format!("{at}.{name}"), into)),
            Value::Array(list) => list.iter().for_each(|value| members(value, at, into)),
            _ => into.push(at.to_owned()),
        }
    }

    /// Every member that the published example has, ours has too.
    fn assert_like(published: &str, ours: &Value) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dialect/tests/fixtures").join(published);
        let published: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let (mut theirs, mut own) = (Vec::new(), Vec::new());
        members(&published, "", &mut theirs);
        members(ours, "", &mut own);
        let missing: Vec<_> = theirs.iter().filter(|member| !own.contains(member)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn events_have_the_shape_that_is_published() {
        assert_like("timer.json", &tick(&TimerData::default()));
        let place = Place { account: "1234567890123456".into(), region: "cn-hangzhou".into() };
        assert_like("oss-fc3.json", &oss(&ObjectData::default(), &place));
        assert_like("mns-topic-json.json", &mns(&MessageData::default(), &place.account));
        assert_like("sls-fc3.json", &sls(&LogData::default(), "cn-hangzhou").unwrap());
    }
}
