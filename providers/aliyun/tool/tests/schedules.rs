//! Schedules in Function Compute's words, read back by croner.

use croner::parser::CronParser;
use fx_aliyun_tool::translate;
use fx_provider::testing::assert_same_instants;
use fx_spec::schedule::{CloudSchedule, Schedule, time_zone};
use jiff::Zoned;

fn read(cloud: &CloudSchedule, after: &Zoned) -> Option<Zoned> {
    let (zone, fields) = match cloud.text.strip_prefix("CRON_TZ=").and_then(|rest| rest.split_once(' ')) {
        Some((zone, fields)) => (Some(zone), fields),
        None => (None, cloud.text.as_str()),
    };
    assert_eq!(fields.split(' ').count(), 6, "{fields}");
    let cron = CronParser::new().parse(fields).expect(fields);
    cron.find_next_occurrence(&after.with_time_zone(time_zone(zone).expect("a known zone")), false).ok()
}

#[test]
fn what_can_be_said_fires_at_the_same_instants() {
    let (said, refused) = assert_same_instants(translate, read);
    assert!(said > 200 && refused > 200, "{said} said, {refused} refused");
}

#[test]
fn schedules_in_function_compute_words() {
    let said = |text: &str, zone: Option<&str>| match Schedule::parse(text).map(|schedule| translate(&schedule, zone)) {
        Ok(Ok(cloud)) => cloud.text,
        Ok(Err(refusal)) => format!("Aliyun Function Compute {}; {}", refusal.message, refusal.help),
        Err(error) => error.to_string(),
    };
    let cases = [
        ("every 5m", None),
        ("every 2h", Some("Asia/Shanghai")),
        ("every 30s", None),
        ("0 3 * * *", None),
        ("0 0 4 * * *", Some("Asia/Shanghai")),
        ("30 */5 9-17 ? * MON-FRI", None),
        ("0 0 1,15 */3 *", None),
        ("0 0 * * 0,7", None),
        ("*/10 * * * * *", None),
        ("0 0 L * *", None),
        ("0 0 * * 5L", None),
        ("0 0 0 1 1 ? 2030", None),
        ("0 0 13 * FRI", None),
    ];
    let lines: Vec<String> = cases
        .iter()
        .map(|(text, zone)| format!("{text} [{}] => {}", zone.unwrap_or("UTC"), said(text, *zone)))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
