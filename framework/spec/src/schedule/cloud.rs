//! A schedule in a target's words.

use super::Schedule;

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
    /// A refusal with its remedy.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

/// The translation of targets that fx itself plays: its own words.
pub fn verbatim(schedule: &Schedule, timezone: Option<&str>) -> Result<CloudSchedule, Unsayable> {
    Ok(CloudSchedule { text: schedule.to_string(), timezone: timezone.map(Into::into) })
}
