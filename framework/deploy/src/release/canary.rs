//! A share of requests.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

/// The share of requests that a new version gets at first: per cent, 1 to 99.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Canary(u8);

impl Canary {
    /// Per cent, 1 to 99.
    pub fn percent(self) -> u8 {
        self.0
    }

    /// As a platform wants it, 0.01 to 0.99.
    pub fn weight(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// The canary of a weight that a platform has reported, to the nearest per cent; `None`: no share at all.
    pub fn from_weight(weight: f64) -> Option<Self> {
        (1..=99).map(Self).find(|canary| (canary.weight() - weight).abs() <= 0.005)
    }
}

impl FromStr for Canary {
    type Err = InvalidCanary;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let percent: Option<u8> = text.strip_suffix('%').unwrap_or(text).trim().parse().ok();
        percent.filter(|percent| (1..=99).contains(percent)).map(Self).ok_or_else(|| InvalidCanary(text.to_owned()))
    }
}

impl fmt::Display for Canary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}%", self.0)
    }
}

impl Serialize for Canary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Not a share of requests.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a share of requests: say whole per cent, 1% to 99%")]
pub struct InvalidCanary(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_whole_per_cent() {
        assert_eq!("10%".parse::<Canary>().unwrap().percent(), 10);
        assert_eq!("5".parse::<Canary>().unwrap().to_string(), "5%");
        for wrong in ["0%", "100%", "-1", "1.5%", "", "%", "ten"] {
            assert!(wrong.parse::<Canary>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_share_survives_the_way_through_a_platform() {
        for percent in 1..=99 {
            let canary = Canary(percent);
            assert_eq!(Canary::from_weight(canary.weight()), Some(canary));
        }
        assert_eq!((Canary::from_weight(0.0), Canary::from_weight(1.0)), (None, None));
    }
}
