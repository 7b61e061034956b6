//! A resolved service in words and as data: `fx config`, and the greeting of `fx dev`.

use std::fmt::Write;

use fx_spec::{
    Service, Unit,
    service::{Function, Trigger, TriggerKind},
};
use serde_json::{Value, json};

use super::Table;

/// The service as data; names of environment variables only, never a value.
pub fn json(service: &Service) -> Value {
    json!({
        "service": service.name.value,
        "provider": service.target,
        "stage": service.stage.as_ref().map(|stage| &stage.value),
        "units": service.units.iter().map(unit_json).collect::<Vec<_>>(),
    })
}

fn unit_json(unit: &Unit) -> Value {
    let function = |function: &Function| json!({ "name": function.name.value, "handler": function.handler.value });
    let route = |route: &fx_spec::route::Route| json!({ "methods": route.methods, "path": route.path, "function": route.function });
    json!({
        "name": unit.name.value,
        "memorySize": unit.memory_size.value,
        "timeout": unit.timeout.value,
        "environment": unit.environment.keys().collect::<Vec<_>>(),
        "functions": unit.functions.iter().map(function).collect::<Vec<_>>(),
        "routes": unit.routes.iter().map(route).collect::<Vec<_>>(),
        "triggers": triggers(unit).map(|(function, trigger)| trigger_json(function, trigger)).collect::<Vec<_>>(),
    })
}

fn trigger_json(function: &Function, trigger: &Trigger) -> Value {
    let mut value = match &trigger.kind {
        TriggerKind::Http(route) => json!({ "methods": route.methods, "path": route.path }),
        TriggerKind::Timer { schedule, timezone, .. } => {
            let mut value = json!({ "schedule": schedule.to_string(), "enabled": trigger.enabled });
            if let Some(zone) = timezone {
                value["timezone"] = zone.value.clone().into();
            }
            value
        }
        TriggerKind::Object { bucket, events, prefix, suffix } => json!({
            "bucket": bucket.value,
            "events": events.iter().map(|event| &event.value).collect::<Vec<_>>(),
            "prefix": prefix,
            "suffix": suffix,
            "enabled": trigger.enabled,
        }),
        TriggerKind::Message { topic, tags } => {
            json!({ "topic": topic.value, "tags": tags, "enabled": trigger.enabled })
        }
        TriggerKind::Log { source, project, log } => json!({
            "source": source.as_ref().map(|source| &source.value),
            "project": project,
            "log": log,
        }),
    };
    value["kind"] = kind(&trigger.kind).into();
    value["function"] = function.name.value.clone().into();
    value
}

/// The service for people.
pub fn service(service: &Service) -> String {
    let mut text = format!("service   {}\nprovider  {}", service.name.value, service.target);
    if let Some(stage) = &service.stage {
        let _ = write!(text, "\nstage     {}", stage.value);
    }
    for unit in &service.units {
        let _ = write!(text, "\n\n{}  {} MB, {} s", unit.name.value, unit.memory_size.value, unit.timeout.value);
        let mut functions = Table::indented(2);
        for function in &unit.functions {
            functions.row([function.name.value.clone(), function.handler.value.clone()]);
        }
        section(&mut text, "functions", &functions);
        section(&mut text, "routes", &routes(unit));
        section(&mut text, "triggers", &events(unit));
        let mut environment = Table::indented(2);
        for name in unit.environment.keys() {
            environment.row([name.clone()]);
        }
        section(&mut text, "environment", &environment);
    }
    text
}

fn section(text: &mut String, title: &str, table: &Table) {
    if !table.is_empty() {
        let _ = write!(text, "\n {title}\n{table}");
    }
}

/// A unit's routes in the order in which they are tried.
pub fn routes(unit: &Unit) -> Table {
    let mut table = Table::indented(2);
    for route in &unit.routes {
        let methods: Vec<String> = route.methods.clone().into();
        table.row([methods.join(" "), route.path.clone(), route.function.clone()]);
    }
    table
}

/// What else invokes a unit's functions.
pub fn events(unit: &Unit) -> Table {
    let mut table = Table::indented(2);
    for (function, trigger) in triggers(unit) {
        let mut what = match &trigger.kind {
            TriggerKind::Http(_) => continue,
            TriggerKind::Timer { schedule, timezone, .. } => match timezone {
                Some(zone) => format!("{} {}", schedule.value, zone.value),
                None => schedule.value.to_string(),
            },
            TriggerKind::Object { bucket, events, prefix, suffix } => {
                let events: Vec<&str> = events.iter().map(|event| event.as_str()).collect();
                let (prefix, suffix) = (prefix.as_deref().unwrap_or(""), suffix.as_deref().unwrap_or(""));
                format!("{}/{prefix}*{suffix} {}", bucket.value, events.join(" "))
            }
            TriggerKind::Message { topic, tags } => format!("{} {}", topic.value, tags.join(" ")).trim_end().to_owned(),
            TriggerKind::Log { source, project, .. } => {
                let source = source.as_ref().map_or("", |source| source.value.as_str());
                format!("{}/{source}", project.as_deref().unwrap_or(""))
            }
        };
        if !trigger.enabled {
            what.push_str(" (disabled)");
        }
        table.row([kind(&trigger.kind).to_owned(), what, function.name.value.clone()]);
    }
    table
}

fn triggers(unit: &Unit) -> impl Iterator<Item = (&Function, &Trigger)> {
    unit.functions.iter().flat_map(|function| function.triggers.iter().map(move |trigger| (function, trigger)))
}

/// The word for a kind of trigger.
pub fn kind(kind: &TriggerKind) -> &'static str {
    match kind {
        TriggerKind::Http(_) => "http",
        TriggerKind::Timer { .. } => "timer",
        TriggerKind::Object { .. } => "object",
        TriggerKind::Message { .. } => "message",
        TriggerKind::Log { .. } => "log",
    }
}
