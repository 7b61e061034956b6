//! Messages.

use super::{
    codes,
    findings::{Findings, Subject},
};
use crate::{Problem, service::TriggerKind, shape::clip};

pub(super) fn tags(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(message) = subject.target.triggers.message.as_ref().filter(|message| !message.tags) else { return };
    for (function, trigger) in subject.triggers() {
        let TriggerKind::Message { tags, .. } = &trigger.kind else { continue };
        if tags.is_empty() {
            continue;
        }
        let text = format!(
            "{} does not filter messages by tags, so `{}` would get all of them",
            message.service,
            clip(&function.name.value)
        );
        let help = format!(
            "leave `tags` out under `providers.{}` and look at the message's tags in the function",
            subject.target.name
        );
        findings.add(subject.unit, trigger.span.as_ref(), Problem::error(codes::TAGS, text).help(help));
    }
}
