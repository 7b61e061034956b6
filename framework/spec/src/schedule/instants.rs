//! When a schedule fires next, and the time zones it is read in.

use croner::parser::CronParser;
use jiff::{Span, Zoned, tz::TimeZone};

use super::{
    Cron, Schedule,
    field::{Field, Term},
};

/// A time zone nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone `{0}`")]
pub struct UnknownZone(pub String);

/// The time zone of this IANA name; `None` is UTC.
pub fn time_zone(name: Option<&str>) -> Result<TimeZone, UnknownZone> {
    let Some(name) = name else { return Ok(TimeZone::UTC) };
    TimeZone::get(name).map_err(|_| UnknownZone(name.into()))
}

impl Schedule {
    /// The first instant after `from` at which it fires, read in `from`'s time zone; `None` when there is none.
    ///
    /// A fixed pace counts from `from`, as a timer set up at that moment would.
    pub fn next_after(&self, from: &Zoned) -> Option<Zoned> {
        match self {
            Self::Cron(cron) => cron.next_after(from),
            Self::Every(every) => from.checked_add(Span::new().seconds(every.seconds())).ok(),
        }
    }
}

impl Cron {
    fn next_after(&self, from: &Zoned) -> Option<Zoned> {
        let fields = [&self.second, &self.minute, &self.hour, &self.day, &self.month, &self.weekday, &self.year];
        let text = fields.map(plain).join(" ");
        let found = CronParser::new().parse(&text).and_then(|cron| cron.find_next_occurrence(from, false));
        found.ok()
    }
}

/// A field for croner: values one by one, so that only the meaning of `L`, `W` and `#` is left to it.
fn plain(field: &Field) -> String {
    if field.is_any() {
        return "*".into();
    }
    let words = field.terms.iter().flat_map(|term| match *term {
        Term::Any => vec!["*".into()],
        Term::Range { from, to, step } => {
            (from..=to).step_by(usize::from(step)).map(|value| value.to_string()).collect()
        }
        Term::LastDay => vec!["L".into()],
        Term::LastWorkday => vec!["LW".into()],
        Term::NearestWorkday(day) => vec![format!("{day}W")],
        Term::LastOf(weekday) => vec![format!("{weekday}#L")],
        Term::Nth { weekday, nth } => vec![format!("{weekday}#{nth}")],
    });
    words.collect::<Vec<String>>().join(",")
}
