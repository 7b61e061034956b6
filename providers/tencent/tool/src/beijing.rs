//! The same instants, by Beijing's clock.

use std::collections::BTreeSet;

use fx_spec::schedule::{Cron, Field, Schedule, Unsayable, time_zone};
use jiff::{Timestamp, tz::TimeZone};

const BEIJING: &str = "Asia/Shanghai";

/// `cron`, read in `timezone`, as Beijing's clock shows it.
pub(crate) fn moved(cron: &Cron, timezone: Option<&str>) -> Result<Cron, Unsayable> {
    let every_hour_of_every_day = cron.hour.is_any() && any_date(cron);
    let ahead = match hours_ahead(timezone)? {
        Ahead::Always(0) => return Ok(cron.clone()),
        // Whole hours change nothing in a schedule that knows minutes only.
        Ahead::Always(_) | Ahead::WholeHours if every_hour_of_every_day => return Ok(cron.clone()),
        Ahead::Always(hours) => hours,
        Ahead::WholeHours | Ahead::Uneven => {
            let zone = timezone.unwrap_or("UTC");
            let message = format!(
                "reads schedules in Beijing time, and {zone} is not the same number of whole hours away from it all year"
            );
            return Err(Unsayable::new(message, "say it in Beijing time: `timezone: Asia/Shanghai`"));
        }
    };
    let hours: Vec<i32> =
        cron.hour.values().unwrap_or_default().into_iter().map(|hour| i32::from(hour) + ahead).collect();
    let hour = list(hours.iter().map(|hour| hour.rem_euclid(24)));
    let days: BTreeSet<i32> = hours.iter().map(|hour| hour.div_euclid(24)).collect();
    let (day, weekday) = match days.first() {
        _ if any_date(cron) => ("*".into(), "*".into()),
        Some(0) if days.len() == 1 => (as_written(&cron.day), as_written(&cron.weekday)),
        Some(&later) if days.len() == 1 => other_days(cron, later).ok_or_else(|| crosses_midnight(timezone))?,
        _ => return Err(crosses_midnight(timezone)),
    };
    let [second, minute, month, year] = [&cron.second, &cron.minute, &cron.month, &cron.year].map(as_written);
    match Schedule::parse(&format!("{second} {minute} {hour} {day} {month} {weekday} {year}")) {
        Ok(Schedule::Cron(cron)) => Ok(*cron),
        _ => Err(crosses_midnight(timezone)),
    }
}

/// Whether only the time of day is restricted.
fn any_date(cron: &Cron) -> bool {
    [&cron.day, &cron.month, &cron.weekday, &cron.year].iter().all(|field| field.is_any())
}

/// Day and weekday `later` days on; `None` when that can leave the month, so that months and years would change too.
fn other_days(cron: &Cron, later: i32) -> Option<(String, String)> {
    let weekday = match cron.weekday.is_any() {
        true => "*".into(),
        // The last weekday of May moves into June.
        false if !cron.month.is_any() || !cron.year.is_any() => return None,
        false => list(cron.weekday.values()?.into_iter().map(|weekday| (i32::from(weekday) + later).rem_euclid(7))),
    };
    let day = match cron.day.is_any() {
        true if weekday == "*" => return None,
        true => "*".into(),
        false => {
            let days: Vec<i32> = cron.day.values()?.into_iter().map(|day| i32::from(day) + later).collect();
            // Every month has 28 days.
            if days.iter().any(|day| !(1..=28).contains(day)) {
                return None;
            }
            list(days)
        }
    };
    Some((day, weekday))
}

fn crosses_midnight(timezone: Option<&str>) -> Unsayable {
    let zone = timezone.unwrap_or("UTC");
    Unsayable::new(
        format!("reads schedules in Beijing time, where the dates of this one ({zone}) cannot be said"),
        "say it in Beijing time: `timezone: Asia/Shanghai`; or as two timers, one before and one after Beijing's midnight",
    )
}

fn as_written(field: &Field) -> String {
    field.numbers().unwrap_or_else(|| field.terms.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
}

fn list(values: impl IntoIterator<Item = i32>) -> String {
    let sorted: BTreeSet<i32> = values.into_iter().collect();
    sorted.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join(",")
}

/// How far Beijing's clock is ahead of another.
enum Ahead {
    /// By so many hours, the whole year.
    Always(i32),
    /// By whole hours, but the other clock changes with the season.
    WholeHours,
    /// By half hours, or so.
    Uneven,
}

fn hours_ahead(timezone: Option<&str>) -> Result<Ahead, Unsayable> {
    let unknown = |name: &str| {
        Unsayable::new(format!("does not know the time zone `{name}`"), "write an IANA name: `Asia/Shanghai`")
    };
    let zone = time_zone(timezone).map_err(|error| unknown(&error.0))?;
    let beijing = time_zone(Some(BEIJING)).map_err(|error| unknown(&error.0))?;
    let offsets: BTreeSet<i32> = quarters().map(|instant| offset(&beijing, instant) - offset(&zone, instant)).collect();
    if offsets.iter().any(|seconds| seconds % 3600 != 0) {
        return Ok(Ahead::Uneven);
    }
    match offsets.first() {
        Some(seconds) if offsets.len() == 1 => Ok(Ahead::Always(seconds / 3600)),
        _ => Ok(Ahead::WholeHours),
    }
}

fn offset(zone: &TimeZone, instant: Timestamp) -> i32 {
    zone.to_offset(instant).seconds()
}

/// Instants in every season of some years. Fixed, so that the same file gives the same answer on every day.
fn quarters() -> impl Iterator<Item = Timestamp> {
    const FIRST: i64 = 1_735_689_600; // 2025-01-01
    const MONTH: i64 = 30 * 86_400;
    (0..60).filter_map(|month| Timestamp::from_second(FIRST + month * MONTH).ok())
}
