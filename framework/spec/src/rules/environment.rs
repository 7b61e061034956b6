//! Environment variables.

use super::{
    codes,
    findings::{Findings, Subject},
};
use crate::{
    Problem, SourceFile, Span,
    service::{Expression, Piece},
    shape::clip,
};

pub(super) fn names(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (title, rules) = (subject.target.title, &subject.target.environment);
    for (name, value) in &subject.unit.environment {
        let problem = if rules.is_reserved(name) {
            let message = format!("{title} keeps the environment variable `{}` for itself", clip(name));
            let prefix = rules.reserved_prefixes.iter().find(|prefix| name.starts_with(*prefix));
            let help = match prefix {
                Some(prefix) => format!("take another name: those that begin with `{prefix}` belong to the platform"),
                None => "take another name: the platform sets this one".into(),
            };
            Problem::error(codes::ENVIRONMENT_RESERVED, message).help(help)
        } else if let Some(offence) = rules.name.offence(name) {
            let message = format!("the environment variable `{}` {offence}, which {title} does not allow", clip(name));
            Problem::error(codes::ENVIRONMENT_NAME, message).help(format!("{title} allows {}", rules.name))
        } else {
            continue;
        };
        let key = value.span.as_ref().map(|value| key_of(findings.source, name, value));
        findings.add(subject.unit, key.as_ref(), problem);
    }
}

/// Counts what is known before a deploy; values from the deployer's environment come on top.
pub(super) fn size(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let title = subject.target.title;
    let Some(limit) = subject.target.environment.bytes else { return };
    let bytes = |(name, value): (&String, &Expression)| (name.len() + known_length(value)) as u64;
    let variables = subject.unit.environment.iter();
    let total: u64 = variables.clone().map(|(name, value)| bytes((name, &value.value))).sum();
    if total <= limit.0 {
        return;
    }
    let largest = variables.max_by_key(|(name, value)| bytes((name, &value.value)));
    let message =
        format!("the environment of `{}` has {total} bytes, more than {title} allows", clip(&subject.unit.name.value));
    let largest_name = largest.map(|(name, _)| clip(name)).unwrap_or_default();
    let help = format!(
        "{title} allows {limit} for all names and values together; `{largest_name}` is the largest, a file or a store may be a better place"
    );
    let span = largest.and_then(|(_, value)| value.span.as_ref());
    findings.add(subject.unit, span, Problem::error(codes::ENVIRONMENT_SIZE, message).help(help));
}

fn known_length(value: &Expression) -> usize {
    let lengths = value.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.len(),
        Piece::Env { .. } | Piece::Secret(_) => 0,
    });
    lengths.sum()
}

/// The key in front of a value: only the value's place is known here. The value's own place, where the text does not show the key.
fn key_of(source: &SourceFile, name: &str, value: &Span) -> Span {
    let key = || {
        let before = source.text.get(..value.start)?.trim_end().strip_suffix(':')?.trim_end();
        let before = before.strip_suffix(['"', '\'']).unwrap_or(before);
        before.ends_with(name).then(|| before.len() - name.len()..before.len())
    };
    key().unwrap_or_else(|| value.clone())
}
