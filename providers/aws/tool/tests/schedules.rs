//! Schedules in EventBridge's words, read back by croner, which knows the Quartz week (Sunday = 1) EventBridge uses.

use croner::parser::CronParser;
use fx_aws_tool::translate;
use fx_provider::testing::assert_same_instants;
use fx_spec::schedule::{CloudSchedule, Schedule, time_zone};
use jiff::Zoned;

fn read(cloud: &CloudSchedule, after: &Zoned) -> Option<Zoned> {
    let fields = cloud.text.strip_prefix("cron(")?.strip_suffix(')')?;
    let fields = format!("0 {fields}");
    let cron = CronParser::builder().alternative_weekdays(true).build().parse(&fields).expect(&fields);
    let zone = time_zone(cloud.timezone.as_deref()).expect("a known zone");
    cron.find_next_occurrence(&after.with_time_zone(zone), false).ok()
}

#[test]
fn what_can_be_said_fires_at_the_same_instants() {
    let (said, refused) = assert_same_instants(translate, read);
    assert!(said > 200 && refused > 200, "{said} said, {refused} refused");
}

#[test]
fn one_of_day_and_weekday_is_always_a_question_mark() {
    for schedule in fx_provider::testing::schedules() {
        let Ok(cloud) = translate(&schedule, None) else { continue };
        let words: Vec<&str> = cloud.text.split([' ', '(', ')']).collect();
        assert!((words[3] == "?") != (words[5] == "?"), "{schedule} became {}", cloud.text);
        assert!(cloud.text.len() <= 256, "{}", cloud.text);
    }
}

#[test]
fn schedules_in_eventbridge_words() {
    let said = |text: &str, zone: Option<&str>| match Schedule::parse(text).map(|schedule| translate(&schedule, zone)) {
        Ok(Ok(cloud)) => format!("{} {}", cloud.text, cloud.timezone.unwrap_or_default()).trim_end().to_owned(),
        Ok(Err(refusal)) => format!("AWS Lambda {}; {}", refusal.message, refusal.help),
        Err(error) => error.to_string(),
    };
    let cases = [
        ("every 1m", None),
        ("every 90m", Some("Asia/Shanghai")),
        ("every 1d", None),
        ("every 30s", None),
        ("every 90s", None),
        ("0 3 * * *", None),
        ("0 3 * * *", Some("Etc/UTC")),
        ("0 0 3 * * *", Some("Asia/Shanghai")),
        ("*/5 9-17 ? * MON-FRI", None),
        ("0 0 1,15 */3 *", None),
        ("0 0 * * 0,7", None),
        ("0 0 * * FRI-SUN", None),
        ("0 0 L * *", None),
        ("0 0 15W * *", None),
        ("0 0 LW * *", None),
        ("0 0 * * 5L", None),
        ("0 0 * * MON#2", None),
        ("0 0 0 1 1 ? 2030-2032", None),
        ("30 0 3 * * *", None),
        ("0 0 13 * FRI", None),
        ("0 0 3 1 1 * 2030-2198/2", None),
    ];
    let lines: Vec<String> = cases
        .iter()
        .map(|(text, zone)| format!("{text} [{}] => {}", zone.unwrap_or("UTC"), said(text, *zone)))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
