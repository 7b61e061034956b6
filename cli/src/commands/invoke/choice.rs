//! Which function is called, and which of its triggers the call stands for.

use std::collections::BTreeSet;

use clap::ValueEnum;
use fx_spec::{
    NamedTrigger, Problem, Service, Unit,
    nearest::nearest,
    service::{Function, TriggerKind},
};
use serde_json::Value;

use crate::codes;

/// What to do about a function that nothing triggers.
const NO_TRIGGER: &str = "give it one under `events` in f.yml: http, timer, os (object), mq (message) or log";

/// Kinds of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Kind {
    Timer,
    Object,
    Message,
    Log,
    Http,
}

impl Kind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Kind::Timer => "timer",
            Kind::Object => "object",
            Kind::Message => "message",
            Kind::Log => "log",
            Kind::Http => "http",
        }
    }

    fn of(trigger: &TriggerKind) -> Self {
        match trigger {
            TriggerKind::Timer { .. } => Kind::Timer,
            TriggerKind::Object { .. } => Kind::Object,
            TriggerKind::Message { .. } => Kind::Message,
            TriggerKind::Log { .. } => Kind::Log,
            TriggerKind::Http(_) => Kind::Http,
        }
    }
}

/// The trigger that a call stands for.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    pub(super) kind: Kind,
    pub(super) trigger: NamedTrigger<'a>,
    /// What to say if it was fx that chose among several.
    pub(super) note: Option<String>,
}

/// The function that answers to a name: its own, else its handler's.
pub(super) fn function<'a>(service: &'a Service, name: &str) -> Result<(&'a Unit, &'a Function), Problem> {
    let all = || service.units.iter().flat_map(|unit| unit.functions.iter().map(move |function| (unit, function)));
    let found = all()
        .find(|(_, function)| function.name.value == name)
        .or_else(|| all().find(|(_, function)| function.handler.value == name));
    found.ok_or_else(|| {
        let names: Vec<&str> =
            all().flat_map(|(_, function)| [function.name.value.as_str(), function.handler.value.as_str()]).collect();
        let problem = Problem::error(codes::FUNCTION, format!("f.yml has no function `{name}`"));
        match (nearest(name, names.iter().copied()), names.is_empty()) {
            (Some(near), _) => problem.help(format!("did you mean `{near}`?")),
            (None, true) => problem.help("f.yml has no functions at all"),
            (None, false) => {
                let names: Vec<&str> = all().map(|(_, function)| function.name.value.as_str()).collect();
                problem.help(format!("it has {}", names.join(", ")))
            }
        }
    })
}

/// The trigger of this name; else the one that the data names, else the first of its kind.
pub(super) fn trigger<'a>(
    unit: &'a Unit,
    function: &Function,
    name: Option<&str>,
    kind: Option<Kind>,
    data: Option<&Value>,
) -> Result<Choice<'a>, Problem> {
    let mut own: Vec<NamedTrigger<'a>> =
        unit.triggers().into_iter().filter(|own| own.function.name.value == function.name.value).collect();
    if let Some(name) = name {
        let found = own.iter().position(|own| own.name == name);
        let index = found.ok_or_else(|| no_trigger_called(function, name, &own))?;
        let trigger = own.swap_remove(index);
        return Ok(Choice { kind: Kind::of(&trigger.trigger.kind), trigger, note: None });
    }
    let kind = kind_of(function, &own, kind)?;
    own.retain(|own| Kind::of(&own.trigger.kind) == kind);
    let names: Vec<String> = own.iter().map(|own| own.name.clone()).collect();
    let named = data.and_then(|data| own.iter().position(|own| names_it(data, own)));
    let unclear = own.len() > 1 && named.is_none() && !(kind == Kind::Http && says(data, "path").is_some());
    let trigger = own.into_iter().nth(named.unwrap_or_default());
    let trigger = trigger.ok_or_else(|| has_no(function, kind, &BTreeSet::new()))?;
    let note = unclear.then(|| {
        let others: Vec<&str> = names.iter().map(String::as_str).filter(|name| *name != trigger.name).collect();
        let (name, count, word) = (&function.name.value, names.len(), kind.as_str());
        let choice = others.join(" | --trigger ");
        format!("`{name}` has {count} {word} triggers; this is `{}`, others are --trigger {choice}", trigger.name)
    });
    Ok(Choice { kind, trigger, note })
}

