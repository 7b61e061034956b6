//! What invokes a function, in the component's words.

use fx_build::artifact::document::{TriggerArtifact, TriggerSettings, UnitArtifact};
use fx_provider::{ManifestError, cloud_schedule, joint_cors};
use serde::Serialize;
use serde_json::{Value, json};

use super::Setting;
use crate::translate;

/// A trigger of a function.
#[derive(Debug, Serialize)]
pub(super) struct Event {
    r#type: &'static str,
    parameters: Vec<Setting>,
}

/// Seconds and megabytes after which a batch of log lines is handed over.
const LOG_WAIT: u64 = 60;
const LOG_SIZE: u64 = 100;

/// The triggers of a unit. All its routes are one trigger, the function's address. Every trigger says that it is on: without
/// the word, the component takes timers and queues for off.
pub(super) fn of(unit: &UnitArtifact, region: &str) -> Result<Vec<Event>, ManifestError> {
    let mut events = Vec::new();
    if !unit.routes.is_empty() {
        let open = json!({ "enableIntranet": false, "enableExtranet": true });
        let mut value = json!({ "name": "http", "authType": auth(unit), "netConfig": open, "enable": true });
        if let Some(cors) = cors(unit) {
            value["corsConfig"] = cors;
        }
        events.push(Event::new("http", value));
    }
    for trigger in &unit.triggers {
        events.extend(one(trigger, region)?);
    }
    Ok(events)
}

/// Who may call a unit's address: everybody, unless f.yml says something else.
pub(crate) fn auth(unit: &UnitArtifact) -> &str {
    unit.extra.get("authType").and_then(Value::as_str).unwrap_or("NONE")
}

/// The routes' `cors` in the component's words.
fn cors(unit: &UnitArtifact) -> Option<Value> {
    let everybody = ["origins", "methods", "headers"].map(|list| (list.to_owned(), json!(["*"])));
    let mut cors = joint_cors(&unit.triggers, &everybody.into_iter().collect())?;
    cors.entry("enable").or_insert(json!(true));
    Some(Value::Object(cors))
}

fn one(trigger: &TriggerArtifact, region: &str) -> Result<Vec<Event>, ManifestError> {
    let enable = trigger.enabled;
    Ok(match &trigger.kind {
        TriggerSettings::Http { .. } => Vec::new(),
        // Of a log, its topic's id is the whole address.
        TriggerSettings::Log { source, .. } => {
            let wait = trigger.extra.get("interval").and_then(Value::as_u64).unwrap_or(LOG_WAIT);
            let topic = source.clone().unwrap_or_default();
            let value = json!({ "topicId": topic, "maxWait": wait, "maxSize": LOG_SIZE, "enable": enable });
            vec![Event::new("cls", value)]
        }
        TriggerSettings::Timer { schedule, timezone, payload } => {
            let said = cloud_schedule(translate, &trigger.name, schedule, timezone.as_deref())?;
            let mut value = json!({ "name": trigger.name, "cronExpression": said.text, "enable": enable });
            if let Some(payload) = payload {
                value["argument"] = json!(payload);
            }
            vec![Event::new("timer", value)]
        }
        TriggerSettings::Object { bucket, events, prefix, suffix } => {
            let address = match bucket.contains('.') {
                true => bucket.clone(),
                false => format!("{bucket}.cos.{region}.myqcloud.com"),
            };
            let filter = json!({
                "prefix": prefix.clone().unwrap_or_default(), "suffix": suffix.clone().unwrap_or_default(),
            });
            let event = |native: &str| {
                Event::new("cos", json!({ "bucket": address, "events": native, "filter": filter, "enable": enable }))
            };
            // A trigger takes one event; several are several triggers.
            events.iter().map(|name| event(native(name))).collect()
        }
        TriggerSettings::Message { topic, tags } => vec![message(topic, tags, enable)],
    })
}

fn native(event: &str) -> &str {
    match event {
        "created" => "cos:ObjectCreated:*",
        "removed" => "cos:ObjectRemove:*",
        own => own,
    }
}

/// `ckafka-<instance>-<topic>` is a topic of a CKafka instance, everything else one of CMQ.
fn message(topic: &str, tags: &[String], enable: bool) -> Event {
    match topic.strip_prefix("ckafka-").and_then(|rest| rest.split_once('-')) {
        Some((instance, topic)) => Event::new(
            "ckafka",
            json!({
                "name": format!("ckafka-{instance}-{topic}"),
                "instanceId": format!("ckafka-{instance}"),
                "topic": topic,
                "maxMsgNum": 100,
                "offset": "latest",
                "retry": 10_000,
                "timeout": 60,
                "enable": enable,
            }),
        ),
        None => Event::new("cmq", json!({ "name": topic, "filterType": 1, "filterKey": tags, "enable": enable })),
    }
}

impl Event {
    /// On `$DEFAULT`, the alias that follows the latest version until somebody moves it.
    fn new(kind: &'static str, parameters: Value) -> Self {
        let mut settings = vec![Setting { name: "qualifier".into(), value: json!("$DEFAULT") }];
        if let Value::Object(map) = parameters {
            settings.extend(map.into_iter().map(|(name, value)| Setting { name, value }));
        }
        Self { r#type: kind, parameters: settings }
    }
}
