//! Settings that are one of a few words.

use super::{
    codes,
    findings::{Findings, Subject},
    http::is_shared,
};
use crate::{
    Problem, Service,
    capabilities::{Capabilities, Streaming},
    nearest::nearest,
    service::{Arch, FunctionKind, Link},
    shape::clip,
};

pub(super) fn arch(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let word = |arch: &Arch| match arch {
        Arch::X86_64 => "x86_64",
        Arch::Aarch64 => "aarch64",
    };
    let (target, value) = (subject.target, &subject.unit.arch);
    if !target.architectures.contains(&value.value) {
        let message = format!("{} has no {} processors", target.title, word(&value.value));
        let known: Vec<&str> = target.architectures.iter().map(word).collect();
        let help = format!(
            "write `arch: {}`, under `providers.{}` if other targets keep theirs",
            known.join("` or `"),
            target.name
        );
        findings.add(subject.unit, value.span.as_ref(), Problem::error(codes::ARCH, message).help(help));
    }
}

pub(super) fn link(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let word = |link: &Link| match link {
        Link::Static => "static",
        Link::Dynamic => "dynamic",
    };
    let (target, value) = (subject.target, &subject.unit.link);
    if !target.links.contains(&value.value) {
        let message = format!("{} cannot run a binary with `link: {}`", target.title, word(&value.value));
        let known: Vec<&str> = target.links.iter().map(word).collect();
        let help = format!("write `link: {}`", known.join("` or `"));
        findings.add(subject.unit, value.span.as_ref(), Problem::error(codes::LINK, message).help(help));
    }
}

/// A warning: whoever asks gets the same bytes, only later.
pub(super) fn streaming(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (target, value) = (subject.target, &subject.unit.streaming);
    let can = match target.streaming {
        Streaming::Never => false,
        Streaming::Web => subject.kind() == FunctionKind::Web,
        Streaming::Always => true,
    };
    let door = target.triggers.http.filter(|_| !subject.unit.routes.is_empty() && is_shared(subject));
    if value.value && can && door.is_some_and(|door| !door.shared_streaming) {
        let message =
            format!("{} streams no answers where several functions answer HTTP, or at a domain", target.title);
        let help = "let one function have all routes (`aggregation`) and no domain, or leave `streaming` out there";
        findings.add(subject.unit, value.span.as_ref(), Problem::warning(codes::STREAMING, message).help(help));
    }
    if !value.value || can {
        return;
    }
    let message = format!("{} sends the answers of this function whole, not as a stream", target.title);
    let help = match target.streaming {
        Streaming::Web => "`type: web` streams there",
        _ => "leave `streaming` out there",
    };
    findings.add(subject.unit, value.span.as_ref(), Problem::warning(codes::STREAMING, message).help(help));
}

/// A warning: clouds open regions faster than lists are renewed.
pub(super) fn region(service: &Service, target: &Capabilities, findings: &mut Findings<'_>) {
    let (Some(region), Some(known)) = (&service.region, target.regions) else { return };
    if known.contains(&region.as_str()) {
        return;
    }
    let message = format!("{} has no region `{}` that fx knows of", target.title, clip(&region.value));
    let help = match nearest(&region.value, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}", known.join(", ")),
    };
    findings.add_at(region.span.as_ref(), Problem::warning(codes::REGION, message).help(help));
}
