//! A resolved service in words and as data: `fx config`, and the greeting of `fx dev`.

use std::fmt::Write;

use fx_spec::{
    Service, Unit,
    route::{Methods, Route},
    service::{Function, Trigger, TriggerKind},
};
use serde::Serialize;

use super::Table;

/// The service as data; names of environment variables only, never a value.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Description<'a> {
    service: &'a str,
    provider: &'a str,
    stage: Option<&'a str>,
    units: Vec<DescribedUnit<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DescribedUnit<'a> {
    name: &'a str,
    memory_size: u32,
    timeout: u32,
    environment: Vec<&'a str>,
    functions: Vec<DescribedFunction<'a>>,
    routes: Vec<DescribedRoute<'a>>,
    triggers: Vec<DescribedTrigger<'a>>,
}

#[derive(Debug, Serialize)]
struct DescribedFunction<'a> {
    name: &'a str,
    handler: &'a str,
}

#[derive(Debug, Serialize)]
struct DescribedRoute<'a> {
    methods: &'a Methods,
    path: &'a str,
    function: &'a str,
}

#[derive(Debug, Serialize)]
struct DescribedTrigger<'a> {
    kind: &'static str,
    function: &'a str,
    #[serde(flatten)]
    settings: Settings<'a>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Settings<'a> {
    Http {
        methods: &'a Methods,
        path: &'a str,
    },
    Timer {
        schedule: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        timezone: Option<&'a str>,
        enabled: bool,
    },
    Object {
        bucket: &'a str,
        events: Vec<&'a str>,
        prefix: Option<&'a str>,
        suffix: Option<&'a str>,
        enabled: bool,
    },
    Message {
        topic: &'a str,
        tags: &'a [String],
        enabled: bool,
    },
    Log {
        source: Option<&'a str>,
        project: Option<&'a str>,
        log: Option<&'a str>,
    },
}

impl<'a> Description<'a> {
    /// Describes a service.
    pub fn of(service: &'a Service) -> Self {
        Self {
            service: &service.name.value,
            provider: &service.target,
            stage: service.stage.as_ref().map(|stage| stage.as_str()),
            units: service.units.iter().map(DescribedUnit::of).collect(),
        }
    }
}

impl<'a> DescribedUnit<'a> {
    fn of(unit: &'a Unit) -> Self {
        let function = |function: &'a Function| DescribedFunction { name: &function.name, handler: &function.handler };
        let route =
            |route: &'a Route| DescribedRoute { methods: &route.methods, path: &route.path, function: &route.function };
        Self {
            name: &unit.name.value,
            memory_size: unit.memory_size.value,
            timeout: unit.timeout.value,
            environment: unit.environment.keys().map(String::as_str).collect(),
            functions: unit.functions.iter().map(function).collect(),
            routes: unit.routes.iter().map(route).collect(),
            triggers: triggers(unit).map(|(function, trigger)| DescribedTrigger::of(function, trigger)).collect(),
        }
    }
}

impl<'a> DescribedTrigger<'a> {
    fn of(function: &'a Function, trigger: &'a Trigger) -> Self {
        let enabled = trigger.enabled;
        let settings = match &trigger.kind {
            TriggerKind::Http(route) => Settings::Http { methods: &route.methods, path: &route.path },
            TriggerKind::Timer { schedule, timezone, .. } => Settings::Timer {
                schedule: schedule.value.to_string(),
                timezone: timezone.as_ref().map(|zone| zone.as_str()),
                enabled,
            },
            TriggerKind::Object { bucket, events, prefix, suffix } => Settings::Object {
                bucket,
                events: events.iter().map(|event| event.as_str()).collect(),
                prefix: prefix.as_deref(),
                suffix: suffix.as_deref(),
                enabled,
            },
            TriggerKind::Message { topic, tags } => Settings::Message { topic, tags, enabled },
            TriggerKind::Log { source, project, log } => Settings::Log {
                source: source.as_ref().map(|source| source.as_str()),
                project: project.as_deref(),
                log: log.as_deref(),
            },
        };
        Self { kind: kind(&trigger.kind), function: &function.name, settings }
    }
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
