//! Which triggers there are.

use std::collections::BTreeMap;

use super::{
    codes,
    findings::{Findings, Subject},
};
use crate::{
    Problem,
    service::{FunctionKind, Trigger, TriggerKind},
    shape::clip,
};

/// What people call a kind of trigger.
fn word(trigger: &Trigger) -> &'static str {
    match trigger.kind {
        TriggerKind::Http(_) => "HTTP",
        TriggerKind::Timer { .. } => "timer",
        TriggerKind::Object { .. } => "object",
        TriggerKind::Message { .. } => "message",
        TriggerKind::Log { .. } => "log",
    }
}

pub(super) fn kinds(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (target, triggers) = (subject.target, &subject.target.triggers);
    for (function, trigger) in subject.triggers() {
        let offered = match trigger.kind {
            TriggerKind::Http(_) => triggers.http.is_some(),
            TriggerKind::Timer { .. } => triggers.timer.is_some(),
            TriggerKind::Object { .. } => triggers.object.is_some(),
            TriggerKind::Message { .. } => triggers.message.is_some(),
            TriggerKind::Log { .. } => triggers.log.is_some(),
        };
        if offered {
            continue;
        }
        let kind = word(trigger);
        let message =
            format!("{} has no {kind} trigger, so nothing would invoke `{}`", target.title, clip(&function.name.value));
        let known = [
            ("HTTP", triggers.http.is_some()),
            ("timer", triggers.timer.is_some()),
            ("object", triggers.object.is_some()),
            ("message", triggers.message.is_some()),
            ("log", triggers.log.is_some()),
        ];
        let known: Vec<&str> = known.iter().filter(|(_, offered)| *offered).map(|(kind, _)| *kind).collect();
        let help = format!(
            "it has {}; to leave the event out there, write `providers: {{ {}: {{ events: […] }} }}` on the function, without it",
            known.join(", "),
            target.name
        );
        findings.add(subject.unit, trigger.span.as_ref(), Problem::error(codes::TRIGGER, message).help(help));
    }
}

pub(super) fn count(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (title, triggers) = (subject.target.title, &subject.target.triggers);
    // All routes of a unit are one trigger.
    let mut routes = 0;
    let deployed = subject.triggers().filter(|(_, trigger)| match trigger.kind {
        TriggerKind::Http(_) => {
            routes += 1;
            routes == 1
        }
        _ => true,
    });
    let mut by_kind: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, (_, trigger)) in deployed.enumerate() {
        let kind = word(trigger);
        let count = by_kind.entry(kind).or_default();
        *count += 1;
        let name = clip(&subject.unit.name.value);
        let problem = if triggers.per_unit == Some(index) {
            let help = format!("{title} allows {index}; put some into another function");
            Problem::error(codes::TRIGGER_COUNT, format!("`{name}` has more triggers than {title} allows")).help(help)
        } else if triggers.per_kind.is_some_and(|max| max + 1 == *count) {
            let help = format!("{title} allows {}; put some into another function", *count - 1);
            Problem::error(codes::TRIGGER_COUNT, format!("`{name}` has more {kind} triggers than {title} allows"))
                .help(help)
        } else {
            continue;
        };
        findings.add(subject.unit, trigger.span.as_ref(), problem);
    }
}

/// Where a function is an HTTP server and nothing else.
pub(super) fn web(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let target = subject.target;
    if subject.kind() != FunctionKind::Web || target.triggers.events_reach_web {
        return;
    }
    for (_, trigger) in subject.triggers() {
        if let TriggerKind::Http(_) = trigger.kind {
            continue;
        }
        let message = format!("a {} trigger cannot invoke a web function on {}", word(trigger), target.title);
        let help = "write `type: event` for this function, or move the event to a function of its own";
        findings.add(subject.unit, trigger.span.as_ref(), Problem::error(codes::WEB_EVENTS, message).help(help));
    }
}
