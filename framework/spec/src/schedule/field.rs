//! One field of a cron expression.

use std::{collections::BTreeSet, fmt};

use super::ScheduleError;

/// One field: any of its terms fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// At least one.
    pub terms: Vec<Term>,
    kind: FieldKind,
}

/// What stands between the commas of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// `*` or `?`.
    Any,
    /// A value, a range, or steps through a range.
    Range {
        /// First value.
        from: u16,
        /// Last value.
        to: u16,
        /// Distance of the values.
        step: u16,
    },
    /// `L`: last day of the month.
    LastDay,
    /// `LW`: last Monday-to-Friday day of the month.
    LastWorkday,
    /// `15W`: the Monday-to-Friday day nearest to the 15th, in the same month.
    NearestWorkday(u16),
    /// `5L`: last Friday of the month.
    LastOf(u16),
    /// `1#2`: second Monday of the month.
    Nth {
        /// 0 to 6 from Sunday.
        weekday: u16,
        /// 1 to 5.
        nth: u16,
    },
}

impl fmt::Display for Term {
    /// As cron writes it, weekdays by name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Any => f.write_str("*"),
            Self::Range { from, to, step: 1 } if from == to => write!(f, "{from}"),
            Self::Range { from, to, step: 1 } => write!(f, "{from}-{to}"),
            Self::Range { from, to, step } => write!(f, "{from}-{to}/{step}"),
            Self::LastDay => f.write_str("L"),
            Self::LastWorkday => f.write_str("LW"),
            Self::NearestWorkday(day) => write!(f, "{day}W"),
            Self::LastOf(weekday) => write!(f, "{}L", weekday_name(weekday)),
            Self::Nth { weekday, nth } => write!(f, "{}#{nth}", weekday_name(weekday)),
        }
    }
}

impl Term {
    /// Whether it depends on the month's calendar, not on numbers alone.
    pub fn is_calendar(&self) -> bool {
        !matches!(self, Self::Any | Self::Range { .. })
    }
}

/// Which field it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldKind {
    /// 0 to 59.
    Second,
    /// 0 to 59.
    Minute,
    /// 0 to 23.
    Hour,
    /// 1 to 31.
    Day,
    /// 1 to 12.
    Month,
    /// 0 to 7 from Sunday, which is both 0 and 7.
    Weekday,
    /// 1970 to 2199.
    Year,
}

const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Field {
    pub(super) fn any() -> Self {
        Self { terms: vec![Term::Any], kind: FieldKind::Year }
    }

    pub(super) fn single(value: u16) -> Self {
        Self { terms: vec![Term::Range { from: value, to: value, step: 1 }], kind: FieldKind::Second }
    }

    /// Whether it is `*` or `?`.
    pub fn is_any(&self) -> bool {
        self.terms.contains(&Term::Any)
    }

    /// The values it fits, ascending, Sunday as 0; `None` when it depends on the calendar (`L`, `W`, `#`).
    pub fn values(&self) -> Option<BTreeSet<u16>> {
        let (first, last) = self.kind.bounds();
        let mut values = BTreeSet::new();
        for term in &self.terms {
            match *term {
                Term::Any => values.extend(first..=last),
                Term::Range { from, to, step } => values.extend((from..=to).step_by(usize::from(step))),
                _ => return None,
            }
        }
        if self.kind == FieldKind::Weekday && values.remove(&7) {
            values.insert(0);
        }
        Some(values)
    }

    /// The field in plain cron, with numbers (Sunday as 0): `*`, `*/15`, `9-17`, `0,30`. `None` when it depends on the calendar.
    ///
    /// Only what all cron dialects share is used, so a target can take it as it is.
    pub fn numbers(&self) -> Option<String> {
        if self.is_any() {
            return Some("*".into());
        }
        let values: Vec<u16> = self.values()?.into_iter().collect();
        Some(self.as_steps(&values).unwrap_or_else(|| join_runs(&values, |value| value.to_string())))
    }

    /// A weekday field in names: `*`, `MON-FRI`, `SUN,WED`. `None` when it depends on the calendar.
    ///
    /// Dialects number the week from Sunday as 0, Sunday as 1 or Monday as 1; names mean the same in all of them. Sunday never
    /// stands in a range, because some dialects begin the week with it and others end it.
    pub fn weekday_names(&self) -> Option<String> {
        if self.is_any() {
            return Some("*".into());
        }
        let values = self.values()?;
        let sunday = values.contains(&0).then(|| "SUN".to_owned());
        let others: Vec<u16> = values.into_iter().filter(|&value| value > 0).collect();
        let runs = (!others.is_empty()).then(|| join_runs(&others, |value| weekday_name(value).into()));
        Some([sunday, runs].into_iter().flatten().collect::<Vec<_>>().join(","))
    }

    /// `*/5`, when the values are evenly spaced from the field's first to its last.
    fn as_steps(&self, values: &[u16]) -> Option<String> {
        let (first, last) = self.kind.bounds();
        let [start, second, .., end] = *values else { return None };
        let step = second - start;
        let even = values.windows(2).all(|pair| pair[1] - pair[0] == step);
        (step > 1 && start == first && end + step > last && even).then(|| format!("*/{step}"))
    }

    /// The single value it fits, if it is only one.
    pub fn only(&self) -> Option<u16> {
        let values = self.values()?;
        values.first().copied().filter(|_| values.len() == 1)
    }
}