fn kind_of(function: &Function, own: &[NamedTrigger<'_>], wanted: Option<Kind>) -> Result<Kind, Problem> {
    let kinds: BTreeSet<Kind> = own.iter().map(|own| Kind::of(&own.trigger.kind)).collect();
    if let Some(kind) = wanted {
        return if kinds.contains(&kind) { Ok(kind) } else { Err(has_no(function, kind, &kinds)) };
    }
    let mut all = kinds.iter().copied();
    match (all.next(), all.next()) {
        (Some(kind), None) => Ok(kind),
        (None, _) => {
            Err(Problem::error(codes::INVOCATION, format!("`{}` has no trigger", function.name.value)).help(NO_TRIGGER))
        }
        _ => {
            let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
            let message = format!("`{}` has several kinds of trigger", function.name.value);
            Err(Problem::error(codes::INVOCATION, message).help(format!("choose one: --as {}", words.join(" | "))))
        }
    }
}

/// Whether an event's data says that it comes from this trigger.
fn names_it(data: &Value, own: &NamedTrigger<'_>) -> bool {
    let says = |field, value: &str| says(Some(data), field) == Some(value);
    match &own.trigger.kind {
        TriggerKind::Timer { .. } => says("name", &own.name),
        TriggerKind::Object { bucket, .. } => says("bucket", &bucket.value),
        TriggerKind::Message { topic, .. } => says("topic", &topic.value),
        TriggerKind::Log { source, .. } => source.as_ref().is_some_and(|source| says("store", &source.value)),
        TriggerKind::Http(route) => says("path", &route.path),
    }
}

fn says<'a>(data: Option<&'a Value>, field: &str) -> Option<&'a str> {
    data?.get(field)?.as_str()
}

fn has_no(function: &Function, kind: Kind, kinds: &BTreeSet<Kind>) -> Problem {
    let message = format!("`{}` has no {} trigger", function.name.value, kind.as_str());
    let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let help = match words.as_slice() {
        [] => NO_TRIGGER.to_owned(),
        words => format!("it can be called --as {}", words.join(" | ")),
    };
    Problem::error(codes::INVOCATION, message).help(help)
}

fn no_trigger_called(function: &Function, name: &str, own: &[NamedTrigger<'_>]) -> Problem {
    let problem =
        Problem::error(codes::INVOCATION, format!("`{}` has no trigger called `{name}`", function.name.value));
    let names: Vec<&str> = own.iter().map(|own| own.name.as_str()).collect();
    match (nearest(name, names.iter().copied()), names.is_empty()) {
        (Some(near), _) => problem.help(format!("did you mean `{near}`?")),
        (None, true) => problem.help(NO_TRIGGER),
        (None, false) => problem.help(format!("it has {}", names.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use fx_spec::{Document, Request};
    use serde_json::json;

    use super::*;

    fn service() -> Service {
        let yml = "service: s\nfunctions:\n  purge:\n    handler: todo.purge\n    events:\n      - timer: { type: every, value: 5m }\n      - timer: { type: every, value: 1h, name: hourly }\n      - http: { path: /purge }\n";
        let document = Document::parse("f.yml", yml, Path::new(".")).unwrap();
        let request = Request { target: None, targets: &[], variables: &|_| None, udev: Default::default(), code: &[] };
        document.resolve(&request).service.unwrap()
    }

    fn chosen(name: Option<&str>, kind: Option<Kind>, data: &Value) -> Result<(String, Option<String>), Problem> {
        let service = service();
        let (unit, function) = function(&service, "purge").unwrap();
        trigger(unit, function, name, kind, Some(data)).map(|choice| (choice.trigger.name, choice.note))
    }

    #[test]
    fn the_first_of_several_is_chosen_and_the_others_are_told() {
        let (name, note) = chosen(None, Some(Kind::Timer), &json!({})).unwrap();
        let told = "`purge` has 2 timer triggers; this is `timer-purge`, others are --trigger hourly";
        assert_eq!((name.as_str(), note.as_deref()), ("timer-purge", Some(told)));
    }

    #[test]
    fn a_name_chooses_on_the_command_line_or_in_the_data() {
        assert_eq!(chosen(Some("hourly"), None, &json!({})).unwrap(), ("hourly".into(), None));
        assert_eq!(chosen(None, Some(Kind::Timer), &json!({"name": "hourly"})).unwrap(), ("hourly".into(), None));
        assert_eq!(chosen(Some("http-purge"), None, &json!({})).unwrap(), ("http-purge".into(), None));
        let problem = chosen(Some("hurly"), None, &json!({})).unwrap_err();
        assert_eq!(problem.help.as_deref(), Some("did you mean `hourly`?"));
    }

    #[test]
    fn kinds_are_chosen_by_the_user_when_there_are_several() {
        let problem = chosen(None, None, &json!({})).unwrap_err();
        assert_eq!(problem.help.as_deref(), Some("choose one: --as timer | http"));
        let problem = chosen(None, Some(Kind::Log), &json!({})).unwrap_err();
        assert_eq!(problem.help.as_deref(), Some("it can be called --as timer | http"));
    }
}
