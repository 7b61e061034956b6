//! What is aimed at.

use crate::{Suite, program};

/// A number that a median must not be above.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// What is measured.
    pub metric: &'static str,
    /// As a ratio of what; without it, the number itself.
    pub of: Option<&'static str>,
    /// Not above this.
    pub limit: f64,
}

const fn ratio(metric: &'static str, of: &'static str, limit: f64) -> Target {
    Target { metric, of: Some(of), limit }
}

const fn number(metric: &'static str, limit: f64) -> Target {
    Target { metric, of: None, limit }
}

const PULL: &[Target] = &[
    ratio("cpu small", program::LAMBDA_HTTP, 0.30),
    ratio("cpu bin64", program::LAMBDA_HTTP, 0.45),
    ratio("cpu echo256k", program::LAMBDA_HTTP, 0.70),
    ratio("cold cpu", program::LAMBDA_HTTP, 0.50),
    ratio("memory", program::LAMBDA_HTTP, 0.45),
    ratio("deflated", program::LAMBDA_HTTP, 0.70),
    ratio("cpu small", program::LAMBDA_HTTP_TUNED, 0.60),
    ratio("cpu bin64", program::LAMBDA_HTTP_TUNED, 0.60),
    ratio("cpu echo256k", program::LAMBDA_HTTP_TUNED, 0.85),
    ratio("memory", program::LAMBDA_HTTP_TUNED, 0.85),
    number("connections", 0.0),
    number("calls", 6.0),
];

/// Linked against the system's C library, as `link: dynamic` asks for.
const PULL_DYNAMIC: &[Target] = &[
    ratio("cold cpu", program::LAMBDA_HTTP, 0.80),
    ratio("memory", program::LAMBDA_HTTP, 0.65),
    ratio("deflated", program::LAMBDA_HTTP, 0.40),
    number("allocations", 80.0),
];

const PUSH: &[Target] = &[
    ratio("cpu 1", program::AXUM_SINGLE, 1.10),
    ratio("cpu 32", program::AXUM_SINGLE, 1.10),
    ratio("cold cpu", program::AXUM_SINGLE, 1.15),
    ratio("memory", program::AXUM_SINGLE, 1.20),
];

/// The targets of a program in a suite.
pub fn of(suite: Suite, program: &str) -> &'static [Target] {
    match (suite, program) {
        (Suite::Pull, program::FX) => PULL,
        (Suite::Pull, program::FX_DYNAMIC) => PULL_DYNAMIC,
        (Suite::Push, program::FX) => PUSH,
        _ => &[],
    }
}
