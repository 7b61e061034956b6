//! A unit's triggers as resources, and a function's as they are found.

use std::{collections::BTreeMap, sync::Arc};

use fx_build::artifact::document::{TriggerArtifact, TriggerSettings, UnitArtifact};
use fx_deploy::{CloudError, Fields, Kind, Resource};
use fx_provider::{cloud_schedule, joint_cors};
use serde_json::{Map, Value, json};

use crate::{
    LIMITS,
    api::Scf,
    package::auth,
    resources::{Bucket, Message, Timer, Trigger, Url, add, is_ours},
    translate,
};

/// What invokes a unit's function.
pub(super) fn of(scf: &Arc<Scf>, function: &str, unit: &UnitArtifact) -> Result<Vec<Box<dyn Resource>>, CloudError> {
    let mut resources: Vec<Box<dyn Resource>> = Vec::new();
    if !unit.routes.is_empty() {
        resources.push(Box::new(Trigger::<Url>::new(scf, function, "", Url::desired(auth(unit), cors(unit).as_ref()))));
    }
    let mut buckets: BTreeMap<String, Fields> = BTreeMap::new();
    for trigger in &unit.triggers {
        match &trigger.kind {
            TriggerSettings::Http { .. } => {}
            TriggerSettings::Timer { schedule, timezone, payload } => {
                let said = cloud_schedule(translate, &trigger.name, schedule, timezone.as_deref())
                    .map_err(|error| refused(function, trigger, &error.to_string()))?;
                let desired = Timer::desired(&said.text, payload.as_deref(), trigger.enabled);
                resources.push(Box::new(Trigger::<Timer>::new(scf, function, &trigger.name, desired)));
            }
            TriggerSettings::Object { bucket, events, prefix, suffix } => {
                let address = match bucket.contains('.') {
                    true => bucket.clone(),
                    false => format!("{bucket}.cos.{}.myqcloud.com", scf.region()),
                };
                let fields = buckets.entry(address).or_default();
                let text = |text: &Option<String>| text.clone().unwrap_or_default();
                for event in events {
                    add(fields, native(event), &text(prefix), &text(suffix), trigger.enabled);
                }
            }
            TriggerSettings::Message { topic, tags } => {
                let desired = Message::desired(topic, tags, trigger.enabled);
                resources.push(Box::new(Trigger::<Message>::new(scf, function, topic, desired)));
            }
            TriggerSettings::Log { .. } => {
                let error = refused(
                    function,
                    trigger,
                    "the log service (CLS) sets up its deliveries itself, and fx does not do that yet",
                );
                return Err(error.help("take the log trigger out of f.yml, and make it in the console of CLS"));
            }
        }
    }
    for (address, desired) in buckets {
        resources.push(Box::new(Bucket::new(scf, function, &address, desired)));
    }
    Ok(resources)
}

/// The triggers of a function that fx has made, each able to be deleted.
pub(super) async fn found(scf: &Arc<Scf>, function: &str) -> Result<Vec<Box<dyn Resource>>, CloudError> {
    let mut resources: Vec<Box<dyn Resource>> = Vec::new();
    let mut buckets: Vec<String> = Vec::new();
    for trigger in scf.triggers(function).await?.into_iter().filter(is_ours) {
        let name = trigger.trigger_name;
        let nothing = Fields::new();
        match trigger.kind.as_str() {
            "http" => resources.push(Box::new(Trigger::<Url>::new(scf, function, "", nothing))),
            "timer" => resources.push(Box::new(Trigger::<Timer>::new(scf, function, &name, nothing))),
            "ckafka" | "cmq" => resources.push(Box::new(Trigger::<Message>::new(scf, function, &name, nothing))),
            "cos" if !buckets.contains(&name) => {
                resources.push(Box::new(Bucket::new(scf, function, &name, nothing)));
                buckets.push(name);
            }
            _ => {}
        }
    }
    Ok(resources)
}

fn refused(function: &str, trigger: &TriggerArtifact, reason: &str) -> CloudError {
    CloudError::new(Kind::Invalid, format!("trigger {} of {function}", trigger.name), reason)
}

/// An event of a bucket in the platform's words.
fn native(event: &str) -> &str {
    match (event, &LIMITS.triggers.object) {
        ("created", Some(object)) => object.created,
        ("removed", Some(object)) => object.removed,
        (own, _) => own,
    }
}

/// The routes' `cors`, in the words of the API: f.yml has the component's, which begin small.
fn cors(unit: &UnitArtifact) -> Option<Value> {
    let everybody = ["origins", "methods", "headers"].map(|list| (list.to_owned(), json!(["*"])));
    let said = joint_cors(&unit.triggers, &everybody.into_iter().collect())?;
    let capital = |name: &str| name.chars().take(1).flat_map(char::to_uppercase).chain(name.chars().skip(1)).collect();
    let mut cors: Map<String, Value> = said.into_iter().map(|(name, value)| (capital(&name), value)).collect();
    cors.entry("Enable").or_insert(json!(true));
    Some(Value::Object(cors))
}
