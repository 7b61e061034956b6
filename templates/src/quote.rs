//! Helpers that turn a value into a literal of the language it lands in.

use handlebars::{Handlebars, Helper, HelperDef, RenderContext, RenderError, RenderErrorReason, ScopedJson};
use serde_json::Value;

/// Adds `{{rust x}}`, `{{toml x}}` and `{{yaml x}}`.
pub(crate) fn register(engine: &mut Handlebars<'_>) {
    engine.register_helper("rust", Box::new(Literal { string: rust_string }));
    engine.register_helper("toml", Box::new(Literal { string: escaped_string }));
    engine.register_helper("yaml", Box::new(Literal { string: yaml_string }));
    engine.register_helper("flow", Box::new(Flow));
}

/// The helper's one argument; an error when the context lacks it.
pub(crate) fn parameter<'h>(helper: &'h Helper<'_>) -> Result<&'h Value, RenderError> {
    let argument =
        helper.param(0).ok_or_else(|| RenderErrorReason::Other(format!("`{}` takes a value", helper.name())))?;
    if argument.is_value_missing() {
        return Err(RenderErrorReason::MissingVariable(argument.relative_path().cloned()).into());
    }
    Ok(argument.value())
}

/// A literal of some language: strings go through `string`; numbers and booleans are written alike in all three.
struct Literal {
    string: fn(&str) -> String,
}

impl HelperDef for Literal {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc handlebars::Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let text = match parameter(helper)? {
            Value::String(text) => (self.string)(text),
            Value::Number(number) => number.to_string(),
            Value::Bool(value) => value.to_string(),
            _ => return Err(RenderErrorReason::InvalidParamType("string, number or boolean").into()),
        };
        Ok(ScopedJson::Derived(text.into()))
    }
}

/// Any value on one line of YAML: `{ Ref: Store }`, `[a, b]`.
struct Flow;

impl HelperDef for Flow {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc handlebars::Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        Ok(ScopedJson::Derived(flow(parameter(helper)?).into()))
    }
}

fn flow(value: &Value) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match value {
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => yaml_string(text),
        Value::Array(items) => format!("[{}]", list(items.iter().map(flow).collect())),
        Value::Object(map) if map.is_empty() => "{}".into(),
        Value::Object(map) => {
            let pair = |(key, value): (&String, &Value)| format!("{}: {}", yaml_string(key), flow(value));
            format!("{{ {} }}", list(map.iter().map(pair).collect()))
        }
    }
}

fn rust_string(text: &str) -> String {
    format!("{text:?}")
}

/// Bare where nobody can take it for anything but text, as a person would write it.
fn yaml_string(text: &str) -> String {
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'));
    // Some readers of YAML 1.1 know more words for true, false and null than YAML 1.2 has.
    let words = ["false", "n", "no", "null", "off", "on", "true", "y", "yes"];
    if is_plain && !words.contains(&text.to_ascii_lowercase().as_str()) {
        text.to_owned()
    } else {
        escaped_string(text)
    }
}

/// A double-quoted string that TOML and YAML read alike: both know JSON's escapes. What either refuses to see in the raw
/// (DEL, C1 controls, a byte order mark, the two line separators) is escaped as well.
fn escaped_string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{2028}' | '\u{2029}' => {
                quoted.push_str(&format!("\\u{:04X}", u32::from(character)));
            }
            other if other.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(other))),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::engine::render;

    /// Everything that has ever broken a quoting function, in one string.
    const NASTY: &str = "a\"b\\c\n\r\t\u{0}\u{7}\u{7f}\u{85}\u{feff}\u{2028}'{{x}} ${env.X} 中文 #: 😀";

    #[test]
    fn rust_literals_read_back() {
        let text = render("t", "{{rust x}}", &json!({ "x": NASTY })).unwrap();
        assert_eq!(syn::parse_str::<syn::LitStr>(&text).unwrap().value(), NASTY);
    }

    #[test]
    fn toml_literals_read_back() {
        let text = render("t", "x = {{toml x}}", &json!({ "x": NASTY })).unwrap();
        assert_eq!(text.parse::<toml::Table>().unwrap()["x"].as_str(), Some(NASTY));
    }

    #[test]
    fn yaml_literals_read_back() {
        for nasty in [NASTY, "", "true", "No", "~", "12", "1e3", "-", "a: b", "a #b", "2026-11-24"] {
            let text = render("t", "x: {{yaml x}}", &json!({ "x": nasty })).unwrap();
            let back: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
            assert_eq!(back["x"], nasty, "{text}");
        }
    }

    #[test]
    fn yaml_names_stay_bare() {
        assert_eq!(render("t", "{{yaml x}}", &json!({ "x": "my-demo_2" })).unwrap(), "my-demo_2");
    }

    #[test]
    fn flow_values_read_back() {
        let value = json!({ "Fn::Sub": NASTY, "list": ["a", 1, true, null, {}, []], NASTY: { "on": "off" } });
        let text = render("t", "x: {{flow x}}", &json!({ "x": value })).unwrap();
        assert_eq!(text.lines().count(), 1);
        let back: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        assert_eq!(back["x"], value, "{text}");
    }

    #[test]
    fn numbers_and_booleans_stay_bare_and_structures_are_refused() {
        let context = json!({ "n": 7, "b": true, "l": [] });
        assert_eq!(render("t", "{{toml n}} {{yaml b}}", &context).unwrap(), "7 true");
        assert!(render("t", "{{rust l}}", &context).is_err());
    }
}
