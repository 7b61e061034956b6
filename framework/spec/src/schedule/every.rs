//! Fixed paces: `every 5m`.

use std::{fmt, num::NonZeroU32};

use super::{Cron, ScheduleError};

/// A fixed pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Every {
    /// How many units lie between two firings.
    pub count: NonZeroU32,
    /// Of what.
    pub unit: Unit,
}

/// The unit of a pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `s`
    Seconds,
    /// `m`
    Minutes,
    /// `h`
    Hours,
    /// `d`, 24 hours each
    Days,
}

impl Unit {
    /// Its letter.
    pub fn letter(self) -> char {
        match self {
            Self::Seconds => 's',
            Self::Minutes => 'm',
            Self::Hours => 'h',
            Self::Days => 'd',
        }
    }

    /// How long one is.
    pub fn seconds(self) -> u32 {
        match self {
            Self::Seconds => 1,
            Self::Minutes => 60,
            Self::Hours => 3600,
            Self::Days => 86_400,
        }
    }
}

const HELP: &str = "write a number and one of s, m, h, d: `every 30s`, `every 5m`, `every 2h`, `every 1d`";

/// The longest pace. A slower timer is a date, which cron says better.
const LONGEST: u64 = 366 * 86_400;

impl Every {
    /// Seconds between two firings.
    pub fn seconds(self) -> u32 {
        self.count.get().saturating_mul(self.unit.seconds())
    }

    /// The same pace as a cron expression, for targets that have no paces: only when it divides the minute, the hour or the day evenly.
    pub fn as_cron(self) -> Option<Cron> {
        let seconds = self.seconds();
        let text = match (seconds, seconds / 60, seconds / 3600) {
            (1, ..) => "* * * * * *".into(),
            (2..60, ..) if 60 % seconds == 0 => format!("*/{seconds} * * * * *"),
            _ if !seconds.is_multiple_of(60) => return None,
            (_, 1, _) => "0 * * * * *".into(),
            (_, minutes @ 2..60, _) if 60 % minutes == 0 => format!("0 */{minutes} * * * *"),
            _ if !seconds.is_multiple_of(3600) => return None,
            (_, _, 1) => "0 0 * * * *".into(),
            (_, _, hours @ 2..24) if 24 % hours == 0 => format!("0 0 */{hours} * * *"),
            (_, _, 24) => "0 0 0 * * *".into(),
            _ => return None,
        };
        Cron::parse(&text).ok()
    }

    /// Splits off `every ` or `@every `: where the rest begins, and the rest.
    pub(super) fn strip_keyword(text: &str) -> Option<(usize, &str)> {
        let trimmed = text.trim_start();
        let word = trimmed.split_whitespace().next()?;
        if !matches!(word.to_ascii_lowercase().as_str(), "every" | "@every") {
            return None;
        }
        let offset = text.len() - trimmed.len() + word.len();
        Some((offset, &text[offset..]))
    }

    /// Reads `5m`, also `5 minutes`.
    pub(super) fn parse(text: &str) -> Result<Self, ScheduleError> {
        let trimmed = text.trim();
        let start = text.len() - text.trim_start().len();
        let whole = start..start + trimmed.len();
        if trimmed.is_empty() {
            return Err(ScheduleError::new(0..text.len(), "`every` without a pace", HELP));
        }
        let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
        let (number, word) = trimmed.split_at(digits);
        let unit = match word.trim_start().to_ascii_lowercase().as_str() {
            "s" | "sec" | "second" | "seconds" => Unit::Seconds,
            "m" | "min" | "minute" | "minutes" => Unit::Minutes,
            "h" | "hour" | "hours" => Unit::Hours,
            "d" | "day" | "days" => Unit::Days,
            _ => return Err(ScheduleError::new(whole, format!("`{trimmed}` is not a pace"), HELP)),
        };
        if !number.is_empty() && number.bytes().all(|digit| digit == b'0') {
            let message = format!("`{trimmed}` is not a pace: zero is not allowed");
            return Err(ScheduleError::new(whole, message, HELP));
        }
        let count = number.parse::<u32>().ok().and_then(NonZeroU32::new);
        match count {
            Some(count) if u64::from(count.get()) * u64::from(unit.seconds()) <= LONGEST => Ok(Self { count, unit }),
            Some(_) => Err(ScheduleError::new(
                whole,
                format!("`{trimmed}` is longer than a year"),
                "use a cron expression with a date",
            )),
            None => Err(ScheduleError::new(whole, format!("`{trimmed}` is not a pace"), HELP)),
        }
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "every {}{}", self.count, self.unit.letter())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Schedule;

    #[test]
    fn paces_are_read_in_every_spelling() {
        for text in ["every 5m", "@every 5m", " EVERY  5 minutes ", "every 5 min"] {
            assert_eq!(Schedule::parse(text).unwrap().to_string(), "every 5m", "{text}");
        }
        assert_eq!(Schedule::parse_every("30s").unwrap().to_string(), "every 30s");
        assert_eq!(Schedule::parse_every("@every 2h").unwrap().to_string(), "every 2h");
    }

    #[test]
    fn only_even_paces_can_be_said_in_cron() {
        let cases = [
            ("every 1s", Some("* * * * * *")),
            ("every 30s", Some("*/30 * * * * *")),
            ("every 7s", None),
            ("every 60s", Some("0 * * * * *")),
            ("every 90s", None),
            ("every 5m", Some("0 */5 * * * *")),
            ("every 7m", None),
            ("every 60m", Some("0 0 * * * *")),
            ("every 6h", Some("0 0 */6 * * *")),
            ("every 5h", None),
            ("every 24h", Some("0 0 0 * * *")),
            ("every 2d", None),
        ];
        for (text, cron) in cases {
            let Schedule::Every(every) = Schedule::parse(text).unwrap() else { panic!("{text}") };
            assert_eq!(every.as_cron().map(|cron| cron.to_string()).as_deref(), cron, "{text}");
        }
    }

    #[test]
    fn errors_point_at_the_pace() {
        for (text, range) in
            [("every 5x", 6..8), ("every 0m", 6..8), ("every", 5..5), ("every 9999d", 6..11), ("every -1m", 6..9)]
        {
            assert_eq!(Schedule::parse(text).unwrap_err().range, range, "{text}");
        }
        assert_eq!(Schedule::parse_every("fast").unwrap_err().range, 0..4);
        assert_eq!(Schedule::parse("every 0m").unwrap_err().message, "`0m` is not a pace: zero is not allowed");
    }
}
