//! Schedules and time zones.

use super::{
    codes,
    findings::{Findings, Subject},
};
use crate::{Problem, schedule::time_zone, service::TriggerKind, shape::clip};

pub(super) fn schedules(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let target = subject.target;
    for (_, trigger) in subject.triggers() {
        let TriggerKind::Timer { schedule, timezone, .. } = &trigger.kind else { continue };
        if let Some(name) = timezone
            && time_zone(Some(name)).is_err()
        {
            let problem = Problem::error(codes::TIMEZONE, format!("there is no time zone `{}`", clip(name)));
            let problem = problem.help("write an IANA name: `Asia/Shanghai`, `Europe/Berlin`, `UTC`");
            findings.add(subject.unit, name.span.as_ref().or(trigger.span.as_ref()), problem);
            continue;
        }
        let Some(timer) = &target.triggers.timer else { continue };
        if let Err(refusal) = (timer.translate)(&schedule.value, timezone.as_ref().map(|name| name.value.as_str())) {
            let message = format!("`{}`: {} {}", clip(&schedule.to_string()), target.title, refusal.message);
            let span = schedule.span.as_ref().or(trigger.span.as_ref());
            findings.add(subject.unit, span, Problem::error(codes::SCHEDULE, message).help(refusal.help));
        }
    }
}
