//! The time of a line.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Appends the time now as log collectors read it, in quotes: `"2026-01-05T03:00:00.042Z"`.
pub(super) fn now(to: &mut Vec<u8>) {
    write(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(), to);
}

fn write(since: Duration, to: &mut Vec<u8>) {
    let seconds = since.as_secs();
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let mut text = *b"\"0000-00-00T00:00:00.000Z\"";
    let parts = [
        (1, 4, year),
        (6, 2, month),
        (9, 2, day),
        (12, 2, second / 3600),
        (15, 2, second / 60 % 60),
        (18, 2, second % 60),
        (21, 3, u64::from(since.subsec_millis())),
    ];
    for (at, width, mut value) in parts {
        for place in text[at..at + width].iter_mut().rev() {
            *place = b'0' + (value % 10) as u8;
            value /= 10;
        }
    }
    to.extend_from_slice(&text);
}

/// Year, month and day of a number of days since 1970. Years begin in March here, so that the day that not every year has is the last.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_the_time_that_a_calendar_says(millis in 0..253_402_207_199_999_u64) {
            let mut text = Vec::new();
            write(Duration::from_millis(millis), &mut text);
            let expected = jiff::Timestamp::from_millisecond(millis as i64).unwrap();
            prop_assert_eq!(String::from_utf8(text).unwrap(), format!("\"{expected:.3}\""));
        }
    }
}
