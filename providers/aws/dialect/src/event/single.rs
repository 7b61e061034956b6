//! Events that succeed or fail as a whole.

use bytes::Bytes;
use fx_runtime::event::{
    CloudEvent, Delivery, Timer, TriggerKind,
    native::{Malformed, Meaning, describe, describe_bytes, time},
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{last_part, logs, message, object};

pub(super) enum Single {
    /// Something to say yes to, and no more.
    Nothing,
    Meaning(Result<Meaning, Malformed>),
    /// Nothing that Lambda sends; the text says what it looks like.
    Unknown(String),
}

pub(super) fn read(document: Option<Value>, body: &Bytes) -> Single {
    let Some(document) = document else { return Single::Unknown(describe_bytes(body)) };
    let Value::Object(members) = document else {
        let what = if document.is_null() { "null".to_owned() } else { format!("the JSON value {}", short(&document)) };
        return Single::Unknown(what);
    };
    if members.get("Event").is_some_and(|event| event == "s3:TestEvent") {
        return Single::Nothing;
    }
    if let Some(Value::Array(records)) = members.get("Records") {
        return match records.first() {
            Some(record) if record.get("s3").is_some() => Single::Meaning(object::records(records, body)),
            Some(record) if record.get("Sns").is_some() => Single::Meaning(message::topic(records, body)),
            _ => Single::Unknown(describe(&members)),
        };
    }
    if let Some(data) = members.get("awslogs").and_then(|logs| logs.get("data")) {
        return match logs::batch(data, body) {
            Ok(None) => Single::Nothing,
            Ok(Some(batch)) => Single::Meaning(Ok(Meaning::Events(vec![Delivery::Log(batch)]))),
            Err(malformed) => Single::Meaning(Err(malformed)),
        };
    }
    match members.get("source").and_then(Value::as_str) {
        Some("fx.timer") => Single::Meaning(own_timer(members, body)),
        Some(_) if members.contains_key("detail-type") => Single::Meaning(bus(members, body)),
        _ => Single::Unknown(describe(&members)),
    }
}

fn short(value: &Value) -> String {
    let text: String = value.to_string().chars().take(40).collect();
    format!("`{text}`")
}

/// What the schedules that fx makes send: they know the trigger's name, which a plain schedule does not.
fn own_timer(members: Map<String, Value>, body: &Bytes) -> Result<Meaning, Malformed> {
    #[derive(Deserialize)]
    struct Own {
        name: String,
        time: Option<String>,
        payload: Option<String>,
    }
    let own: Own = fx_runtime::event::native::typed("a timer's event", members)?;
    let scheduled = time(own.time.as_deref());
    let timer = Timer { name: own.name, scheduled, payload: own.payload, source: body.clone().into() };
    Ok(Meaning::Events(vec![Delivery::Timer(timer)]))
}

#[derive(Deserialize)]
struct Bus {
    #[serde(default)]
    id: String,
    #[serde(rename = "detail-type")]
    detail_type: String,
    source: String,
    account: Option<String>,
    time: Option<String>,
    region: Option<String>,
    #[serde(default)]
    resources: Vec<String>,
    #[serde(default)]
    detail: Value,
}

/// EventBridge: a schedule, what happened in a bucket, or anything.
fn bus(members: Map<String, Value>, body: &Bytes) -> Result<Meaning, Malformed> {
    let event: Bus = fx_runtime::event::native::typed("an EventBridge event", members)?;
    let scheduled = time(event.time.as_deref());
    let delivery = match (event.source.as_str(), event.detail_type.as_str()) {
        ("aws.events", "Scheduled Event") => {
            let name = event.resources.first().map(|arn| last_part(arn).to_owned()).unwrap_or_default();
            Delivery::Timer(Timer { name, scheduled, payload: None, source: body.clone().into() })
        }
        ("aws.s3", "Object Created" | "Object Deleted") => {
            object::from_bus(&event.detail_type, event.detail, scheduled, body)?
        }
        _ => {
            let extensions = [("account", event.account), ("region", event.region)];
            let extensions = extensions.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
            let event = CloudEvent {
                id: event.id,
                source: event.source,
                kind: event.detail_type,
                subject: event.resources.into_iter().next(),
                time: scheduled,
                datacontenttype: None,
                data: event.detail,
                extensions: extensions.collect(),
                payload: body.clone().into(),
            };
            Delivery::Cloud(TriggerKind::Message, event)
        }
    };
    Ok(Meaning::Events(vec![delivery]))
}
