//! fx's own events in the words of the services that send them.

use base64::{Engine, prelude::BASE64_STANDARD};
use fx_provider::emulator::{LogData, MessageData, ObjectData, ObjectKind, Occurrence, TimerData, gzip};
use jiff::Timestamp;
use serde_json::{Value, json};

const APP: &str = "1250000000";

/// The event as the function gets it.
pub(super) fn event(occurrence: &Occurrence, region: &str) -> Value {
    match occurrence {
        Occurrence::Timer(timer) => tick(timer),
        Occurrence::Object(object) => cos(object, region),
        Occurrence::Message(message) if message.topic.starts_with("ckafka-") => kafka(message),
        Occurrence::Message(message) => cmq(message),
        Occurrence::Log(log) => cls(log),
    }
}

fn tick(timer: &TimerData) -> Value {
    json!({
        "Type": "Timer",
        "TriggerName": timer.name,
        "Time": timer.scheduled.unwrap_or_else(Timestamp::now).to_string(),
        "Message": timer.payload.as_deref().unwrap_or_default(),
    })
}

fn cos(object: &ObjectData, region: &str) -> Value {
    let name = match object.kind {
        ObjectKind::Created => "cos:ObjectCreated:Put",
        ObjectKind::Removed => "cos:ObjectRemove:Delete",
    };
    // Buckets are named with the account's number behind; events name them without.
    let (bucket, app) = match object.bucket.rsplit_once('-') {
        Some((bucket, app)) if app.len() >= 8 && app.bytes().all(|byte| byte.is_ascii_digit()) => (bucket, app),
        _ => (object.bucket.as_str(), APP),
    };
    json!({ "Records": [{
        "cos": {
            "cosSchemaVersion": "1.0",
            "cosObject": {
                "url": format!("http://{bucket}-{app}.cos.{region}.myqcloud.com/{}", object.key),
                "meta": { "x-cos-request-id": "EMULATED", "Content-Type": "application/octet-stream" },
                "vid": "",
                "key": format!("/{app}/{bucket}/{}", object.key),
                "size": object.size.unwrap_or_default(),
            },
            "cosBucket": { "region": region, "name": bucket, "appid": app },
            "cosNotificationId": "emulated",
        },
        "event": {
            "eventName": name,
            "eventVersion": "1.0",
            "eventTime": object.time.unwrap_or_else(Timestamp::now).as_second(),
            "eventSource": "qcs::cos",
            "requestParameters": {
                "requestSourceIP": "127.0.0.1", "requestHeaders": { "Authorization": "" },
            },
            "eventQueue": format!("qcs:0:lambda:{region}:appid/{app}:default.emulated.$LATEST"),
            "reservedInfo": "",
            "reqid": 1,
        },
    }] })
}

fn cmq(message: &MessageData) -> Value {
    let id = if message.id.is_empty() { "13510798882111490" } else { &message.id };
    json!({ "Records": [{ "CMQ": {
        "type": "topic",
        "topicOwner": APP,
        "topicName": message.topic,
        "subscriptionName": "emulated",
        "publishTime": message.time.unwrap_or_else(Timestamp::now).to_string(),
        "msgId": id,
        "requestId": "2758374289357404466",
        "msgBody": message.text(),
        "msgTag": message.tags.join(","),
    } }] })
}

/// `ckafka-<instance>-<topic>`, as f.yml has it.
fn kafka(message: &MessageData) -> Value {
    let topic = message.topic.splitn(3, '-').nth(2).unwrap_or(&message.topic);
    let key = message.attributes.get("key").map_or("None", String::as_str);
    json!({ "Records": [{ "Ckafka": {
        "topic": topic, "partition": 0, "offset": 7, "msgKey": key, "msgBody": message.text(),
    } }] })
}

fn cls(log: &LogData) -> Value {
    let lines: Vec<Value> = log
        .lines
        .iter()
        .map(|line| {
            let time = line.time.unwrap_or_else(Timestamp::now).as_microsecond().to_string();
            json!({ "timestamp": time, "content": line.message })
        })
        .collect();
    let store = log.store.as_deref().unwrap_or("emulated");
    let document = json!({ "topic_id": store, "topic_name": store, "records": lines });
    json!({ "clslogs": { "data": BASE64_STANDARD.encode(gzip(document.to_string().as_bytes())) } })
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
        assert_like("go-lib-timer.json", &tick(&TimerData::default()));
        assert_like("go-lib-cos.json", &cos(&ObjectData::default(), "ap-guangzhou"));
        assert_like("go-lib-cmq.json", &cmq(&MessageData::default()));
        assert_like("go-lib-ckafka.json", &kafka(&MessageData::default()));
    }

    #[test]
    fn a_bucket_is_named_without_the_account() {
        let object = ObjectData { bucket: "inbox-1250000001".into(), key: "a/b.csv".into(), ..ObjectData::default() };
        let record = &cos(&object, "ap-guangzhou")["Records"][0]["cos"];
        assert_eq!(record["cosBucket"], json!({ "region": "ap-guangzhou", "name": "inbox", "appid": "1250000001" }));
        assert_eq!(record["cosObject"]["key"], "/1250000001/inbox/a/b.csv");
    }
}
