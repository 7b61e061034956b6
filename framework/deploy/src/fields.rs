//! The settings of a resource: comparable, printable, and silent about secrets.

use std::{collections::BTreeMap, fmt};

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

/// What stands in the place of a secret.
const MASK: &str = "•••";

/// One setting. Two settings are the same if their texts are; what is printed can be another text, or nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Value {
    text: String,
    shown: Shown,
}

#[derive(Clone, PartialEq, Eq)]
enum Shown {
    Itself,
    As(String),
    Masked,
}

impl Value {
    /// A setting that everybody may read.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), shown: Shown::Itself }
    }

    /// A setting that nobody is shown, in any form: the value of an environment variable, a key.
    pub fn secret(text: impl Into<String>) -> Self {
        Self { text: text.into(), shown: Shown::Masked }
    }

    /// A setting compared by one text and shown as another: a checksum as its first digits, say.
    pub fn shown_as(text: impl Into<String>, shown: impl Into<String>) -> Self {
        Self { text: text.into(), shown: Shown::As(shown.into()) }
    }

    /// The text that is compared, and sent to the platform. A secret comes out here: never print it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is kept from people.
    pub fn is_secret(&self) -> bool {
        self.shown == Shown::Masked
    }

    fn same_as(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match &self.shown {
            Shown::Itself => &self.text,
            Shown::As(shown) => shown,
            Shown::Masked => MASK,
        })
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", self.to_string())
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The settings of a resource by name, `memorySize` or `environment.TODO_STORE`.
///
/// A resource reports as actual only the settings it manages, and all of those: one that it wants and that is missing is
/// added, one that is there and not wanted is taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Fields(BTreeMap<String, Value>);

impl Fields {
    /// No settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a setting that everybody may read.
    #[must_use]
    pub fn plain(self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.with(name, Value::plain(text))
    }

    /// Adds a setting.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: Value) -> Self {
        self.set(name, value);
        self
    }

    /// Sets a setting.
    pub fn set(&mut self, name: impl Into<String>, value: Value) {
        self.0.insert(name.into(), value);
    }

    /// The setting of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The text of the setting of this name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).map(Value::text)
    }

    /// All settings in order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// What has to change to get from `self` to `wanted`.
    pub fn changes_to(&self, wanted: &Self) -> Vec<FieldChange> {
        let names: std::collections::BTreeSet<&String> = self.0.keys().chain(wanted.0.keys()).collect();
        let differs = |name: &String| match (self.0.get(name), wanted.0.get(name)) {
            (Some(before), Some(after)) => !before.same_as(after),
            _ => true,
        };
        names
            .into_iter()
            .filter(|name| differs(name))
            .map(|name| FieldChange {
                field: name.clone(),
                before: self.0.get(name).cloned(),
                after: wanted.0.get(name).cloned(),
            })
            .collect()
    }

    /// A fingerprint of names and values, lower-case hex. Secrets are in it, and cannot be read off it unless they can be guessed.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for (name, value) in &self.0 {
            // Lengths keep `a=bc` and `ab=c` apart.
            for part in [name.as_bytes(), value.text.as_bytes()] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl FromIterator<(String, Value)> for Fields {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

/// A setting that has to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Its name.
    pub field: String,
    /// What it is; `None`: not set.
    pub before: Option<Value>,
    /// What it shall be; `None`: not set any more.
    pub after: Option<Value>,
}

impl fmt::Display for FieldChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, before, after } = self;
        match (before, after) {
            (Some(before), Some(_)) if before.is_secret() => write!(formatter, "{field}: changed (value not shown)"),
            (Some(before), Some(after)) => write!(formatter, "{field}: {before} → {after}"),
            (None, Some(after)) if after.is_secret() => write!(formatter, "{field}: added (value not shown)"),
            (None, Some(after)) => write!(formatter, "{field}: {after}"),
            (Some(before), None) if before.is_secret() => write!(formatter, "{field}: removed (value not shown)"),
            (Some(before), None) => write!(formatter, "{field}: {before} → not set"),
            (None, None) => write!(formatter, "{field}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_in_no_output() {
        let before = Fields::new().with("environment.KEY", Value::secret("hush-1"));
        let after = Fields::new().with("environment.KEY", Value::secret("hush-2"));
        let changes = before.changes_to(&after);
        assert_eq!(changes.len(), 1);
        let said = format!("{changes:?} {} {}", changes[0], serde_json::to_string(&(&changes, &after)).unwrap());
        assert!(!said.contains("hush"), "{said}");
        assert!(said.contains("environment.KEY: changed"), "{said}");
    }

    #[test]
    fn the_difference_names_what_is_new_what_is_gone_and_what_is_other() {
        let before = Fields::new().plain("memory", "128").plain("role", "r").plain("same", "s");
        let after = Fields::new().plain("memory", "256").plain("layers", "l").plain("same", "s");
        let said: Vec<String> = before.changes_to(&after).iter().map(ToString::to_string).collect();
        assert_eq!(said, ["layers: l", "memory: 128 → 256", "role: r → not set"]);
        assert!(before.changes_to(&before).is_empty());
    }

    #[test]
    fn another_way_of_showing_is_no_difference() {
        let one = Fields::new().with("code", Value::shown_as("abcdef", "abc…"));
        let other = Fields::new().with("code", Value::plain("abcdef"));
        assert!(one.changes_to(&other).is_empty());
        assert_eq!(one.digest(), other.digest());
    }

    #[test]
    fn the_fingerprint_tells_where_a_name_ends() {
        let one = Fields::new().plain("a", "bc");
        let other = Fields::new().plain("ab", "c");
        assert_ne!(one.digest(), other.digest());
        assert_ne!(one.digest(), Fields::new().with("a", Value::secret("bd")).digest());
    }
}
