//! What was measured, and ratios of it.

use std::collections::BTreeMap;

/// What can be measured: its key, what it is called, and the unit of its values.
pub const METRICS: &[(&str, &str, &str)] = &[
    ("cpu small", "CPU per invocation, small", "µs"),
    ("cpu bin64", "CPU per invocation, bin64", "µs"),
    ("cpu echo256k", "CPU per invocation, echo256k", "µs"),
    ("cpu 1", "CPU per request, 1 connection", "µs"),
    ("cpu 32", "CPU per request, 32 connections", "µs"),
    ("p50", "p50, event or request to reply, small", "µs"),
    ("p99", "p99, event or request to reply, small", "µs"),
    ("cold cpu", "cold start, CPU", "ms"),
    ("cold wall", "cold start, wall", "ms"),
    ("memory", "peak memory", "MB"),
    ("size", "executable", "MB"),
    ("deflated", "executable, deflated", "MB"),
    ("connections", "new connections per 1000 invocations", ""),
    ("threads", "threads", ""),
    ("calls", "system calls per invocation", ""),
    ("allocations", "allocations per invocation", ""),
    ("allocated", "bytes allocated per invocation", "B"),
];

/// Lowest, middle and highest of several values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Lowest.
    pub min: f64,
    /// Middle.
    pub median: f64,
    /// Highest.
    pub max: f64,
}

/// Values by program and metric, one a round.
#[derive(Debug, Default)]
pub struct Results(BTreeMap<(String, &'static str), Vec<f64>>);

impl Spread {
    /// Of at least one value.
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (&min, &max) = (sorted.first()?, sorted.last()?);
        Some(Self { min, median: quantile(&sorted, 0.5), max })
    }
}

/// A quantile of values that are sorted.
pub fn quantile(sorted: &[f64], part: f64) -> f64 {
    let place = part * (sorted.len().saturating_sub(1)) as f64;
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
    at(low) + (at(high) - at(low)) * (place - low as f64)
}

impl Results {
    /// Adds the value of one round.
    pub fn add(&mut self, program: &str, metric: &'static str, value: f64) {
        self.0.entry((program.to_owned(), metric)).or_default().push(value);
    }

    /// All values of a metric.
    pub fn values(&self, program: &str, metric: &'static str) -> &[f64] {
        self.0.get(&(program.to_owned(), metric)).map_or(&[], Vec::as_slice)
    }

    /// Their spread.
    pub fn spread(&self, program: &str, metric: &'static str) -> Option<Spread> {
        Spread::of(self.values(program, metric))
    }

    /// The ratio of two programs: within each round, since only neighbours on a shared machine can be compared.
    pub fn ratio(&self, program: &str, of: &str, metric: &'static str) -> Option<Spread> {
        let (own, other) = (self.values(program, metric), self.values(of, metric));
        let ratios: Vec<f64> =
            own.iter().zip(other).filter(|(_, other)| **other > 0.0).map(|(own, other)| own / other).collect();
        Spread::of(&ratios)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_taken_within_a_round() {
        let mut results = Results::default();
        for (fast, slow) in [(1.0, 2.0), (10.0, 40.0), (3.0, 4.0)] {
            results.add("fast", "cpu small", fast);
            results.add("slow", "cpu small", slow);
        }
        assert_eq!(results.ratio("fast", "slow", "cpu small"), Some(Spread { min: 0.25, median: 0.5, max: 0.75 }));
        assert_eq!(results.ratio("fast", "absent", "cpu small"), None);
    }

    #[test]
    fn quantiles_lie_between_neighbours() {
        let values = [1.0, 2.0, 3.0, 5.0];
        assert_eq!((quantile(&values, 0.5), quantile(&values, 1.0)), (2.5, 5.0));
        assert!(quantile(&[], 0.5).is_nan());
    }
}
