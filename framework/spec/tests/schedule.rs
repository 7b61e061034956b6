//! The grammar of schedules: what is read, what is refused and where, and that croner reads the same.

use croner::parser::CronParser;
use fx_spec::schedule::{Schedule, time_zone};
use jiff::{Timestamp, Zoned};
use proptest::prelude::*;

fn instants(text: &str, zone: &str, start: &str, count: usize) -> Vec<String> {
    let schedule = Schedule::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let mut now = at(start, zone);
    let mut found = Vec::new();
    while let Some(next) = schedule.next_after(&now).filter(|_| found.len() < count) {
        found.push(next.strftime("%a %Y-%m-%d %H:%M:%S").to_string());
        now = next;
    }
    found
}

fn at(start: &str, zone: &str) -> Zoned {
    let timestamp: Timestamp = start.parse().unwrap_or_else(|error| panic!("{start}: {error}"));
    timestamp.to_zoned(time_zone(Some(zone)).unwrap_or_else(|error| panic!("{error}")))
}

#[test]
fn schedules_fire_when_they_say() {
    // A Thursday.
    let start = "2026-01-01T00:00:00Z";
    let cases = [
        ("30 3 * * *", "Thu 2026-01-01 03:30:00, Fri 2026-01-02 03:30:00"),
        ("15 30 3 * * *", "Thu 2026-01-01 03:30:15, Fri 2026-01-02 03:30:15"),
        ("0 0 0 1 3 ? 2028", "Wed 2028-03-01 00:00:00"),
        ("*/20 * * * *", "Thu 2026-01-01 00:20:00, Thu 2026-01-01 00:40:00, Thu 2026-01-01 01:00:00"),
        (
            "50/4 * * * *",
            "Thu 2026-01-01 00:50:00, Thu 2026-01-01 00:54:00, Thu 2026-01-01 00:58:00, Thu 2026-01-01 01:50:00",
        ),
        ("0 0 * * 0", "Sun 2026-01-04 00:00:00, Sun 2026-01-11 00:00:00"),
        ("0 0 * * 7", "Sun 2026-01-04 00:00:00, Sun 2026-01-11 00:00:00"),
        ("0 0 * * SUN", "Sun 2026-01-04 00:00:00, Sun 2026-01-11 00:00:00"),
        (
            "0 0 * * FRI-SUN",
            "Fri 2026-01-02 00:00:00, Sat 2026-01-03 00:00:00, Sun 2026-01-04 00:00:00, Fri 2026-01-09 00:00:00",
        ),
        ("0 0 * * 1-5/2", "Fri 2026-01-02 00:00:00, Mon 2026-01-05 00:00:00, Wed 2026-01-07 00:00:00"),
        ("0 0 * * */3", "Sat 2026-01-03 00:00:00, Sun 2026-01-04 00:00:00, Wed 2026-01-07 00:00:00"),
        ("0 0 13 * FRI", "Fri 2026-01-02 00:00:00, Fri 2026-01-09 00:00:00, Tue 2026-01-13 00:00:00"),
        ("0 0 L * *", "Sat 2026-01-31 00:00:00, Sat 2026-02-28 00:00:00"),
        ("0 0 LW * *", "Fri 2026-01-30 00:00:00, Fri 2026-02-27 00:00:00"),
        ("0 0 31W * *", "Fri 2026-01-30 00:00:00, Tue 2026-03-31 00:00:00"),
        ("0 0 * * FRIL", "Fri 2026-01-30 00:00:00, Fri 2026-02-27 00:00:00"),
        ("0 0 * * mon#2", "Mon 2026-01-12 00:00:00, Mon 2026-02-09 00:00:00"),
        ("0 0 29 FEB *", "Tue 2028-02-29 00:00:00"),
        ("@weekly", "Sun 2026-01-04 00:00:00"),
        ("every 90m", "Thu 2026-01-01 01:30:00, Thu 2026-01-01 03:00:00"),
    ];
    for (text, expected) in cases {
        let count = expected.split(", ").count();
        assert_eq!(instants(text, "UTC", start, count).join(", "), expected, "{text}");
    }
    assert!(instants("0 0 0 1 1 ? 2020", "UTC", start, 1).is_empty());
}

#[test]
fn a_time_zone_moves_the_hour_and_its_summer_time_is_kept() {
    assert_eq!(instants("0 3 * * *", "Asia/Shanghai", "2026-01-01T00:00:00Z", 1), ["Fri 2026-01-02 03:00:00"]);
    let berlin = Schedule::parse("0 9 * * *").map(|schedule| {
        let start = at("2026-03-28T12:00:00Z", "Europe/Berlin");
        schedule.next_after(&start).map(|next| next.timestamp().to_string())
    });
    assert_eq!(berlin, Ok(Some("2026-03-29T07:00:00Z".into())));
    assert!(time_zone(Some("Mars/Olympus")).is_err());
}

