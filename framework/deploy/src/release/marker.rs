//! What a version was made of.

use std::fmt;

use serde::Serialize;

use crate::Fields;

/// Digits of the fingerprint in a description: as many as nobody hits by chance.
const DIGITS: usize = 16;

/// What a version was made of, as its description says it: `fx 0123456789abcdef`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Marker(String);

impl Marker {
    /// The marker of a function with this code and configuration.
    pub fn of(function: &Fields) -> Self {
        Self(function.digest()[..DIGITS].to_owned())
    }

    /// The marker in a version's description.
    pub fn find(description: &str) -> Option<Self> {
        Self::read(description.strip_prefix("fx ")?.split(' ').next()?)
    }

    /// The marker that prints like this.
    pub fn read(digits: &str) -> Option<Self> {
        let whole = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        whole.then(|| Self(digits.to_owned()))
    }

    /// The description of a version that carries it.
    pub fn description(&self) -> String {
        format!("fx {}", self.0)
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_by_its_description() {
        let marker = Marker::of(&Fields::new().plain("code", "abc"));
        assert_eq!(Marker::find(&marker.description()), Some(marker.clone()));
        assert_eq!(Marker::find(&format!("{} by ann", marker.description())), Some(marker));
        for other in ["", "fx", "fx 12", "release 1", "fx before 3", "fx 0123456789abcdeg"] {
            assert_eq!(Marker::find(other), None, "{other}");
        }
    }
}
