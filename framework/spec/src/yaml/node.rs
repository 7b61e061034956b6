//! The tree itself, and the types of YAML 1.2's core schema.

use std::{fmt, sync::Arc};

use crate::problem::Span;

/// A value and its place. Cloning is cheap: aliases share what they point at.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) value: Value,
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Scalar(Arc<Scalar>),
    List(Arc<Vec<Node>>),
    Map(Arc<Map>),
    /// Something that was reported as wrong: it counts as nothing, but nobody needs to hear that it is missing.
    Broken,
}

/// Text as written, and whether it stood there without quotes (only then can it be a number, a flag or nothing).
#[derive(Debug, Clone)]
pub(crate) struct Scalar {
    pub(crate) text: String,
    pub(crate) plain: bool,
}

/// Keys in the order of the file, each once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Map {
    pub(crate) entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_span: Span,
    pub(crate) value: Node,
}

/// What a value looks like, for messages and for choosing between alternatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Nothing,
    Flag,
    Number,
    Text,
    List,
    Map,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Form::Nothing => "nothing",
            Form::Flag => "true or false",
            Form::Number => "a number",
            Form::Text => "text",
            Form::List => "a list",
            Form::Map => "a map",
        })
    }
}

impl Scalar {
    pub(crate) fn form(&self) -> Form {
        if !self.plain {
            return Form::Text;
        }
        match self.text.as_str() {
            "" | "~" | "null" | "Null" | "NULL" => Form::Nothing,
            "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Form::Flag,
            text if integer(text).is_some() || float(text).is_some() => Form::Number,
            _ => Form::Text,
        }
    }
}

impl Node {
    pub(crate) fn scalar(text: impl Into<String>, plain: bool, span: Span) -> Self {
        Self { span, value: Value::Scalar(Arc::new(Scalar { text: text.into(), plain })) }
    }

    pub(crate) fn list(items: Vec<Node>, span: Span) -> Self {
        Self { span, value: Value::List(Arc::new(items)) }
    }

    pub(crate) fn map(entries: Vec<Entry>, span: Span) -> Self {
        Self { span, value: Value::Map(Arc::new(Map { entries })) }
    }

    pub(crate) fn form(&self) -> Form {
        match &self.value {
            Value::Scalar(scalar) => scalar.form(),
            Value::List(_) => Form::List,
            Value::Map(_) => Form::Map,
            Value::Broken => Form::Nothing,
        }
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.form() == Form::Nothing
    }

    /// The entries of a map; none of anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(map) => &map.entries,
            _ => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value under `key`, unless it is nothing.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value).filter(|value| !value.is_nothing())
    }

    /// Whether what stands under `key` was wrong and has been reported.
    pub(crate) fn is_broken(&self, key: &str) -> bool {
        self.entry(key).is_some_and(|entry| matches!(entry.value.value, Value::Broken))
    }

    pub(crate) fn broken(span: Span) -> Self {
        Self { span, value: Value::Broken }
    }

    /// A scalar's text as written, whatever its type.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    pub(crate) fn flag(&self) -> Option<bool> {
        if self.form() != Form::Flag {
            return None;
        }
        self.text().map(|text| text.eq_ignore_ascii_case("true"))
    }

    /// A whole number; quotes do not matter, because inside `{ }` an interpolation cannot do without them.
    pub(crate) fn number(&self) -> Option<u32> {
        integer(self.text()?).and_then(|number| u32::try_from(number).ok())
    }

    /// The value as plain data.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Broken => Json::Null,
            Value::List(items) => items.iter().map(Node::to_json).collect(),
            Value::Map(map) => {
                Json::Object(map.entries.iter().map(|entry| (entry.key.clone(), entry.value.to_json())).collect())
            }
            Value::Scalar(scalar) => match scalar.form() {
                Form::Nothing => Json::Null,
                Form::Flag => Json::Bool(scalar.text.eq_ignore_ascii_case("true")),
                Form::Number => integer(&scalar.text)
                    .map(Json::from)
                    .or_else(|| float(&scalar.text).and_then(serde_json::Number::from_f64).map(Json::Number))
                    .unwrap_or_else(|| Json::String(scalar.text.clone())),
                _ => Json::String(scalar.text.clone()),
            },
        }
    }
}

/// Integers of the core schema: `-12`, `0o17`, `0x1F`. A leading zero is not octal.
fn integer(text: &str) -> Option<i64> {
    if let Some(octal) = text.strip_prefix("0o") {
        return only(octal, |c| c.is_digit(8)).and_then(|digits| i64::from_str_radix(digits, 8).ok());
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return only(hex, |c| c.is_ascii_hexdigit()).and_then(|digits| i64::from_str_radix(digits, 16).ok());
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    only(digits, |c| c.is_ascii_digit()).and_then(|_| text.parse().ok())
}

fn only(text: &str, allowed: impl Fn(char) -> bool) -> Option<&str> {
    (!text.is_empty() && text.chars().all(allowed)).then_some(text)
}

fn float(text: &str) -> Option<f64> {
    let numeric = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E');
    let has_digit = text.chars().any(|c| c.is_ascii_digit());
    if !has_digit || !text.chars().all(numeric) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Form {
        Node::scalar(text, true, 0..0).form()
    }

    #[test]
    fn plain_scalars_have_the_types_of_the_core_schema() {
        assert_eq!(form("yes"), Form::Text);
        assert_eq!(form("no"), Form::Text);
        assert_eq!(form("True"), Form::Flag);
        assert_eq!(form("~"), Form::Nothing);
        assert_eq!(form(""), Form::Nothing);
        assert_eq!(form("1.5e3"), Form::Number);
        assert_eq!(form("1.2.3"), Form::Text);
        assert_eq!(form("-"), Form::Text);
        assert_eq!(integer("0o17"), Some(15));
        assert_eq!(integer("017"), Some(17));
        assert_eq!(integer("0x1F"), Some(31));
        assert_eq!(integer("99999999999999999999"), None);
    }

    #[test]
    fn quotes_make_text() {
        let quoted = Node::scalar("true", false, 0..0);
        assert_eq!(quoted.form(), Form::Text);
        assert_eq!(quoted.flag(), None);
        assert_eq!(Node::scalar("256", false, 0..0).number(), Some(256));
    }
}
