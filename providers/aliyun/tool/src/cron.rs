//! Schedules in Function Compute's words.
//!
//! Six fields, second first, in UTC unless `CRON_TZ=…` stands before them, or `@every 5m`. The page "Time triggers" allows no list or step in
//! the second, no `L`, `W`, `#` and no year anywhere; its week is numbered from Monday = 1, so weekdays are sent by name. It does not say
//! what a day and a weekday together mean, so such a schedule is refused.

use fx_spec::schedule::{CloudSchedule, Cron, Every, Field, Schedule, Unsayable, is_utc};

/// Says `schedule` in Function Compute's words.
pub fn translate(schedule: &Schedule, timezone: Option<&str>) -> Result<CloudSchedule, Unsayable> {
    let text = match schedule {
        Schedule::Every(every) => pace(*every)?,
        Schedule::Cron(cron) => match timezone.filter(|name| !is_utc(Some(name))) {
            Some(name) => format!("CRON_TZ={name} {}", expression(cron)?),
            None => expression(cron)?,
        },
    };
    Ok(CloudSchedule { text, timezone: None })
}

/// In minutes: the page shows no other unit.
fn pace(every: Every) -> Result<String, Unsayable> {
    let seconds = every.seconds();
    if !seconds.is_multiple_of(60) {
        return Err(Unsayable::new(
            "counts paces in whole minutes",
            "take at least a minute and no odd seconds: `every 1m`",
        ));
    }
    Ok(format!("@every {}m", seconds / 60))
}

fn expression(cron: &Cron) -> Result<String, Unsayable> {
    let Some(second) = cron.second.only() else {
        return Err(Unsayable::new(
            "takes one second, no list or step of them",
            "let it fire once a minute: `0 * * * * *`",
        ));
    };
    if !cron.year.is_any() {
        return Err(Unsayable::years());
    }
    if let Some(term) = cron.calendar_terms().next() {
        return Err(Unsayable::calendar(term));
    }
    if cron.either_day() {
        return Err(Unsayable::either_day());
    }
    let numbers = |field: &Field| field.numbers().unwrap_or_default();
    let weekday = cron.weekday.weekday_names().unwrap_or_default();
    let (day, weekday) = match (cron.day.is_any(), cron.weekday.is_any()) {
        (true, true) => ("*".into(), "*".into()),
        (true, false) => ("?".into(), weekday),
        (false, _) => (numbers(&cron.day), "?".into()),
    };
    let (minute, hour, month) = (numbers(&cron.minute), numbers(&cron.hour), numbers(&cron.month));
    Ok(format!("{second} {minute} {hour} {day} {month} {weekday}"))
}
