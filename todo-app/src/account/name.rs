//! Names of people.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::board::Invalid;

/// A name: 1 to 64 characters, no control characters, no blanks at its ends. "Ann" and "ann" are the same person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserName(String);

impl UserName {
    /// The longest name, in characters.
    pub const MAX: usize = 64;

    /// Checks a name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let name = text.trim();
        if name.is_empty() {
            return Err(Invalid::new("the user name must not be blank"));
        }
        if name.chars().count() > Self::MAX {
            return Err(Invalid(format!("the user name must have at most {} characters", Self::MAX)));
        }
        if name.chars().any(char::is_control) {
            return Err(Invalid::new("the user name must not contain control characters"));
        }
        Ok(Self(name.to_owned()))
    }

    /// The name as its owner writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as it is compared.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    /// Guests go by this name, so nobody may register it.
    pub fn is_reserved(&self) -> bool {
        self.folded() == "guest"
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_compared_without_case() {
        let name = UserName::parse("  Änn ").unwrap();
        assert_eq!((name.as_str(), name.folded().as_str()), ("Änn", "änn"));
        assert!(UserName::parse("小明").is_ok());
        assert!(UserName::parse("GUEST").unwrap().is_reserved());
    }

    #[test]
    fn names_that_would_confuse_people_are_refused() {
        for wrong in ["", "   ", "a\u{0}b", "a\nb", &"x".repeat(65)] {
            assert!(UserName::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
