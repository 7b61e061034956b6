//! [`Env`]: the settings a function is deployed with.

use std::{collections::BTreeMap, fmt, str::FromStr};

use crate::error::{Error, Result};

/// The process environment at cold start. An empty value counts as absent, since not every platform can store one.
///
/// ```
/// use fx_runtime::Env;
///
/// let env = Env::of([("PAGE_SIZE", "20"), ("MOTD", "")]);
/// assert_eq!(env.parse::<u32>("PAGE_SIZE")?, Some(20));
/// assert_eq!(env.get("MOTD"), None);
/// assert!(env.require("DATABASE").is_err());
/// # Ok::<(), fx_runtime::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Env(BTreeMap<String, String>);

impl Env {
    /// The environment of this process. A value that is not UTF-8 is left out.
    pub fn process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self(std::env::vars_os().filter_map(text).collect())
    }

    /// An environment made up for a test.
    pub fn of<K: Into<String>, V: Into<String>>(values: impl IntoIterator<Item = (K, V)>) -> Self {
        Self(values.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// The value, unless it is absent or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The value; without it the function does not start.
    pub fn require(&self, name: &str) -> Result<&str> {
        self.get(name).ok_or_else(|| Error::internal(format!("the environment variable {name} is not set")))
    }

    /// The value as a number, a boolean, an address, …; without the value itself in the error, for it may be secret.
    pub fn parse<T>(&self, name: &str) -> Result<Option<T>>
    where
        T: FromStr,
        T::Err: fmt::Display,
    {
        let parsed = self.get(name).map(str::parse).transpose();
        parsed.map_err(|error| Error::internal(format!("the environment variable {name} is not usable: {error}")))
    }
}

/// Names only: values may be secret.
impl fmt::Debug for Env {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_says_which_variable_and_not_its_value() {
        let env = Env::of([("THREADS", "hunter2")]);
        let message = env.parse::<usize>("THREADS").unwrap_err().to_string();
        assert!(message.contains("THREADS") && !message.contains("hunter2"), "{message}");
        assert_eq!(env.parse::<usize>("ABSENT").unwrap(), None);
    }

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(format!("{:?}", Env::of([("TOKEN", "hunter2")])), r#"{"TOKEN"}"#);
    }
}
