//! Keys that the platform has outlived.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    codes,
    findings::{Findings, Subject},
};
use crate::{Located, Problem, Service, capabilities::Capabilities};

pub(super) fn provider(service: &Service, target: &Capabilities, findings: &mut Findings<'_>) {
    for (span, problem) in retired(&service.extra, target) {
        findings.add_at(span.as_ref(), problem);
    }
}

pub(super) fn unit(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let triggers = subject.triggers().map(|(_, trigger)| &trigger.extra);
    for extra in triggers.chain([&subject.unit.extra]) {
        for (span, problem) in retired(extra, subject.target) {
            findings.add(subject.unit, span.as_ref(), problem);
        }
    }
}

fn retired<'a>(
    extra: &'a BTreeMap<String, Located<Value>>,
    target: &'a Capabilities,
) -> impl Iterator<Item = (Option<crate::Span>, Problem)> + 'a {
    target.retired.iter().filter_map(move |(key, fate)| {
        let value = extra.get(*key)?;
        let message = format!("`{key}` has no effect on {} any more", target.title);
        Some((value.span.clone(), Problem::warning(codes::RETIRED, message).help(*fate)))
    })
}
