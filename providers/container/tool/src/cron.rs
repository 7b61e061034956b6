//! Schedules in the words of Kubernetes' CronJob and Knative's PingSource.
//!
//! Both read five fields, no seconds, no year, no `L`, `W`, `#`, and take the time zone in a field of its own. Without that field a CronJob
//! runs in whatever zone its controller has, so it is always given. A day and a weekday together mean either, as in fx.
//! `@every` is taken by CronJob and refused by PingSource.

use fx_spec::schedule::{CloudSchedule, Cron, Every, Field, Schedule, Unsayable, is_utc};

/// Says `schedule` for a `batch/v1` CronJob.
pub fn translate_cron_job(schedule: &Schedule, timezone: Option<&str>) -> Result<CloudSchedule, Unsayable> {
    match schedule {
        Schedule::Cron(cron) => expression(cron, timezone),
        Schedule::Every(every) => match every.as_cron() {
            Some(cron) => expression(&cron, None),
            None => pace(*every),
        },
    }
}

/// Says `schedule` for a `sources.knative.dev/v1` PingSource.
pub fn translate_ping_source(schedule: &Schedule, timezone: Option<&str>) -> Result<CloudSchedule, Unsayable> {
    match schedule {
        Schedule::Cron(cron) => expression(cron, timezone),
        Schedule::Every(every) => expression(&every.as_cron().ok_or_else(Unsayable::uneven)?, None),
    }
}

fn pace(every: Every) -> Result<CloudSchedule, Unsayable> {
    let seconds = every.seconds();
    if !seconds.is_multiple_of(60) {
        return Err(Unsayable::seconds());
    }
    Ok(CloudSchedule { text: format!("@every {}m", seconds / 60), timezone: None })
}

fn expression(cron: &Cron, timezone: Option<&str>) -> Result<CloudSchedule, Unsayable> {
    if cron.second.only() != Some(0) {
        return Err(Unsayable::seconds());
    }
    if !cron.year.is_any() {
        return Err(Unsayable::years());
    }
    if let Some(term) = cron.calendar_terms().next() {
        return Err(Unsayable::calendar(term));
    }
    let fields = [&cron.minute, &cron.hour, &cron.day, &cron.month, &cron.weekday];
    let text = fields.map(|field: &Field| field.numbers().unwrap_or_default()).join(" ");
    let timezone = timezone.filter(|name| !is_utc(Some(name))).unwrap_or("Etc/UTC");
    Ok(CloudSchedule { text, timezone: Some(timezone.into()) })
}
