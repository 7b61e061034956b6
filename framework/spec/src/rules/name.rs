//! Names of the service and its parts.

use super::{
    codes,
    findings::{Findings, Subject},
};
use crate::{
    Located, Problem, Service,
    capabilities::{Capabilities, NameRule},
    service::TriggerKind,
    shape::clip,
};

pub(super) fn service(service: &Service, target: &Capabilities, findings: &mut Findings<'_>) {
    if let Some(problem) = offence("service", &service.name, &target.names.service, target) {
        findings.add_at(service.name.span.as_ref(), problem);
    }
}

pub(super) fn unit(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (target, name) = (subject.target, &subject.unit.name);
    if let Some(problem) = offence("function", name, &target.names.unit, target) {
        return findings.add(subject.unit, name.span.as_ref(), problem);
    }
    let joined = format!("{}-{}", subject.service.name.value, name.value);
    if let Some(max) = target.names.joined.filter(|max| joined.chars().count() > *max) {
        findings.add(subject.unit, name.span.as_ref(), too_long(&joined, max, target));
    }
}

pub(super) fn functions(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for function in &subject.unit.functions {
        // The unit's rule has spoken on a function that is deployed under its own name.
        if function.name.value == subject.unit.name.value {
            continue;
        }
        if let Some(problem) = offence("function", &function.name, &subject.target.names.function, subject.target) {
            findings.add(subject.unit, function.name.span.as_ref(), problem);
        }
    }
}

/// Timers are objects of their own on some targets.
pub(super) fn timers(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let target = subject.target;
    let Some(timer) = &target.triggers.timer else { return };
    for (function, trigger) in subject.triggers() {
        let TriggerKind::Timer { .. } = &trigger.kind else { continue };
        if let (Some(name), Some(rule)) = (&trigger.name, &timer.name) {
            if let Some(problem) = offence("timer", name, rule, target) {
                findings.add(subject.unit, name.span.as_ref().or(trigger.span.as_ref()), problem);
            }
            continue;
        }
        let mut joined = format!("{}-{}", subject.service.name.value, subject.unit.name.value);
        if function.name.value != subject.unit.name.value {
            joined = format!("{joined}-{}", function.name.value);
        }
        if let Some(max) = target.names.timer.filter(|max| joined.chars().count() > *max) {
            findings.add(subject.unit, trigger.span.as_ref(), too_long(&joined, max, target));
        }
    }
}

fn offence(what: &str, name: &Located<String>, rule: &NameRule, target: &Capabilities) -> Option<Problem> {
    if name.value.is_empty() {
        // A missing name is f.yml's own problem, not the target's.
        return None;
    }
    let offence = rule.offence(&name.value)?;
    let message = format!("the {what} name `{}` {offence}, which {} does not allow", clip(&name.value), target.title);
    let help = match rule.suggestion(&name.value) {
        Some(other) => format!("`{other}` would do: {} allows {rule}", target.title),
        None => format!("{} allows {rule}", target.title),
    };
    Some(Problem::error(codes::NAME, message).help(help))
}

fn too_long(joined: &str, max: usize, target: &Capabilities) -> Problem {
    let message =
        format!("`{}` has {} characters, more than {} allows", clip(joined), joined.chars().count(), target.title);
    Problem::error(codes::JOINED_NAME, message)
        .help(format!("{} allows {max} for this name; shorten the service's or the function's", target.title))
}
