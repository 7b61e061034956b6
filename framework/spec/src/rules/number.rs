//! Settings that are numbers.

use super::{
    codes,
    findings::{Findings, Subject},
};
use crate::{Located, Problem, capabilities::Limit, service::FunctionKind};

/// A setting: what f.yml calls it, what it counts, the code of its problems.
struct Setting {
    key: &'static str,
    unit: &'static str,
    code: &'static str,
}

pub(super) fn memory(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let setting = Setting { key: "memorySize", unit: "MB", code: codes::MEMORY };
    within(subject, findings, &setting, &subject.unit.memory_size, &subject.target.memory);
}

pub(super) fn timeout(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let setting = Setting { key: "timeout", unit: "seconds", code: codes::TIMEOUT };
    within(subject, findings, &setting, &subject.unit.timeout, &subject.target.timeout);
}

pub(super) fn init_timeout(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(value) = &subject.unit.init_timeout else { return };
    match &subject.target.init_timeout {
        Some(limit) => {
            let setting = Setting { key: "initTimeout", unit: "seconds", code: codes::INIT_TIMEOUT };
            within(subject, findings, &setting, value, limit);
        }
        None => {
            let message = format!("`initTimeout` has no effect on {}", subject.target.title);
            let help = format!(
                "{} has no limit of its own for the start of a function; leave the key out there",
                subject.target.title
            );
            findings.add(subject.unit, value.span.as_ref(), Problem::warning(codes::INIT_TIMEOUT, message).help(help));
        }
    }
}

pub(super) fn concurrency(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (target, value) = (subject.target, &subject.unit.concurrency);
    let limits = &target.concurrency;
    let limit = match subject.kind() {
        FunctionKind::Web => limits.web,
        FunctionKind::Event => limits.event,
    };
    let setting = Setting { key: "concurrency", unit: "requests at once", code: codes::CONCURRENCY };
    if limit.max != Some(1) || value.value <= 1 {
        return within(subject, findings, &setting, value, &limit);
    }
    // Not an error: the function runs, one request at a time in each instance.
    let message = format!("`concurrency: {}` has no effect on {}", value.value, target.title);
    let help = match limits.web.max {
        Some(web) if web > 1 => {
            format!("an event function takes one event at a time; with `type: web` it takes up to {web}")
        }
        _ => "an instance takes one request at a time there".into(),
    };
    findings.add(subject.unit, value.span.as_ref(), Problem::warning(setting.code, message).help(help));
}

pub(super) fn threads(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let setting = Setting { key: "threads", unit: "threads", code: codes::THREADS };
    within(subject, findings, &setting, &subject.unit.threads, &subject.target.threads);
}

pub(super) fn layers(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (target, layers) = (subject.target, &subject.unit.layers);
    let Some(max) = target.package.layers else { return };
    let Some(first_too_many) = layers.get(max) else { return };
    let problem = match max {
        0 => Problem::error(codes::LAYERS, format!("{} has no layers", target.title)).help("leave `layers` out there"),
        _ => Problem::error(codes::LAYERS, format!("{} layers are more than {} allows", layers.len(), target.title))
            .help(format!("{} allows {max} layers for a function", target.title)),
    };
    findings.add(subject.unit, first_too_many.span.as_ref(), problem);
}

fn within(subject: &Subject<'_>, findings: &mut Findings<'_>, setting: &Setting, value: &Located<u32>, limit: &Limit) {
    if limit.allows(value.value) {
        return;
    }
    let (title, Setting { key, unit, code }) = (subject.target.title, setting);
    let fault = match limit.max {
        Some(max) if value.value > max => "is more than",
        _ if value.value < limit.min => "is less than",
        _ => "is not one of the sizes that",
    };
    let default = if value.span.is_none() { " (the default)" } else { "" };
    let message = format!("`{key}: {}`{default} {fault} {title} allows", value.value);
    let help = format!("{title} allows {}; the nearest is {}", limit.describe(unit), limit.nearest(value.value));
    findings.add(subject.unit, value.span.as_ref(), Problem::error(code, message).help(help));
}
