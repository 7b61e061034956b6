//! Object storage.

use super::{
    codes,
    findings::{Findings, Subject},
};
use crate::{
    Problem,
    capabilities::{ObjectWord, TriggerName},
    service::TriggerKind,
    shape::clip,
};

pub(super) fn events(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(object) = &subject.target.triggers.object else { return };
    for (_, trigger) in subject.triggers() {
        let TriggerKind::Object { events, .. } = &trigger.kind else { continue };
        for event in events {
            // A word without a colon is nobody's own word: reading the file has refused it.
            let native = object.native.iter().any(|prefix| event.starts_with(prefix)) || !event.contains(':');
            if native || ObjectWord::parse(event).is_some() {
                continue;
            }
            let message = format!("{} has no event `{}`", object.service, clip(&event.value));
            let help = format!(
                "write `created` or `removed`, which mean the same everywhere ({} and {} there)",
                object.created, object.removed
            );
            let span = event.span.as_ref().or(trigger.span.as_ref());
            findings.add(subject.unit, span, Problem::error(codes::OBJECT_EVENT, message).help(help));
        }
    }
}

pub(super) fn demands(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let target = subject.target;
    let Some(object) = &target.triggers.object else { return };
    for (_, trigger) in subject.triggers() {
        let TriggerKind::Object { bucket, suffix, .. } = &trigger.kind else { continue };
        if let TriggerName::BucketAddress { ends_with } = object.name {
            let named = trigger.name.as_ref().is_some_and(|name| name.ends_with(ends_with));
            if !named && !ends_with_account(bucket) {
                let message = format!(
                    "{} needs the account's number in the bucket's name `{}`",
                    object.service,
                    clip(&bucket.value)
                );
                let help = format!(
                    "write `bucket: {}-1250000000` with your APPID, under `providers.{}` if other targets call it otherwise",
                    clip(&bucket.value),
                    target.name
                );
                let span = bucket.span.as_ref().or(trigger.span.as_ref());
                findings.add(subject.unit, span, Problem::error(codes::OBJECT, message).help(help));
            }
        }
        let suffix = suffix.as_ref().filter(|suffix| !suffix.is_empty());
        if let (Some(first), Some(suffix)) = (object.suffix_begins_with, suffix)
            && !suffix.starts_with(first)
        {
            let suffix = clip(suffix);
            let message = format!("{} takes no suffix `{suffix}`: it must begin with `{first}`", object.service);
            let help = format!("write `{first}{suffix}`, or look at the key in the function");
            findings.add(subject.unit, trigger.span.as_ref(), Problem::error(codes::OBJECT, message).help(help));
        }
    }
}

/// `name-1250000000`
fn ends_with_account(bucket: &str) -> bool {
    bucket.rsplit_once('-').is_some_and(|(name, account)| {
        !name.is_empty() && account.len() >= 5 && account.bytes().all(|byte| byte.is_ascii_digit())
    })
}
