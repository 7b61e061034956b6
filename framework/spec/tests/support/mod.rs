//! Targets without limits, and short ways to resolve a text.
#![allow(dead_code, reason = "every test binary uses its own part of this")]

use std::path::Path;

use fx_spec::{Document, Request, Resolved, capabilities::Capabilities};

const fn target(name: &'static str, aliases: &'static [&'static str]) -> Capabilities {
    Capabilities { name, aliases, title: name, ..Capabilities::UNLIMITED }
}

/// The names that real targets have.
pub static TARGETS: [Capabilities; 7] = [
    target("local", &[]),
    target("aliyun", &[]),
    target("tencent", &[]),
    target("aws", &[]),
    target("container", &[]),
    target("kubernetes", &["k8s"]),
    target("knative", &[]),
];

/// Resolves for `target` with `variables` set.
pub fn resolve_with(text: &str, target: Option<&str>, variables: &[(&str, &str)]) -> Resolved {
    let document = match Document::parse("f.yml", text, Path::new(".")) {
        Ok(document) => document,
        Err(failure) => return Resolved { service: None, problems: failure.problems },
    };
    let targets: Vec<&Capabilities> = TARGETS.iter().collect();
    let look_up = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    document.resolve(&Request { target, targets: &targets, variables: &look_up, udev: Default::default(), code: &[] })
}

/// Resolves for the file's own target, nothing set.
pub fn resolve(text: &str) -> Resolved {
    resolve_with(text, None, &[])
}

/// `CODE line:column`, one a problem.
pub fn places(resolved: &Resolved) -> Vec<String> {
    let place = |problem: &fx_spec::Problem| {
        format!("{} {}:{}", problem.code, problem.line.unwrap_or_default(), problem.column.unwrap_or_default())
    };
    resolved.problems.iter().map(place).collect()
}
