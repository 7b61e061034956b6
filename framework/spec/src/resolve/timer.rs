//! `timer` events.

use super::{Context, text};
use crate::{
    codes,
    problem::{Problem, Span},
    schedule::{Schedule, ScheduleError},
    service::{Located, TriggerKind},
    shape::{clip, place_inside},
    yaml::{Entry, Form, Node},
};

/// A timer, unless its schedule is missing or cannot be understood.
pub(super) fn read(
    context: &mut Context<'_>,
    entry: &Entry,
    timezone: Option<&Located<String>>,
) -> Option<TriggerKind> {
    let node = &entry.value;
    if node.form() != Form::Map {
        let schedule = schedule(context, node, Schedule::parse)?;
        context.problems.push(
            Problem::warning(codes::NOT_MIDWAY, "Midway does not understand a timer that is only text")
                .help("fx does; for Midway as well, write `timer: { type: cron, value: … }`")
                .within(node.span.clone()),
        );
        return Some(kind(schedule, timezone.cloned(), None));
    }
    let Some(value) = node.get("value").filter(|value| value.text().is_some_and(|text| !text.is_empty())) else {
        context.missing(entry, "value", "add `value: \"0 0 3 * * *\"`, or `type: every` with `value: 5m`");
        return None;
    };
    let parse: fn(&str) -> Result<Schedule, ScheduleError> = match text(node, "type") {
        None => Schedule::parse,
        Some(word) => match word.value.as_str() {
            "cron" => Schedule::parse,
            "every" => Schedule::parse_every,
            // Midway hands it on as cron, whatever it says.
            "interval" => |text| {
                if text.split_whitespace().count() > 3 { Schedule::parse(text) } else { Schedule::parse_every(text) }
            },
            other => {
                let message = format!("the timer's type is `cron` or `every`, not `{}`", clip(other));
                let help = "`cron` takes a schedule such as 0 0 3 * * *, `every` a pace such as 5m";
                context.report(Problem::error(codes::VALUE, message).help(help), word.span.clone());
                return None;
            }
        },
    };
    let schedule = schedule(context, value, parse)?;
    let timezone = text(node, "timezone").or_else(|| timezone.cloned());
    let payload = node.get("payload").map(|payload| match payload.text() {
        Some(text) => text.to_owned(),
        None => payload.to_json().to_string(),
    });
    Some(kind(schedule, timezone, payload))
}

fn kind(schedule: Located<Schedule>, timezone: Option<Located<String>>, payload: Option<String>) -> TriggerKind {
    TriggerKind::Timer { schedule, timezone, payload }
}

fn schedule(
    context: &mut Context<'_>,
    node: &Node,
    parse: impl Fn(&str) -> Result<Schedule, ScheduleError>,
) -> Option<Located<Schedule>> {
    let text = node.text()?;
    match parse(text) {
        Ok(schedule) => Some(Located::at(schedule, node.span.clone())),
        Err(error) => {
            let span = place_inside(context.source, node, text, error.range.clone());
            context.report(problem(error), Some(span));
            None
        }
    }
}

/// A schedule of an attribute; there is no place in f.yml to point at.
pub(super) fn from_code(
    context: &mut Context<'_>,
    text: &str,
    timezone: Option<&Located<String>>,
) -> Option<TriggerKind> {
    match Schedule::parse(text) {
        Ok(schedule) => Some(kind(Located::implied(schedule), timezone.cloned(), None)),
        Err(error) => {
            context.report(problem(error), None::<Span>);
            None
        }
    }
}

fn problem(error: ScheduleError) -> Problem {
    Problem::error(codes::SCHEDULE, error.message).help(error.help)
}
