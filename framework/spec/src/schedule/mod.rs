//! When a timer fires: fx's own grammar, which every target says in its own words.
//!
//! | form | example |
//! |---|---|
//! | minute hour day month weekday | `0 3 * * MON-FRI` |
//! | second first | `30 0 3 * * *` |
//! | second first, year last | `0 0 3 1 1 ? 2030` |
//! | at a fixed pace | `every 5m`, with `s`, `m`, `h`, `d` |
//!
//! Weekdays count from Sunday = 0 (7 is Sunday as well), or are named. A day *and* a weekday mean either of them, as in cron.

mod cloud;
mod cron;
mod error;
mod every;
mod field;
mod instants;

pub use cloud::{CloudSchedule, Unsayable, is_utc, verbatim};
pub use cron::Cron;
pub use error::ScheduleError;
pub use every::{Every, Unit};
pub use field::{Field, Term, weekday_name};
pub use instants::{UnknownZone, time_zone};

use std::{fmt, str::FromStr};

/// When a timer fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// At the instants a cron expression names.
    Cron(Box<Cron>),
    /// At a fixed pace, counted from when the timer was set up.
    Every(Every),
}

impl Schedule {
    /// Reads a cron expression of 5, 6 or 7 fields, or `every 5m` (also `@every 5m`).
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        match Every::strip_keyword(text) {
            Some((offset, rest)) => Every::parse(rest).map(Self::Every).map_err(|error| error.moved(offset)),
            None => Cron::parse(text).map(Box::new).map(Self::Cron),
        }
    }

    /// Reads the value of a timer whose `type` is `every`: the bare pace, `5m`. The forms of [`Schedule::parse`] that name a pace work too.
    pub fn parse_every(text: &str) -> Result<Self, ScheduleError> {
        let (offset, rest) = Every::strip_keyword(text).unwrap_or((0, text));
        Every::parse(rest).map(Self::Every).map_err(|error| error.moved(offset))
    }
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        Self::parse(text)
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cron(cron) => cron.fmt(f),
            Self::Every(every) => every.fmt(f),
        }
    }
}
