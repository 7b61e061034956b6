//! Schedules in EventBridge's words.
//!
//! In UTC a schedule becomes an EventBridge *rule*, which needs no role of its own. In any other time zone it becomes an EventBridge
//! *Scheduler* schedule, the only one of the two that knows time zones; [`CloudSchedule::timezone`] is set for exactly those.
//!
//! Both read `rate(5 minutes)` and `cron(minute hour day month weekday year)`, where one of day and weekday is `?` and the week counts from
//! Sunday = 1 ("Cron expressions reference" of the EventBridge guide).

use fx_spec::schedule::{CloudSchedule, Cron, Every, Schedule, Term, Unsayable, is_utc};

/// `ScheduleExpression` has 256 characters at most in the API models of both.
const LONGEST: usize = 256;

/// Says `schedule` in EventBridge's words.
pub fn translate(schedule: &Schedule, timezone: Option<&str>) -> Result<CloudSchedule, Unsayable> {
    match schedule {
        Schedule::Every(every) => Ok(CloudSchedule { text: rate(*every)?, timezone: None }),
        Schedule::Cron(cron) => {
            let timezone = timezone.filter(|name| !is_utc(Some(name))).map(Into::into);
            Ok(CloudSchedule { text: expression(cron)?, timezone })
        }
    }
}

fn rate(every: Every) -> Result<String, Unsayable> {
    let seconds = every.seconds();
    let (count, unit) = match seconds {
        _ if !seconds.is_multiple_of(60) => {
            return Err(Unsayable::new(
                "counts paces in whole minutes",
                "take at least a minute and no odd seconds: `every 1m`",
            ));
        }
        _ if seconds.is_multiple_of(86_400) => (seconds / 86_400, "day"),
        _ if seconds.is_multiple_of(3600) => (seconds / 3600, "hour"),
        _ => (seconds / 60, "minute"),
    };
    // The service refuses `rate(1 minutes)`.
    let plural = if count == 1 { "" } else { "s" };
    Ok(format!("rate({count} {unit}{plural})"))
}

fn expression(cron: &Cron) -> Result<String, Unsayable> {
    if cron.second.only() != Some(0) {
        return Err(Unsayable::seconds());
    }
    if cron.either_day() {
        return Err(Unsayable::either_day());
    }
    let calendar = cron.calendar_terms().next().map(calendar).transpose()?;
    let day = cron.day.numbers().or_else(|| calendar.clone()).unwrap_or_default();
    let weekday = cron.weekday.weekday_names().or(calendar).unwrap_or_default();
    let (day, weekday) = if cron.weekday.is_any() { (day.as_str(), "?") } else { ("?", weekday.as_str()) };
    let numbers = |field: &fx_spec::schedule::Field| field.numbers().unwrap_or_default();
    let (minute, hour) = (numbers(&cron.minute), numbers(&cron.hour));
    let (month, year) = (numbers(&cron.month), numbers(&cron.year));
    let text = format!("cron({minute} {hour} {day} {month} {weekday} {year})");
    if text.len() > LONGEST {
        return Err(Unsayable::new(
            "takes no schedule of this many values",
            "write steps and ranges (`*/5`, `10-20`), or several timers",
        ));
    }
    Ok(text)
}

/// `L`, `15W`, `6L`, `2#3`: the reference names these, and no `LW`.
fn calendar(term: &Term) -> Result<String, Unsayable> {
    match *term {
        Term::LastDay => Ok("L".into()),
        Term::NearestWorkday(day) => Ok(format!("{day}W")),
        Term::LastOf(weekday) => Ok(format!("{}L", weekday + 1)),
        Term::Nth { weekday, nth } => Ok(format!("{}#{nth}", weekday + 1)),
        _ => Err(Unsayable::calendar(term)),
    }
}
