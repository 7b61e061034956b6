//! Schedules in SCF's words.
//!
//! Seven fields, second first, year last, in Beijing time; a day and a weekday together mean either (document 583/9708). There are no time
//! zones and no paces: hours are moved to Beijing's, and a schedule whose dates do not survive that is refused. Older editions of the
//! document number the week from Monday = 0, newer ones from Sunday = 0, so weekdays are sent by name, and `5L` and `1#2`, which need a
//! number, are refused.

use fx_spec::schedule::{CloudSchedule, Cron, Field, Schedule, Term, Unsayable};

use crate::beijing;

/// The last year the document allows.
const LAST_YEAR: u16 = 2099;

/// Says `schedule` in SCF's words.
pub fn translate(schedule: &Schedule, timezone: Option<&str>) -> Result<CloudSchedule, Unsayable> {
    let text = match schedule {
        Schedule::Cron(cron) => expression(&beijing::moved(cron, timezone)?)?,
        // A pace has no time of day, so there is nothing to move.
        Schedule::Every(every) => expression(&every.as_cron().ok_or_else(Unsayable::uneven)?)?,
    };
    Ok(CloudSchedule { text, timezone: None })
}

fn expression(cron: &Cron) -> Result<String, Unsayable> {
    if !cron.year.is_any() && cron.year.values().is_some_and(|years| years.last() > Some(&LAST_YEAR)) {
        return Err(Unsayable::new("has no years after 2099", "end the years at 2099, or leave them out"));
    }
    let mut day = numbers(&cron.day);
    for term in cron.calendar_terms() {
        match term {
            Term::LastDay | Term::NearestWorkday(_) => day = term.to_string(),
            _ => return Err(Unsayable::calendar(term)),
        }
    }
    let [second, minute, hour] = [&cron.second, &cron.minute, &cron.hour].map(numbers);
    let (month, year) = (numbers(&cron.month), numbers(&cron.year));
    let weekday = cron.weekday.weekday_names().unwrap_or_default();
    Ok(format!("{second} {minute} {hour} {day} {month} {weekday} {year}"))
}

fn numbers(field: &Field) -> String {
    field.numbers().unwrap_or_default()
}