impl FieldKind {
    fn bounds(self) -> (u16, u16) {
        match self {
            Self::Second | Self::Minute => (0, 59),
            Self::Hour => (0, 23),
            Self::Day => (1, 31),
            Self::Month => (1, 12),
            Self::Weekday => (0, 7),
            Self::Year => (1970, 2199),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
            Self::Weekday => "weekday",
            Self::Year => "year",
        }
    }

    fn article(self) -> &'static str {
        if self == Self::Hour { "an" } else { "a" }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Second | Self::Minute => "0 to 59, `*`, `*/15`, `10-20`, `0,30`",
            Self::Hour => "0 to 23, `*`, `*/6`, `9-17`, `0,12`",
            Self::Day => "1 to 31, `*`, `?`, `1,15`, `L` (the last day), `15W` (the workday nearest to the 15th)",
            Self::Month => "1 to 12 or JAN to DEC, `*`, `*/3`, `JUN-AUG`",
            Self::Weekday => {
                "0 to 7 from Sunday to Sunday or SUN to SAT, `*`, `?`, `MON-FRI`, `FRIL` (the last Friday), `MON#2` (the second Monday)"
            }
            Self::Year => "1970 to 2199, `*`, `2030-2035`",
        }
    }

    pub(super) fn parse(self, (start, word): (usize, &str)) -> Result<Field, ScheduleError> {
        let mut terms = Vec::new();
        let mut offset = start;
        for text in word.split(',') {
            let range = offset..offset + text.len();
            let term = self.term(&text.to_ascii_uppercase()).map_err(|fault| {
                let message = match fault {
                    Fault::Shape if text.is_empty() => "there is nothing beside this comma".into(),
                    Fault::Shape => format!("`{text}` is not {} {}", self.article(), self.name()),
                    Fault::Backwards => format!("`{text}` runs backwards"),
                    Fault::Step => format!("the step of `{text}` leads out of the {}s", self.name()),
                    Fault::Question => format!("`?` is not for the {}", self.name()),
                };
                ScheduleError::new(range, message, format!("{}: {}", self.name(), self.help()))
            })?;
            terms.push(term);
            offset += text.len() + 1;
        }
        let whole = start..start + word.len();
        if terms.len() > 1 && terms.contains(&Term::Any) {
            let help = "leave out either the star or the rest";
            return Err(ScheduleError::new(whole, format!("`{word}` is every {} and some of them", self.name()), help));
        }
        if terms.len() > 1 && terms.iter().any(Term::is_calendar) {
            let help = "write one timer for each: not all schedulers know `L`, `W` and `#` inside a list";
            return Err(ScheduleError::new(whole, format!("`{word}` has `L`, `W` or `#` inside a list"), help));
        }
        Ok(Field { terms, kind: self })
    }

    fn term(self, text: &str) -> Result<Term, Fault> {
        let (body, step) = match text.split_once('/') {
            Some((body, step)) => (body, Some(number(step).ok_or(Fault::Shape)?)),
            None => (text, None),
        };
        let (first, last) = self.bounds();
        let range = match body {
            "?" if !matches!(self, Self::Day | Self::Weekday) => return Err(Fault::Question),
            "*" | "?" if step.is_none_or(|step| step == 1) => return Ok(Term::Any),
            // Sunday stands at both ends of the week; steps count it once.
            "*" | "?" if self == Self::Weekday => (0, 6),
            "*" | "?" => (first, last),
            _ if step.is_none() && self == Self::Day => match day_word(body) {
                Some(term) => return Ok(term),
                None => self.range(body)?,
            },
            _ if step.is_none() && self == Self::Weekday => match self.weekday_word(body) {
                Some(term) => return Ok(term),
                None => self.range(body)?,
            },
            _ => self.range(body)?,
        };
        let (from, mut to) = range;
        if from > to {
            return Err(Fault::Backwards);
        }
        // `5/15` begins at 5 and goes on to the end.
        if step.is_some() && !body.contains(['-', '*', '?']) {
            to = if self == Self::Weekday { 6.max(from) } else { last };
        }
        match step {
            Some(0) => Err(Fault::Shape),
            Some(step) if step > last - first => Err(Fault::Step),
            step => Ok(Term::Range { from, to, step: step.unwrap_or(1) }),
        }
    }

    fn range(self, body: &str) -> Result<(u16, u16), Fault> {
        let Some((from, to)) = body.split_once('-') else {
            return self.value(body).map(|value| (value, value)).ok_or(Fault::Shape);
        };
        let (from, to) = (self.value(from).ok_or(Fault::Shape)?, self.value(to).ok_or(Fault::Shape)?);
        // `FRI-SUN` ends on the Sunday after, not the one before.
        Ok((from, if self == Self::Weekday && to == 0 && from > 0 { 7 } else { to }))
    }

    fn value(self, text: &str) -> Option<u16> {
        let named = match self {
            Self::Month => MONTHS.iter().position(|name| *name == text).map(|index| index + 1),
            Self::Weekday => WEEKDAYS.iter().position(|name| *name == text),
            _ => None,
        };
        let (first, last) = self.bounds();
        let value = named.and_then(|index| u16::try_from(index).ok()).or_else(|| number(text))?;
        (first..=last).contains(&value).then_some(value)
    }

    fn weekday_word(self, body: &str) -> Option<Term> {
        if let Some((weekday, nth)) = body.split_once('#') {
            let nth = number(nth).filter(|nth| (1..=5).contains(nth))?;
            return Some(Term::Nth { weekday: self.value(weekday)? % 7, nth });
        }
        let weekday = self.value(body.strip_suffix('L')?)?;
        Some(Term::LastOf(weekday % 7))
    }
}

fn day_word(body: &str) -> Option<Term> {
    match body {
        "L" => Some(Term::LastDay),
        "LW" | "WL" => Some(Term::LastWorkday),
        _ => FieldKind::Day.value(body.strip_suffix('W')?).map(Term::NearestWorkday),
    }
}

/// `MON` for 1.
pub fn weekday_name(value: u16) -> &'static str {
    WEEKDAYS[usize::from(value % 7)]
}

/// `1-3,7,9`: runs of three and more become ranges.
fn join_runs(values: &[u16], name: impl Fn(u16) -> String) -> String {
    let runs = values.chunk_by(|a, b| a + 1 == *b);
    let words = runs.flat_map(|run| match *run {
        [first, _, .., last] if run.len() > 2 => vec![format!("{}-{}", name(first), name(last))],
        _ => run.iter().copied().map(&name).collect(),
    });
    words.collect::<Vec<_>>().join(",")
}

/// Plain digits only: `u16::parse` would take `+5` too.
fn number(text: &str) -> Option<u16> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// What can be wrong with a term.
enum Fault {
    Shape,
    Backwards,
    Step,
    Question,
}
