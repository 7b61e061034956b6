//! Ranges of numbers.

use std::fmt;

/// The numbers a setting may take: a range with steps, and perhaps a few single values outside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Smallest.
    pub min: u32,
    /// Largest; `None`: the target names no end.
    pub max: Option<u32>,
    /// Multiples of this, counted from zero.
    pub step: u32,
    /// Single values outside the range, ascending.
    pub also: &'static [u32],
}

impl Limit {
    /// `min` and everything above.
    pub const fn at_least(min: u32) -> Self {
        Self { min, max: None, step: 1, also: &[] }
    }

    /// From `min` to `max`, both allowed.
    pub const fn between(min: u32, max: u32) -> Self {
        Self { min, max: Some(max), step: 1, also: &[] }
    }

    /// This one value.
    pub const fn only(value: u32) -> Self {
        Self::between(value, value)
    }

    /// Only multiples of `step`.
    #[must_use]
    pub const fn in_steps_of(self, step: u32) -> Self {
        Self { step, ..self }
    }

    /// These single values too.
    #[must_use]
    pub const fn or(self, also: &'static [u32]) -> Self {
        Self { also, ..self }
    }

    /// Whether `value` may be set.
    pub fn allows(&self, value: u32) -> bool {
        let in_range = value >= self.min && self.max.is_none_or(|max| value <= max) && value.is_multiple_of(self.step);
        in_range || self.also.contains(&value)
    }

    /// The allowed value to use instead: the next one up, else the largest.
    pub fn nearest(&self, value: u32) -> u32 {
        let stepped = value.max(self.min).checked_next_multiple_of(self.step).unwrap_or(value);
        let capped = self.max.map_or(stepped, |max| stepped.min(max));
        self.also.iter().copied().filter(|&single| single >= value).chain([capped]).min().unwrap_or(capped)
    }

    /// The range in words, with its unit: `128 to 3072 MB in steps of 128, or 64`.
    pub fn describe(&self, unit: &str) -> String {
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        let mut text = match self.max {
            Some(max) if max == self.min => format!("only {max}{unit}"),
            Some(max) => format!("{} to {max}{unit}", self.min),
            None => format!("{}{unit} or more", self.min),
        };
        if self.step > 1 {
            text.push_str(&format!(" in steps of {}", self.step));
        }
        for single in self.also {
            text.push_str(&format!(", or {single}"));
        }
        text
    }
}

/// A number of bytes, shown the way platforms state them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub u64);

impl Amount {
    /// `n` × 1024 bytes.
    pub const fn kib(n: u64) -> Self {
        Self(n * 1024)
    }

    /// `n` × 1024² bytes.
    pub const fn mib(n: u64) -> Self {
        Self(n * 1024 * 1024)
    }

    /// `n` × 1024³ bytes.
    pub const fn gib(n: u64) -> Self {
        Self(n * 1024 * 1024 * 1024)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (unit, size) in [("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)] {
            if self.0 >= size && self.0.is_multiple_of(size) {
                return write!(f, "{} {unit}", self.0 / size);
            }
        }
        write!(f, "{} bytes", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_with_steps_and_a_single_value() {
        let limit = Limit::between(128, 3072).in_steps_of(128).or(&[64]);
        for good in [64, 128, 256, 3072] {
            assert!(limit.allows(good), "{good}");
        }
        for bad in [0, 63, 65, 192, 3071, 3073, 3200] {
            assert!(!limit.allows(bad), "{bad}");
        }
        assert_eq!(limit.describe("MB"), "128 to 3072 MB in steps of 128, or 64");
    }

    #[test]
    fn the_nearest_allowed_value_is_the_next_one_up_else_the_largest() {
        let limit = Limit::between(128, 3072).in_steps_of(128).or(&[64]);
        let nearest = [(1, 64), (65, 128), (200, 256), (5000, 3072), (u32::MAX, 3072)];
        for (wanted, offered) in nearest {
            assert_eq!(limit.nearest(wanted), offered, "{wanted}");
        }
        assert_eq!(Limit::at_least(1).nearest(0), 1);
    }

    #[test]
    fn ranges_without_an_end_and_of_one_value_say_so() {
        assert_eq!(Limit::at_least(1).describe("seconds"), "1 seconds or more");
        assert_eq!(Limit::only(1).describe(""), "only 1");
    }

    #[test]
    fn amounts_use_the_largest_unit_that_fits_exactly() {
        assert_eq!(Amount::kib(4).to_string(), "4 KB");
        assert_eq!(Amount::mib(250).to_string(), "250 MB");
        assert_eq!(Amount(5000).to_string(), "5000 bytes");
    }
}
