//! HTTP: methods and the front door.

use super::{
    codes,
    findings::{Findings, Subject},
};
use crate::{
    Problem,
    route::{Method, Methods},
    service::{Domain, TriggerKind, Unit},
    shape::clip,
};

pub(super) fn methods(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let title = subject.target.title;
    let Some(http) = &subject.target.triggers.http else { return };
    for (_, trigger) in subject.triggers() {
        // "All methods" means all that the target has.
        let TriggerKind::Http(route) = &trigger.kind else { continue };
        let Methods::Some(methods) = &route.methods else { continue };
        let missing: Vec<&str> =
            methods.iter().filter(|method| !http.methods.contains(method)).map(|method| method.as_str()).collect();
        if missing.is_empty() {
            continue;
        }
        let known: Vec<&str> = http.methods.iter().map(|method| Method::as_str(*method)).collect();
        let message = format!("{title} passes no {} requests to functions", missing.join(" or "));
        let help = format!("it passes {}", known.join(", "));
        let span = trigger.span.as_ref().or(route.span.as_ref());
        findings.add(subject.unit, span, Problem::error(codes::METHOD, message).help(help));
    }
}

/// Who may call is said in the target's own words, and the same of all that a domain leads to: it asks visitors before it knows which
/// function they go to.
pub(super) fn auth(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (target, unit) = (subject.target, subject.unit);
    let words = target.triggers.http.map_or(&[] as &[&str], |http| http.auth);
    let (Some(everybody), false) = (words.first(), unit.routes.is_empty()) else { return };
    let span = unit.extra.get("authType").and_then(|value| value.span.as_ref());
    let said =
        |unit: &Unit| unit.extra.get("authType").and_then(|value| value.value.as_str()).unwrap_or(everybody).to_owned();
    let word = said(unit);
    if !words.contains(&word.as_str()) {
        let message = format!("{} knows no `authType` `{}`", target.title, clip(&word));
        let help = format!("it takes {}: say it under `providers.{}`", words.join(" or "), target.name);
        findings.add(unit, span, Problem::error(codes::AUTH, message).help(help));
        return;
    }
    let mut others = subject.service.units.iter().filter(|other| !other.routes.is_empty());
    let differs = others.next().is_some_and(|first| said(first) != word);
    if differs && is_shared(subject) && target.keys.is_some_and(|keys| keys.domain) {
        let message = format!("one domain leads to functions of different `authType` on {}", target.title);
        let help = "say `authType` once, under `provider`";
        findings.add(unit, span, Problem::error(codes::AUTH, message).help(help));
    }
}

/// Whether a front door of its own stands before the functions: they share an address, or have a domain.
pub(super) fn is_shared(subject: &Subject<'_>) -> bool {
    let with_routes = subject.service.units.iter().filter(|unit| !unit.routes.is_empty()).count();
    with_routes > 1 || matches!(subject.service.domain, Domain::Named(_))
}

/// A warning: the function goes on, but nobody hears its answer.
pub(super) fn front_door(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let title = subject.target.title;
    let (Some(http), false) = (&subject.target.triggers.http, subject.unit.routes.is_empty()) else { return };
    let shared = is_shared(subject);
    let waits = if shared { http.shared_timeout.or(http.timeout) } else { http.timeout };
    let timeout = &subject.unit.timeout;
    let Some(waits) = waits.filter(|waits| *waits < timeout.value) else { return };
    let message = format!("HTTP requests to {title} end after {waits} s, before the `timeout` of {} s", timeout.value);
    let several = if shared { ", because several functions answer HTTP on one address, or at a domain" } else { "" };
    let help = format!("set `timeout: {waits}` or less, or answer first and work in an event{several}");
    findings.add(subject.unit, timeout.span.as_ref(), Problem::warning(codes::FRONT_DOOR, message).help(help));
}
