//! The `main` of a unit: which functions it serves, named by path.

use fx_spec::{
    NamedTrigger, Unit,
    service::{Function, FunctionKind, TriggerKind},
};
use fx_templates::{Entrypoint, EventEndpoint, EventSource, HttpEndpoint, HttpRoute};

use crate::{BuildError, Scan};

/// The source of `unit`'s `main`; `dialect` is the module of `fx` that runs it.
pub fn render(service: &str, unit: &Unit, scan: &Scan, dialect: &str) -> Result<String, BuildError> {
    let mut http = Vec::new();
    let mut events = Vec::new();
    let triggers = unit.triggers();
    for function in &unit.functions {
        let routes: Vec<HttpRoute> = unit
            .routes
            .iter()
            .enumerate()
            .filter(|(_, route)| route.function == function.name.value)
            .map(|(rank, route)| HttpRoute { rank, methods: route.methods.clone().into(), path: route.path.clone() })
            .collect();
        if !routes.is_empty() {
            http.push(HttpEndpoint {
                function: function.name.value.clone(),
                handler: function.handler.value.clone(),
                routes,
                companion: companion(scan, path_of(scan, function)?, "__fx_http_"),
            });
        }
        for kind in ["Timer", "Object", "Message", "Log"] {
            let of_this_kind = |named: &&NamedTrigger<'_>| {
                named.function.name.value == function.name.value && variant(&named.trigger.kind) == Some(kind)
            };
            let sources: Vec<_> = triggers.iter().filter(of_this_kind).filter_map(source).collect();
            if !sources.is_empty() {
                events.push(EventEndpoint {
                    function: function.name.value.clone(),
                    handler: function.handler.value.clone(),
                    kind,
                    sources,
                    companion: companion(scan, path_of(scan, function)?, "__fx_event_"),
                });
            }
        }
    }
    let entrypoint = Entrypoint {
        dialect: dialect.to_owned(),
        service: service.to_owned(),
        unit: unit.name.value.clone(),
        timeout: unit.timeout.value,
        threads: unit.threads.value,
        streaming: unit.streaming.value,
        web: unit.kind.as_ref().is_some_and(|kind| kind.value == FunctionKind::Web),
        app: scan.app.as_ref().map(|app| companion(scan, &app.path, "__fx_app_")),
        http,
        events,
    };
    Ok(entrypoint.render()?)
}

/// The variant of the runtime's `TriggerKind`; HTTP is not an event there.
fn variant(kind: &TriggerKind) -> Option<&'static str> {
    match kind {
        TriggerKind::Http(_) => None,
        TriggerKind::Timer { .. } => Some("Timer"),
        TriggerKind::Object { .. } => Some("Object"),
        TriggerKind::Message { .. } => Some("Message"),
        TriggerKind::Log { .. } => Some("Log"),
    }
}

/// The trigger as the runtime's `Source`.
fn source(named: &NamedTrigger<'_>) -> Option<EventSource> {
    let none = String::new;
    let source = EventSource::default();
    Some(match &named.trigger.kind {
        TriggerKind::Http(_) => return None,
        TriggerKind::Timer { .. } => source.text("name", &named.name),
        TriggerKind::Object { bucket, events, prefix, suffix } => source
            .text("bucket", &bucket.value)
            .list("events", events.iter().map(|event| event.value.clone()).collect())
            .text("prefix", prefix.clone().unwrap_or_else(none))
            .text("suffix", suffix.clone().unwrap_or_else(none)),
        TriggerKind::Message { topic, tags } => source.text("topic", &topic.value).list("tags", tags.clone()),
        TriggerKind::Log { source: store, .. } => {
            source.text("source", store.as_ref().map_or_else(none, |store| store.value.clone()))
        }
    })
}

fn path_of<'a>(scan: &'a Scan, function: &Function) -> Result<&'a [String], BuildError> {
    match scan.function(&function.handler) {
        Some(found) => Ok(&found.path),
        None => Err(BuildError::UnknownHandler { handler: function.handler.value.clone() }),
    }
}

/// What the macro has put beside a function: `::todo_app::user::__fx_http_get` for `user::get`.
fn companion(scan: &Scan, path: &[String], prefix: &str) -> String {
    let mut text = format!("::{}", identifier(&scan.crate_name));
    if let Some((name, modules)) = path.split_last() {
        for module in modules {
            text.push_str("::");
            text.push_str(&identifier(module));
        }
        text.push_str("::");
        text.push_str(prefix);
        text.push_str(name.strip_prefix("r#").unwrap_or(name));
    }
    text
}

/// Modules may be called by a keyword.
fn identifier(name: &str) -> String {
    if name.starts_with("r#") || syn::parse_str::<syn::Ident>(name).is_ok() {
        name.to_owned()
    } else {
        format!("r#{name}")
    }
}
