//! Cron expressions: five to seven fields, read into typed terms.

use std::fmt;

use super::{
    ScheduleError,
    field::{Field, FieldKind, Term},
};

/// A cron expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    /// 0 to 59; 0 when the expression has five fields.
    pub second: Field,
    /// 0 to 59.
    pub minute: Field,
    /// 0 to 23.
    pub hour: Field,
    /// 1 to 31, `L`, `LW`, `15W`.
    pub day: Field,
    /// 1 to 12.
    pub month: Field,
    /// 0 to 6 from Sunday, `5L`, `1#2`.
    pub weekday: Field,
    /// 1970 to 2199; any when the expression has fewer than seven fields.
    pub year: Field,
    text: String,
}

const HELP: &str = "write minute, hour, day, month, weekday (`0 3 * * *`); a sixth field in front is the second, a seventh at the end the year";

impl Cron {
    /// Whether day and weekday are both restricted: the timer then fires on days that fit either of them.
    pub fn either_day(&self) -> bool {
        !self.day.is_any() && !self.weekday.is_any()
    }

    pub(super) fn parse(text: &str) -> Result<Self, ScheduleError> {
        let words: Vec<(usize, &str)> = words(text).collect();
        let whole = words.first().map_or(0, |word| word.0)..words.last().map_or(0, |(start, word)| start + word.len());
        let (second, year) = match words.len() {
            0 => return Err(ScheduleError::new(0..text.len(), "the schedule is empty", HELP)),
            1 if words[0].1.starts_with('@') => return Self::nickname(words[0]),
            5 => (None, None),
            6 => (Some(words[0]), None),
            7 => (Some(words[0]), Some(words[6])),
            count => {
                let fields = if count == 1 { "field" } else { "fields" };
                return Err(ScheduleError::new(
                    whole,
                    format!("a schedule of {count} {fields}, where cron has 5, 6 or 7"),
                    HELP,
                ));
            }
        };
        let five = &words[usize::from(second.is_some())..];
        let cron = Self {
            second: second.map_or_else(|| Ok(Field::single(0)), |word| FieldKind::Second.parse(word))?,
            minute: FieldKind::Minute.parse(five[0])?,
            hour: FieldKind::Hour.parse(five[1])?,
            day: FieldKind::Day.parse(five[2])?,
            month: FieldKind::Month.parse(five[3])?,
            weekday: FieldKind::Weekday.parse(five[4])?,
            year: year.map_or_else(|| Ok(Field::any()), |word| FieldKind::Year.parse(word))?,
            text: words.iter().map(|word| word.1.to_ascii_uppercase()).collect::<Vec<_>>().join(" "),
        };
        cron.reject_days_that_no_month_has(five[2])?;
        Ok(cron)
    }

    /// `@daily` and its like, which stand for five fields.
    fn nickname((start, word): (usize, &str)) -> Result<Self, ScheduleError> {
        let five = match word.to_ascii_lowercase().as_str() {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            _ => {
                let help = "known are @hourly, @daily, @weekly, @monthly, @yearly and `every 5m`";
                return Err(ScheduleError::new(start..start + word.len(), format!("`{word}` is not a schedule"), help));
            }
        };
        Self::parse(five)
    }

    /// `0 0 31 2 *` would never fire, and nobody would hear of it.
    fn reject_days_that_no_month_has(&self, (start, word): (usize, &str)) -> Result<(), ScheduleError> {
        let (Some(days), Some(months), true) = (self.day.values(), self.month.values(), self.weekday.is_any()) else {
            return Ok(());
        };
        let longest = months.iter().map(|month| match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        });
        if days.first().copied() > longest.max() {
            let message = "this timer never fires: the day is not in any of its months";
            return Err(ScheduleError::new(
                start..start + word.len(),
                message,
                "write `L` for the last day of the month",
            ));
        }
        Ok(())
    }

    /// All terms of all fields that are more than numbers (`L`, `W`, `#`).
    pub fn calendar_terms(&self) -> impl Iterator<Item = &Term> {
        [&self.day, &self.weekday].into_iter().flat_map(|field| &field.terms).filter(|term| term.is_calendar())
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The words of `text`, each with the byte it starts at.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_whitespace().map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}
