//! A service as text, for snapshots.

use std::fmt::Write;

use fx_spec::{Located, Service, service::TriggerKind};

/// Every value with the text it was read from (`-`: nobody wrote it).
pub fn outline(service: &Service, source: &str) -> String {
    let mut out = String::new();
    write_service(&mut out, service, source).unwrap_or_else(|error| panic!("{error}"));
    out
}

fn show<T: std::fmt::Debug>(value: &Located<T>, source: &str) -> String {
    let written = value.span.clone().and_then(|span| source.get(span)).unwrap_or("-");
    format!("{:?} <{}>", value.value, written.replace('\n', " "))
}

fn write_service(out: &mut String, service: &Service, source: &str) -> std::fmt::Result {
    writeln!(out, "service {} for {}", show(&service.name, source), service.target)?;
    writeln!(out, "description {:?}", service.description)?;
    writeln!(out, "region {:?}", service.region.as_ref().map(|region| show(region, source)))?;
    writeln!(out, "stage {:?}", service.stage.as_ref().map(|stage| show(stage, source)))?;
    writeln!(out, "crate {}", service.crate_dir.display())?;
    writeln!(out, "keep {}", show(&service.keep, source))?;
    writeln!(out, "domain {:?}", service.domain)?;
    writeln!(out, "static {:?}", service.static_site)?;
    writeln!(out, "package {:?}", service.package)?;
    for (key, value) in &service.extra {
        writeln!(out, "extra {key} {}", value.value)?;
    }
    for unit in &service.units {
        writeln!(out, "\nunit {}", show(&unit.name, source))?;
        writeln!(out, "  description {:?}", unit.description)?;
        writeln!(out, "  memorySize {}", show(&unit.memory_size, source))?;
        writeln!(out, "  timeout {}", show(&unit.timeout, source))?;
        writeln!(out, "  initTimeout {:?}", unit.init_timeout.as_ref().map(|value| show(value, source)))?;
        writeln!(out, "  concurrency {}", show(&unit.concurrency, source))?;
        writeln!(out, "  threads {}", show(&unit.threads, source))?;
        writeln!(out, "  arch {}", show(&unit.arch, source))?;
        writeln!(out, "  link {}", show(&unit.link, source))?;
        writeln!(out, "  streaming {}", show(&unit.streaming, source))?;
        writeln!(out, "  type {:?}", unit.kind.as_ref().map(|kind| show(kind, source)))?;
        for layer in &unit.layers {
            writeln!(out, "  layer {}", layer.value)?;
        }
        for (name, value) in &unit.environment {
            writeln!(out, "  environment {name}={}", value.value)?;
        }
        for (key, value) in &unit.extra {
            writeln!(out, "  extra {key} {}", value.value)?;
        }
        for function in &unit.functions {
            writeln!(out, "  function {} handler {}", show(&function.name, source), show(&function.handler, source))?;
            for trigger in &function.triggers {
                write_trigger(out, trigger, source)?;
            }
        }
        for route in &unit.routes {
            writeln!(out, "  route {} {} -> {}", route.methods, route.path, route.function)?;
        }
    }
    Ok(())
}

fn write_trigger(out: &mut String, trigger: &fx_spec::service::Trigger, source: &str) -> std::fmt::Result {
    let written = trigger.span.clone().and_then(|span| source.get(span)).unwrap_or("-");
    write!(out, "    {written} name {:?}", trigger.name.as_ref().map(|name| &name.value))?;
    write!(out, "{}: ", if trigger.enabled { "" } else { " asleep" })?;
    match &trigger.kind {
        TriggerKind::Http(route) => write!(out, "{} {}", route.methods, route.path)?,
        TriggerKind::Timer { schedule, timezone, payload } => {
            let timezone = timezone.as_ref().map(|zone| zone.value.as_str());
            write!(out, "{} in {timezone:?} with {payload:?}", schedule.value)?;
        }
        TriggerKind::Object { bucket, events, prefix, suffix } => {
            let events: Vec<&str> = events.iter().map(|event| event.value.as_str()).collect();
            write!(out, "{} {events:?} {prefix:?} {suffix:?}", bucket.value)?;
        }
        TriggerKind::Message { topic, tags } => write!(out, "{} {tags:?}", topic.value)?,
        TriggerKind::Log { source, project, log } => {
            write!(out, "{:?} {project:?} {log:?}", source.as_ref().map(|source| &source.value))?;
        }
    }
    for (key, value) in &trigger.extra {
        write!(out, " {key}={}", value.value)?;
    }
    writeln!(out)
}
