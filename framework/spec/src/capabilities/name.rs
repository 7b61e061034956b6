//! What names may look like.

use std::fmt;

/// A set of ASCII characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charset {
    /// `a` to `z`.
    pub lower: bool,
    /// `A` to `Z`.
    pub upper: bool,
    /// `0` to `9`.
    pub digits: bool,
    /// These too.
    pub others: &'static str,
}

impl Charset {
    /// Letters of both cases.
    pub const LETTERS: Self = Self { lower: true, upper: true, digits: false, others: "" };
    /// Letters of both cases and digits.
    pub const LETTERS_DIGITS: Self = Self { digits: true, ..Self::LETTERS };
    /// Small letters.
    pub const LOWER: Self = Self { upper: false, ..Self::LETTERS };
    /// Small letters and digits.
    pub const LOWER_DIGITS: Self = Self { digits: true, ..Self::LOWER };

    /// These characters too.
    #[must_use]
    pub const fn and(self, others: &'static str) -> Self {
        Self { others, ..self }
    }

    /// Whether `c` belongs to it.
    pub fn contains(&self, c: char) -> bool {
        (self.lower && c.is_ascii_lowercase())
            || (self.upper && c.is_ascii_uppercase())
            || (self.digits && c.is_ascii_digit())
            || self.others.contains(c)
    }
}

impl Charset {
    /// `letters, digits and `-``
    fn many(&self) -> String {
        self.list(["letters", "small letters", "capital letters", "digits"], "and")
    }

    /// `a letter, a digit or `-``
    fn one(&self) -> String {
        self.list(["a letter", "a small letter", "a capital letter", "a digit"], "or")
    }

    fn list(&self, [letters, small, capital, digits]: [&str; 4], joint: &str) -> String {
        let mut words: Vec<String> = Vec::new();
        match (self.lower, self.upper) {
            (true, true) => words.push(letters.into()),
            (true, false) => words.push(small.into()),
            (false, true) => words.push(capital.into()),
            (false, false) => {}
        }
        if self.digits {
            words.push(digits.into());
        }
        words.extend(self.others.chars().map(|c| format!("`{c}`")));
        match words.split_last() {
            None => String::new(),
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} {joint} {last}", rest.join(", ")),
        }
    }
}

/// What a name may look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameRule {
    /// First character.
    pub first: Charset,
    /// Characters after the first.
    pub rest: Charset,
    /// Last character.
    pub last: Charset,
    /// Shortest, in characters.
    pub min: usize,
    /// Longest, in characters.
    pub max: usize,
}

impl NameRule {
    /// One set of characters for all places, up to `max` of them.
    pub const fn of(chars: Charset, max: usize) -> Self {
        Self { first: chars, rest: chars, last: chars, min: 1, max }
    }

    /// The first character comes from this smaller set.
    #[must_use]
    pub const fn starting_with(self, first: Charset) -> Self {
        Self { first, ..self }
    }

    /// The last character comes from this smaller set.
    #[must_use]
    pub const fn ending_with(self, last: Charset) -> Self {
        Self { last, ..self }
    }

    /// At least this many characters.
    #[must_use]
    pub const fn at_least(self, min: usize) -> Self {
        Self { min, ..self }
    }

    /// A name like `name` that is allowed: `get-user` for `getUser`.
    pub fn suggestion(&self, name: &str) -> Option<String> {
        let mut suggestion = String::new();
        for c in name.chars() {
            match c {
                _ if self.rest.contains(c) => suggestion.push(c),
                'A'..='Z' => {
                    if !suggestion.is_empty() && !suggestion.ends_with('-') {
                        suggestion.push('-');
                    }
                    suggestion.push(c.to_ascii_lowercase());
                }
                ' ' | '.' | '-' | '_' => suggestion.push('-'),
                _ => return None,
            }
        }
        self.offence(&suggestion).is_none().then_some(suggestion)
    }

    /// What is wrong with `name`, as the end of a sentence that begins with it; `None`: nothing.
    pub fn offence(&self, name: &str) -> Option<String> {
        let length = name.chars().count();
        if length < self.min {
            return Some(if length == 0 {
                "is empty".into()
            } else {
                format!("is shorter than {} characters", self.min)
            });
        }
        if let Some(bad) = name.chars().find(|&c| !self.rest.contains(c) && !self.first.contains(c)) {
            return Some(format!("contains `{}`", bad.escape_debug()));
        }
        if let Some(first) = name.chars().next().filter(|&c| !self.first.contains(c)) {
            return Some(format!("begins with `{first}`"));
        }
        if let Some(last) = name.chars().next_back().filter(|&c| !self.last.contains(c)) {
            return Some(format!("ends with `{last}`"));
        }
        (length > self.max).then(|| format!("has {length} characters"))
    }
}

impl fmt::Display for NameRule {
    /// In words: `1 to 64 letters, digits, `-` and `_`, the first a letter`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {} {}", self.min, self.max, self.rest.many())?;
        if self.first != self.rest {
            write!(f, ", the first {}", self.first.one())?;
        }
        if self.last != self.rest {
            write!(f, ", the last {}", self.last.one())?;
        }
        Ok(())
    }
}

/// The names of a service's parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameRules {
    /// `service`.
    pub service: NameRule,
    /// What is deployed: a function's or an aggregation's name.
    pub unit: NameRule,
    /// A function inside an aggregation.
    pub function: NameRule,
    /// Longest `<service>-<unit>`, where objects are called that.
    pub joined: Option<usize>,
    /// Longest `<service>-<unit>-<function>` for a timer's object, where there is one.
    pub timer: Option<usize>,
}

impl NameRules {
    /// What fx itself asks of every name: it stands in addresses, file names and logs.
    pub const FREE: Self = {
        let name =
            NameRule::of(Charset::LETTERS_DIGITS.and("-_."), 128).starting_with(Charset::LETTERS_DIGITS.and("_"));
        Self { service: name, unit: name, function: name, joined: None, timer: None }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: NameRule = NameRule::of(Charset::LETTERS_DIGITS.and("-_"), 6)
        .starting_with(Charset::LETTERS)
        .ending_with(Charset::LETTERS_DIGITS)
        .at_least(2);

    #[test]
    fn a_name_breaks_one_rule_at_a_time() {
        let cases = [
            ("ab", None),
            ("a-1_z", None),
            ("", Some("is empty")),
            ("a", Some("is shorter than 2 characters")),
            ("a.b", Some("contains `.`")),
            ("名字", Some("contains `名`")),
            ("1ab", Some("begins with `1`")),
            ("ab-", Some("ends with `-`")),
            ("abcdefg", Some("has 7 characters")),
        ];
        for (name, offence) in cases {
            assert_eq!(RULE.offence(name).as_deref(), offence, "{name}");
        }
    }

    #[test]
    fn a_name_like_it_is_offered_only_when_it_is_allowed() {
        let label = NameRule::of(Charset::LOWER_DIGITS.and("-"), 12).starting_with(Charset::LOWER);
        let cases = [
            ("getUser", Some("get-user")),
            ("HTTPPing", Some("h-t-t-p-ping")),
            ("a_b.c d", Some("a-b-c-d")),
            ("1st", None),
            ("名字", None),
            ("muchTooLongName", None),
        ];
        for (name, offered) in cases {
            assert_eq!(label.suggestion(name).as_deref(), offered, "{name}");
        }
    }

    #[test]
    fn a_rule_reads_as_a_phrase() {
        assert_eq!(
            RULE.to_string(),
            "2 to 6 letters, digits, `-` and `_`, the first a letter, the last a letter or a digit"
        );
    }
}
