//! A schedule in a target's words.

use super::{Schedule, Term};

/// A schedule in a target's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudSchedule {
    /// What the target reads.
    pub text: String,
    /// The time zone it is to be given beside the text; `None`: the text says all.
    pub timezone: Option<String>,
}

/// Why a target cannot say a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsayable {
    /// The end of a sentence that begins with the target's title: `has no seconds in its schedules`.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl Unsayable {
    /// The target fires at second 0 only.
    pub fn seconds() -> Self {
        Self::new("has no seconds in its schedules", "let it fire at second 0: `0 */5 * * * *`, `every 1m`")
    }

    /// The target has no years.
    pub fn years() -> Self {
        Self::new("has no years in its schedules", "leave the year out, or write `*`")
    }

    /// The target does not know this term.
    pub fn calendar(term: &Term) -> Self {
        let (what, help) = match term {
            Term::LastDay => {
                ("the last day of a month", "write `28-31` and let the function look whether tomorrow is the 1st")
            }
            Term::LastWorkday | Term::NearestWorkday(_) => {
                ("workdays near a date", "name weekdays (`MON-FRI`) or days of the month")
            }
            _ => ("one certain weekday of a month", "write the weekday alone and let the function look at the date"),
        };
        Self::new(format!("cannot say `{term}` ({what})"), help)
    }

    /// The target has no paces, and the pace is not an even part of a minute, an hour or a day.
    pub fn uneven() -> Self {
        Self::new(
            "has no paces that do not divide a minute, an hour or a day evenly",
            "take one that does: 1, 2, 3, 4, 5, 6, 10, 12, 15, 20 or 30 minutes; 1, 2, 3, 4, 6, 8 or 12 hours; 1 day",
        )
    }

    /// The target wants a day or a weekday, not both.
    pub fn either_day() -> Self {
        Self::new(
            "takes a day of the month or a weekday, not both",
            "write two timers, one with `*` as the weekday and one with `*` as the day: together they fire on either, as cron does",
        )
    }

    /// A refusal with its remedy.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

/// Whether `timezone` is UTC under one of its names.
pub fn is_utc(timezone: Option<&str>) -> bool {
    matches!(timezone, None | Some("UTC" | "Etc/UTC" | "GMT" | "Etc/GMT" | "Zulu" | "Etc/Zulu"))
}

/// The translation of targets that fx itself plays: its own words.
pub fn verbatim(schedule: &Schedule, timezone: Option<&str>) -> Result<CloudSchedule, Unsayable> {
    Ok(CloudSchedule { text: schedule.to_string(), timezone: timezone.map(Into::into) })
}
