//! What calls a function, as resources.

use fx_build::artifact::{
    Document,
    document::{TriggerSettings, UnitArtifact},
};
use fx_deploy::{CloudError, Kind, Resource, ResourceId};
use fx_provider::{
    cloud_schedule,
    deploy::{Identity, Order},
    joint_cors,
};

use crate::{
    api::Api,
    package::{everybody, native, needs_api, timer_input},
    resources::{
        Domain, Gateway, Mapping, Message, Notification, Permission, Routes, Said, Schedule, ScheduleRole,
        Subscription, Timer, Url, Wish,
    },
    translate,
};

/// What calls the function of a unit. `logs` are the logs that this deploy makes.
pub(super) fn of(
    api: &Api,
    order: &Order<'_>,
    function: &str,
    unit: &UnitArtifact,
    logs: &[ResourceId],
) -> Result<Vec<Box<dyn Resource>>, CloudError> {
    let mark = &order.identity.mark();
    let mut resources: Vec<Box<dyn Resource>> = Vec::new();
    if !unit.routes.is_empty() && !needs_api(order.document) {
        let cors = joint_cors(&unit.triggers, &everybody());
        resources.push(Box::new(Url::of(api, function, unit.streaming, cors.as_ref())));
        resources.extend(Permission::for_everybody(api, function).map(|one| Box::new(one) as Box<dyn Resource>));
    }
    for trigger in &unit.triggers {
        match &trigger.kind {
            TriggerSettings::Timer { schedule, timezone, payload } => {
                let said = cloud_schedule(translate, &trigger.name, schedule, timezone.as_deref())
                    .map_err(|error| CloudError::new(Kind::Invalid, "f.yml", error.to_string()))?;
                let input = timer_input(&trigger.name, payload.as_deref());
                let Some(timezone) = said.timezone else {
                    let timer = Timer::of(api, function, mark, &trigger.name, &said.text, &input, trigger.enabled);
                    resources.push(Box::new(timer.permission(function)));
                    resources.push(Box::new(timer));
                    continue;
                };
                let said = Said {
                    trigger: &trigger.name,
                    schedule: &said.text,
                    timezone: &timezone,
                    input: &input,
                    enabled: trigger.enabled,
                };
                let role = ScheduleRole::of(api, function, mark);
                resources.push(Box::new(Schedule::of(api, function, mark, &said, &role)));
                add(&mut resources, role);
            }
            TriggerSettings::Message { topic, .. } => {
                resources.push(Box::new(Message::of(api, function, topic, trigger.enabled)));
            }
            TriggerSettings::Object { bucket, .. } => {
                add(&mut resources, Notification::permission(api, function, bucket));
            }
            TriggerSettings::Log { source, log, .. } => {
                if let Some(group) = source.as_ref().or(log.as_ref()) {
                    add(&mut resources, Subscription::permission(api, function, group));
                    add(&mut resources, Subscription::of(api, function, group, logs)?);
                }
            }
            TriggerSettings::Http { .. } => {}
        }
    }
    Ok(resources)
}

/// Adds what several triggers of a function may need, once.
fn add(resources: &mut Vec<Box<dyn Resource>>, one: impl Resource + 'static) {
    if resources.iter().all(|other| other.id() != one.id()) {
        resources.push(Box::new(one));
    }
}

/// What stands before several functions that answer HTTP, or before a domain.
pub(super) fn front(api: &Api, order: &Order<'_>) -> Result<Vec<Box<dyn Resource>>, CloudError> {
    let document = order.document;
    if !needs_api(document) {
        return Ok(Vec::new());
    }
    let triggers = document.units.iter().flat_map(|unit| &unit.triggers);
    let gateway = Gateway::of(api, order.identity, joint_cors(triggers, &everybody()));
    let mut resources: Vec<Box<dyn Resource>> = Vec::new();
    for unit in document.units.iter().filter(|unit| !unit.routes.is_empty()) {
        let function = order.identity.function(&unit.name);
        resources.push(Box::new(Permission::for_gateway(api, &function, gateway.id())));
    }
    resources.push(Box::new(gateway));
    resources.push(Box::new(Routes::of(api, order)?));
    if let Some(domain) = Domain::of(api, order)? {
        resources.push(Box::new(Mapping::of(&domain)));
        resources.push(Box::new(domain));
    }
    Ok(resources)
}

/// The buckets that call functions of a service. One can call several, and they are in one document there.
pub(super) fn buckets(api: &Api, identity: &Identity, document: &Document) -> Vec<Notification> {
    let functions: Vec<String> = document.units.iter().map(|unit| identity.function(&unit.name)).collect();
    let mut wishes = Vec::new();
    for (unit, function) in document.units.iter().zip(&functions) {
        for trigger in &unit.triggers {
            if let TriggerSettings::Object { bucket, events, prefix, suffix } = &trigger.kind {
                let events = events.iter().map(|event| native(event).to_owned()).collect();
                let (prefix, suffix) = (prefix.as_deref().unwrap_or_default(), suffix.as_deref().unwrap_or_default());
                wishes.push(Wish { function, bucket, events, prefix, suffix });
            }
        }
    }
    Notification::of(api, &identity.mark(), &wishes)
}
