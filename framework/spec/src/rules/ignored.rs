//! Keys that are written down, but nothing of which arrives at the target.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    codes,
    findings::{Findings, Subject},
};
use crate::{
    Located, Problem, Service,
    capabilities::{Capabilities, Keys},
    service::{Domain, Trigger, TriggerKind},
    shape::clip,
};

/// Keys that are not for the target's description: who deploys, and what people call this copy of the service.
const NOT_FOR_IT: [&str; 3] = ["access", "credentials", "stage"];

pub(super) fn provider(service: &Service, target: &Capabilities, findings: &mut Findings<'_>) {
    let Some(keys) = &target.keys else { return };
    for (key, value) in ignored(&service.extra, keys.settings, target) {
        findings.add_at(value.span.as_ref(), problem(&[key], keys.settings, target));
    }
    if let (Domain::Named(name), false) = (&service.domain, keys.domain) {
        let message = format!("fx makes no domain `{}` on {}", clip(&name.value), target.title);
        let help = "its functions answer on an address of the platform; bind the domain in the platform's console";
        findings.add_at(name.span.as_ref(), Problem::warning(codes::IGNORED, message).help(help));
    }
    certificate(service, keys, target, findings);
}

fn certificate(service: &Service, keys: &Keys, target: &Capabilities, findings: &mut Findings<'_>) {
    // Where fx makes no domain, that is what is said.
    if let (Some(certificate), true, false) = (&service.certificate_arn, keys.domain, keys.certificate) {
        let message = format!("`certificateArn` has no effect on {}", target.title);
        let help = "bind the certificate in the platform's console; fx leaves it there";
        findings.add_at(certificate.span.as_ref(), Problem::warning(codes::IGNORED, message).help(help));
    }
}

pub(super) fn unit(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (unit, target) = (subject.unit, subject.target);
    let Some(keys) = &target.keys else { return };
    for (key, value) in ignored(&unit.extra, keys.settings, target) {
        findings.add(unit, value.span.as_ref(), problem(&[key], keys.settings, target));
    }
    if let (Some(kind), true) = (&unit.kind, target.kinds.is_empty()) {
        let message = format!("`type` has no effect on {}", target.title);
        let help = "it has one kind of function; leave the key out there";
        findings.add(unit, kind.span.as_ref(), Problem::warning(codes::IGNORED, message).help(help));
    }
    for trigger in unit.functions.iter().flat_map(|function| &function.triggers) {
        let known = keys.of(&trigger.kind);
        for (key, value) in ignored(&trigger.extra, known, target) {
            findings.add(unit, value.span.as_ref(), problem(&[key], known, target));
        }
        let without_place: Vec<&str> = said(trigger).filter(|key| !known.contains(key)).collect();
        if !without_place.is_empty() {
            findings.add(unit, trigger.span.as_ref(), problem(&without_place, known, target));
        }
    }
}

/// Keys of an event that are read into fields of their own, which do not say where they stand.
fn said(trigger: &Trigger) -> impl Iterator<Item = &'static str> {
    let (project, log) = match &trigger.kind {
        TriggerKind::Log { project, log, .. } => (project.is_some(), log.is_some()),
        _ => (false, false),
    };
    let keys = [("enable", !trigger.enabled), ("project", project), ("log", log)];
    keys.into_iter().filter(|(_, said)| *said).map(|(key, _)| key)
}

fn ignored<'a>(
    extra: &'a BTreeMap<String, Located<Value>>,
    known: &'a [&str],
    target: &'a Capabilities,
) -> impl Iterator<Item = (&'a str, &'a Located<Value>)> {
    let retired = |key: &str| target.retired.iter().any(|(known, _)| *known == key);
    let pairs = extra.iter().map(|(key, value)| (key.as_str(), value));
    pairs.filter(move |(key, _)| !known.contains(key) && !NOT_FOR_IT.contains(key) && !retired(key))
}

fn problem(keys: &[&str], known: &[&str], target: &Capabilities) -> Problem {
    let (title, verb) = (target.title, if keys.len() == 1 { "has" } else { "have" });
    let message = format!("`{}` {verb} no effect on {title}", keys.join("`, `"));
    let help = match (keys, known) {
        (["enable"], _) => {
            "this trigger is awake as soon as it is deployed; to keep it asleep there, leave the event out \
                            under the function's `providers`"
                .to_owned()
        }
        (_, []) => format!("leave it out under `providers.{}`", target.name),
        _ => format!("of the keys that not every target has, {title} takes `{}` in this place", known.join("`, `")),
    };
    Problem::warning(codes::IGNORED, message).help(help)
}
