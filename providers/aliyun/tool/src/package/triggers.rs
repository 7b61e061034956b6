//! What invokes a function, in fc3's words.

use fx_build::artifact::document::{TriggerArtifact, TriggerSettings, UnitArtifact};
use fx_provider::{ManifestError, cloud_schedule, joint_cors};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Setting, all_methods};
use crate::translate;

/// A trigger of a function.
#[derive(Debug, Serialize)]
pub(crate) struct Trigger {
    pub name: String,
    pub r#type: &'static str,
    /// None or one: what the events come from.
    pub arn: Vec<String>,
    /// None or one: as whom the source calls.
    pub role: Vec<String>,
    pub config: Vec<Setting>,
}

/// Seconds between two batches of log lines, and how often a failed one is tried again, as Midway has them.
const LOG_INTERVAL: u64 = 30;
const LOG_RETRIES: u64 = 1;

/// The triggers of a unit, in a region and of an account. All its routes are one trigger: a function takes requests on every path or on none.
pub(crate) fn of(unit: &UnitArtifact, region: &str, account: &str) -> Result<Vec<Trigger>, ManifestError> {
    let mut triggers = Vec::new();
    if !unit.routes.is_empty() {
        // What no route takes, the service refuses in the words it has everywhere; the platform would say 403.
        let mut value = json!({ "authType": auth(unit), "disableURLInternet": false, "methods": all_methods() });
        if let Some(cors) = cors(unit) {
            value["corsConfig"] = cors;
        }
        triggers.push(Trigger::new("http", "http", value));
    }
    for trigger in &unit.triggers {
        triggers.extend(one(trigger, region, account)?);
    }
    Ok(triggers)
}

/// Who may call a unit's routes: everybody, unless f.yml says something else.
fn auth(unit: &UnitArtifact) -> &str {
    said_auth(unit).unwrap_or("anonymous")
}

/// The same, if f.yml says it.
pub(crate) fn said_auth(unit: &UnitArtifact) -> Option<&str> {
    unit.extra.get("authType").and_then(Value::as_str)
}

/// The routes' `cors` in the platform's words.
fn cors(unit: &UnitArtifact) -> Option<Value> {
    let everybody = ["allowOrigins", "allowMethods", "allowHeaders"].map(|list| (list.to_owned(), json!(["*"])));
    joint_cors(&unit.triggers, &everybody.into_iter().collect()).map(Value::Object)
}

fn one(trigger: &TriggerArtifact, region: &str, account: &str) -> Result<Option<Trigger>, ManifestError> {
    let name = trigger.name.as_str();
    let number = |key: &str, otherwise: u64| trigger.extra.get(key).and_then(Value::as_u64).unwrap_or(otherwise);
    Ok(match &trigger.kind {
        TriggerSettings::Http { .. } => None,
        TriggerSettings::Timer { schedule, timezone, payload } => {
            let said = cloud_schedule(translate, name, schedule, timezone.as_deref())?;
            let mut value = json!({ "cronExpression": said.text, "enable": trigger.enabled });
            if let Some(payload) = payload {
                value["payload"] = json!(payload);
            }
            Some(Trigger::new(name, "timer", value))
        }
        TriggerSettings::Object { bucket, events, prefix, suffix } => {
            let (prefix, suffix) = (prefix.clone().unwrap_or_default(), suffix.clone().unwrap_or_default());
            let value =
                json!({ "events": native(events), "filter": { "key": { "prefix": prefix, "suffix": suffix } } });
            let arn = format!("acs:oss:{region}:{account}:{bucket}");
            Some(Trigger::new(name, "oss", value).from(arn, trigger, account, "aliyunosseventnotificationrole"))
        }
        TriggerSettings::Message { topic, tags } => {
            let mut value = json!({ "notifyContentFormat": "JSON", "notifyStrategy": strategy(trigger) });
            if !tags.is_empty() {
                value["filterTag"] = json!(tags.join(","));
            }
            let arn = format!("acs:mns:{region}:{account}:/topics/{topic}");
            Some(Trigger::new(name, "mns_topic", value).from(arn, trigger, account, "aliyunmnsnotificationrole"))
        }
        TriggerSettings::Log { source, project, log } => {
            let project = project.clone().unwrap_or_default();
            let source = source.clone().unwrap_or_default();
            let value = json!({
                "enable": trigger.enabled,
                "sourceConfig": { "logstore": source },
                "jobConfig": {
                    "triggerInterval": number("interval", LOG_INTERVAL), "maxRetryTime": number("retryTime", LOG_RETRIES),
                },
                "logConfig": { "project": project, "logstore": log.clone().unwrap_or_default() },
                "functionParameter": {},
            });
            let arn = format!("acs:log:{region}:{account}:project/{project}");
            Some(Trigger::new(name, "log", value).from(arn, trigger, account, "aliyunlogetlrole"))
        }
    })
}

fn native(events: &[String]) -> Vec<&str> {
    let mut native = Vec::new();
    for event in events {
        match event.as_str() {
            "created" => native.push("oss:ObjectCreated:*"),
            // fc3 knows no word for every way to remove an object.
            "removed" => native.extend(["oss:ObjectRemoved:DeleteObject", "oss:ObjectRemoved:DeleteObjects"]),
            own => native.push(own),
        }
    }
    native
}

fn strategy(trigger: &TriggerArtifact) -> Value {
    trigger.extra.get("strategy").cloned().unwrap_or_else(|| json!("BACKOFF_RETRY"))
}

impl Trigger {
    fn new(name: &str, kind: &'static str, config: Value) -> Self {
        let config = match config {
            Value::Object(map) => map.into_iter().map(|(name, value)| Setting { name, value }).collect(),
            _ => Vec::new(),
        };
        Self { name: name.into(), r#type: kind, arn: Vec::new(), role: Vec::new(), config }
    }

    /// Where the events come from, and the role that brings them: f.yml's, else the one the console makes.
    fn from(mut self, arn: String, trigger: &TriggerArtifact, account: &str, role: &str) -> Self {
        let said = trigger.extra.get("role").and_then(Value::as_str);
        let role = said.map_or_else(|| format!("acs:ram::{account}:role/{role}"), str::to_owned);
        self.arn.push(arn);
        self.role.push(role);
        self
    }
}
