//! Schedules in the words of CronJob and PingSource, read back by croner.

use croner::parser::CronParser;
use fx_container_tool::{translate_cron_job, translate_ping_source};
use fx_provider::testing::assert_same_instants;
use fx_spec::{
    capabilities::Translate,
    schedule::{CloudSchedule, Schedule, time_zone},
};
use jiff::Zoned;

fn read(cloud: &CloudSchedule, after: &Zoned) -> Option<Zoned> {
    assert_eq!(cloud.text.split(' ').count(), 5, "{}", cloud.text);
    let parser = CronParser::new();
    let cron = parser.parse(&cloud.text).expect(&cloud.text);
    let zone = time_zone(Some(cloud.timezone.as_deref().expect("the zone is always given"))).expect("a known zone");
    cron.find_next_occurrence(&after.with_time_zone(zone), false).ok()
}

#[test]
fn what_can_be_said_fires_at_the_same_instants() {
    for translate in [translate_cron_job as Translate, translate_ping_source] {
        let (said, refused) = assert_same_instants(translate, read);
        assert!(said > 200 && refused > 200, "{said} said, {refused} refused");
    }
}

#[test]
fn schedules_in_the_words_of_cron_job_and_ping_source() {
    let said = |translate: Translate, text: &str, zone: Option<&str>| match Schedule::parse(text)
        .map(|schedule| translate(&schedule, zone))
    {
        Ok(Ok(cloud)) => format!("{} [{}]", cloud.text, cloud.timezone.unwrap_or_default()),
        Ok(Err(refusal)) => format!("it {}; {}", refusal.message, refusal.help),
        Err(error) => error.to_string(),
    };
    let cases = [
        ("every 5m", None),
        ("every 7m", None),
        ("every 30s", None),
        ("every 6h", Some("Asia/Shanghai")),
        ("0 3 * * *", None),
        ("0 0 3 * * *", Some("Asia/Shanghai")),
        ("30 0 3 * * *", None),
        ("*/5 9-17 ? * MON-FRI", None),
        ("0 0 * * 0,7", None),
        ("0 0 13 * FRI", None),
        ("0 0 L * *", None),
        ("0 0 * * MON#2", None),
        ("0 0 0 1 1 ? 2030", None),
    ];
    let lines: Vec<String> = cases
        .iter()
        .flat_map(|(text, zone)| {
            [("CronJob", translate_cron_job as Translate), ("PingSource", translate_ping_source)].map(
                |(object, translate)| {
                    format!("{text} [{}] => {object}: {}", zone.unwrap_or("UTC"), said(translate, text, *zone))
                },
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