#[test]
fn refusals_say_what_is_wrong_where_and_what_to_write() {
    let texts = [
        "",
        "* * * *",
        "0",
        "0 0 0 0 0 0 0 0",
        "60 * * * *",
        "0 24 * * *",
        "0 0 0 * *",
        "0 0 32 * *",
        "0 0 * 13 *",
        "0 0 * FOO *",
        "0 0 * * 8",
        "0 0 * * MON#6",
        "0 0 0 * * ? 1969",
        "5-1 * * * *",
        "0 0 * * WED-MON",
        "*/0 * * * *",
        "*/61 * * * *",
        "? * * * *",
        "1,*,3 * * * *",
        "1,,3 * * * *",
        "0 0 1,L * *",
        "0 0 * * L",
        "0 0 31 2,4,6 *",
        "+5 * * * *",
        "-5 * * * *",
        "1-2-3 * * * *",
        "每天",
        "@reboot",
        "every",
        "every 5",
        "every 0m",
        "every 1w",
        "every 9999999999s",
    ];
    let refused = texts.map(|text| match Schedule::parse(text) {
        Ok(schedule) => panic!("`{text}` was read as `{schedule}`"),
        Err(error) => format!("`{text}` at `{}`: {error} ({})", &text[error.range.clone()], error.help),
    });
    insta::assert_snapshot!(refused.join("\n"));
}

#[test]
fn a_schedule_is_shown_as_it_was_written_in_one_spelling() {
    let cases = [
        ("  0  3 * * mon-fri ", "0 3 * * MON-FRI"),
        ("0 0 3 * * ?", "0 0 3 * * ?"),
        ("@every 5m", "every 5m"),
        ("every 120 seconds", "every 120s"),
    ];
    for (text, shown) in cases {
        assert_eq!(Schedule::parse(text).map(|schedule| schedule.to_string()).as_deref(), Ok(shown));
    }
}

/// A field in forms that croner's strict grammar has too.
fn field(first: u16, last: u16, extra: &'static [&'static str]) -> impl Strategy<Value = String> {
    let value = first..=last;
    let term = prop_oneof![
        value.clone().prop_map(|value| value.to_string()),
        (value.clone(), value.clone()).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))),
        (value.clone(), value, 1..=last - first).prop_map(|(a, b, step)| format!("{}-{}/{step}", a.min(b), a.max(b))),
    ];
    let step = (2..=last - first).prop_map(|step| format!("*/{step}"));
    let list = proptest::collection::vec(term, 1..4).prop_map(|terms| terms.join(","));
    let star = Just("*".to_owned());
    match extra {
        [] => prop_oneof![2 => star, 2 => list, 1 => step].boxed(),
        extra => {
            prop_oneof![2 => star, 2 => list, 1 => step, 1 => proptest::sample::select(extra).prop_map(str::to_owned)]
                .boxed()
        }
    }
}

fn cron() -> impl Strategy<Value = String> {
    let day = field(1, 31, &["?", "L", "LW", "1W", "15W", "31W"]);
    let weekday = field(0, 6, &["?", "7", "5L", "MON#1", "0#5", "MON-FRI", "SAT,SUN"]);
    (field(0, 59, &[]), field(0, 59, &[]), field(0, 23, &[]), day, field(1, 12, &["JAN", "JUN-AUG"]), weekday).prop_map(
        |(second, minute, hour, day, month, weekday)| format!("{second} {minute} {hour} {day} {month} {weekday}"),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Our reading, value by value, against croner's reading of the same text.
    #[test]
    fn croner_reads_the_same(text in cron(), second in 1_700_000_000_i64..2_000_000_000) {
        let Ok(schedule) = Schedule::parse(&text) else { return Ok(()) };
        let croner = CronParser::new().parse(&text);
        let croner = match croner {
            Ok(croner) => croner,
            Err(error) => return Err(TestCaseError::fail(format!("`{text}`: {error}"))),
        };
        let mut now = Timestamp::from_second(second).map(|now| now.to_zoned(jiff::tz::TimeZone::UTC)).map_err(|error| TestCaseError::fail(error.to_string()))?;
        for _ in 0..5 {
            let ours = schedule.next_after(&now);
            let theirs = croner.find_next_occurrence(&now, false).ok();
            prop_assert_eq!(&ours, &theirs, "`{}` after {}", text, now);
            let Some(next) = ours else { break };
            now = next;
        }
    }

    /// What is shown can be read again, and means the same.
    #[test]
    fn shown_and_read_again_it_is_the_same(text in cron()) {
        if let Ok(schedule) = Schedule::parse(&text) {
            prop_assert_eq!(Schedule::parse(&schedule.to_string()), Ok(schedule));
        }
    }

    /// No text makes the reader panic, and a refusal points inside the text.
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}", cronlike in "[-0-9*/,#LW?A-Z@ ]{0,30}") {
        for text in [text, cronlike] {
            for result in [Schedule::parse(&text), Schedule::parse_every(&text)] {
                if let Err(error) = result {
                    prop_assert!(text.get(error.range.clone()).is_some(), "`{}` {:?}", text, error.range);
                }
            }
        }
    }
}
