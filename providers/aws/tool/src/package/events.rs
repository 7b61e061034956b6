//! What invokes a function, in SAM's words.

use fx_build::artifact::document::{TriggerArtifact, TriggerSettings, UnitArtifact};
use fx_provider::{ManifestError, cloud_schedule};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Names, Setting, routes::ApiRoute};
use crate::translate;

/// An event of a function.
#[derive(Debug, Serialize)]
pub(super) struct Event {
    id: String,
    r#type: &'static str,
    properties: Vec<Setting>,
}

/// A bucket or a queue of the template.
#[derive(Debug, Serialize)]
pub(super) struct Resource {
    id: String,
    name: String,
    /// Seconds for which a message that was taken is hidden from others.
    visibility: u32,
}

/// What the events so far need beside the functions.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// The routes of the API that joins the functions; without one the function with routes has an address of its own.
    pub routes: Option<Vec<ApiRoute>>,
    pub buckets: Vec<Resource>,
    pub queues: Vec<Resource>,
}

impl Events {
    pub fn new(routes: Option<Vec<ApiRoute>>) -> Self {
        Self { routes, ..Self::default() }
    }

    /// The events of a unit.
    pub fn of(&mut self, unit: &UnitArtifact) -> Result<Vec<Event>, ManifestError> {
        let mut names = Names::default();
        let mut events = Vec::new();
        for route in self.routes.iter().flatten().filter(|route| route.unit == unit.name) {
            let properties = properties(json!({
                "ApiId": { "Ref": "Api" }, "Method": route.method, "Path": route.path, "PayloadFormatVersion": "2.0",
            }));
            events.push(Event { id: names.take("Route"), r#type: "HttpApi", properties });
        }
        for trigger in &unit.triggers {
            if let Some((kind, value)) = self.event(unit, trigger)? {
                let properties = properties(value);
                events.push(Event { id: names.take(&trigger.name), r#type: kind, properties });
            }
        }
        Ok(events)
    }

    fn event(
        &mut self,
        unit: &UnitArtifact,
        trigger: &TriggerArtifact,
    ) -> Result<Option<(&'static str, Value)>, ManifestError> {
        Ok(match &trigger.kind {
            TriggerSettings::Http { .. } => None,
            TriggerSettings::Timer { schedule, timezone, payload } => {
                Some(timer(trigger, schedule, timezone.as_deref(), payload.as_deref())?)
            }
            TriggerSettings::Object { bucket, events, prefix, suffix } => {
                let id = self.bucket(bucket);
                Some(("S3", object(&id, events, prefix.as_deref(), suffix.as_deref())))
            }
            TriggerSettings::Message { topic, .. } => {
                let queue = self.queue(topic, unit.timeout);
                let answer = ["ReportBatchItemFailures"];
                let value = json!({
                    "Queue": queue, "BatchSize": 10, "FunctionResponseTypes": answer, "Enabled": trigger.enabled,
                });
                Some(("SQS", value))
            }
            TriggerSettings::Log { source, log, .. } => {
                let group = source.as_ref().or(log.as_ref());
                group.map(|group| ("CloudWatchLogs", json!({ "LogGroupName": group, "FilterPattern": "" })))
            }
        })
    }

    fn bucket(&mut self, name: &str) -> String {
        if let Some(known) = self.buckets.iter().find(|bucket| bucket.name == name) {
            return known.id.clone();
        }
        let id = format!("Bucket{}", self.buckets.len() + 1);
        self.buckets.push(Resource { id: id.clone(), name: name.into(), visibility: 0 });
        id
    }

    /// A queue of the template; an ARN is somebody else's queue.
    fn queue(&mut self, name: &str, timeout: u32) -> Value {
        if name.starts_with("arn:") {
            return json!(name);
        }
        // Lambda refuses a queue that shows a message again while the function may still be working on it, and advises six times that.
        let visibility = (timeout * 6).min(43_200);
        let id = match self.queues.iter_mut().find(|queue| queue.name == name) {
            Some(known) => {
                known.visibility = known.visibility.max(visibility);
                known.id.clone()
            }
            None => {
                let id = format!("Queue{}", self.queues.len() + 1);
                self.queues.push(Resource { id: id.clone(), name: name.into(), visibility });
                id
            }
        };
        json!({ "Fn::GetAtt": [id, "Arn"] })
    }
}

/// A rule where UTC will do; a schedule of the scheduler, which knows time zones, where it will not.
fn timer(
    trigger: &TriggerArtifact,
    schedule: &str,
    timezone: Option<&str>,
    payload: Option<&str>,
) -> Result<(&'static str, Value), ManifestError> {
    let said = cloud_schedule(translate, &trigger.name, schedule, timezone)?;
    let input = timer_input(&trigger.name, payload);
    let state = if trigger.enabled { "ENABLED" } else { "DISABLED" };
    Ok(match said.timezone {
        None => ("Schedule", json!({ "Schedule": said.text, "State": state, "Input": input })),
        Some(timezone) => (
            "ScheduleV2",
            json!({
                "ScheduleExpression": said.text,
                "ScheduleExpressionTimezone": timezone,
                "State": state,
                "Input": input,
            }),
        ),
    })
}

/// What a function is handed on a schedule.
pub(crate) fn timer_input(trigger: &str, payload: Option<&str>) -> String {
    let mut input = json!({ "source": "fx.timer", "name": trigger });
    if let Some(payload) = payload {
        input["payload"] = json!(payload);
    }
    input.to_string()
}

/// An event of a bucket in S3's words.
pub(crate) fn native(event: &str) -> &str {
    match event {
        "created" => "s3:ObjectCreated:*",
        "removed" => "s3:ObjectRemoved:*",
        native => native,
    }
}

fn object(bucket: &str, events: &[String], prefix: Option<&str>, suffix: Option<&str>) -> Value {
    let events: Vec<&str> = events.iter().map(|event| native(event)).collect();
    let mut value = json!({ "Bucket": { "Ref": bucket }, "Events": events });
    let rules: Vec<Value> = [("prefix", prefix), ("suffix", suffix)]
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| json!({ "Name": name, "Value": value })))
        .collect();
    if !rules.is_empty() {
        value["Filter"] = json!({ "S3Key": { "Rules": rules } });
    }
    value
}

fn properties(value: Value) -> Vec<Setting> {
    let Value::Object(map) = value else { return Vec::new() };
    map.into_iter().map(|(name, value)| Setting { name, value }).collect()
}
