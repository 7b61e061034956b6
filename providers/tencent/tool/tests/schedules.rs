//! Schedules in SCF's words, read back by croner on Beijing's clock.

use croner::parser::CronParser;
use fx_provider::testing::assert_same_instants;
use fx_spec::schedule::{CloudSchedule, Schedule, time_zone};
use fx_tencent_tool::translate;
use jiff::Zoned;

fn read(cloud: &CloudSchedule, after: &Zoned) -> Option<Zoned> {
    assert_eq!(cloud.text.split(' ').count(), 7, "{}", cloud.text);
    let cron = CronParser::new().parse(&cloud.text).expect(&cloud.text);
    cron.find_next_occurrence(&after.with_time_zone(time_zone(Some("Asia/Shanghai")).expect("a known zone")), false)
        .ok()
}

#[test]
fn what_can_be_said_fires_at_the_same_instants() {
    let (said, refused) = assert_same_instants(translate, read);
    assert!(said > 200 && refused > 200, "{said} said, {refused} refused");
}

#[test]
fn schedules_in_scf_words() {
    let said = |text: &str, zone: Option<&str>| match Schedule::parse(text).map(|schedule| translate(&schedule, zone)) {
        Ok(Ok(cloud)) => cloud.text,
        Ok(Err(refusal)) => format!("Tencent SCF {}; {}", refusal.message, refusal.help),
        Err(error) => error.to_string(),
    };
    let cases = [
        ("every 5m", None),
        ("every 30s", Some("America/New_York")),
        ("every 7m", None),
        ("every 1d", None),
        ("0 3 * * *", None),
        ("0 20 * * *", None),
        ("0 3 * * *", Some("Asia/Shanghai")),
        ("0 0 * * *", Some("Asia/Tokyo")),
        ("*/5 * * * *", Some("America/New_York")),
        ("0 9 * * *", Some("America/New_York")),
        ("0 9 * * *", Some("Asia/Kolkata")),
        ("0 20 * * MON-FRI", None),
        ("0 10,20 * * MON-FRI", None),
        ("0 10 * * MON-FRI", None),
        ("0 20 1,15 * *", None),
        ("0 20 28 * *", None),
        ("0 20 * 6 *", None),
        ("0 10 L * *", None),
        ("0 20 L * *", None),
        ("0 0 15W * *", Some("Asia/Shanghai")),
        ("0 0 * * 5L", Some("Asia/Shanghai")),
        ("0 0 13 * FRI", Some("Asia/Shanghai")),
        ("0 0 0 1 1 ? 2030", Some("Asia/Shanghai")),
        ("0 0 0 1 1 ? 2100", Some("Asia/Shanghai")),
    ];
    let lines: Vec<String> = cases
        .iter()
        .map(|(text, zone)| format!("{text} [{}] => {}", zone.unwrap_or("UTC"), said(text, *zone)))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
