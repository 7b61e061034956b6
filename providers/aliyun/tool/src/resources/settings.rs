//! JSON as settings that can be compared: the platform adds members of its own to what it is given, and writes numbers as it likes.

use fx_deploy::{Fields, Value};
use serde_json::Value as Json;

/// What is compared is what was asked for: of `actual`, the members that `wanted` has.
fn shaped(actual: &Json, wanted: &Json) -> Json {
    match (actual, wanted) {
        (Json::Object(actual), Json::Object(wanted)) => wanted
            .iter()
            .filter_map(|(name, wanted)| Some((name.clone(), shaped(actual.get(name)?, wanted))))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        (Json::Array(actual), Json::Array(wanted)) if actual.len() == wanted.len() => {
            actual.iter().zip(wanted).map(|(actual, wanted)| shaped(actual, wanted)).collect()
        }
        _ => actual.clone(),
    }
}

/// Adds the leaves of a value as settings: `logConfig.project`. What is empty is no setting, and the order in a list of words
/// means nothing.
pub(super) fn add(fields: &mut Fields, name: &str, value: &Json) {
    match value {
        Json::Object(members) => {
            for (member, value) in members {
                add(fields, &format!("{name}.{member}"), value);
            }
        }
        value => {
            let text = text(value);
            if !text.is_empty() {
                fields.set(name, Value::plain(text));
            }
        }
    }
}

/// Adds what the platform has of a setting, in the shape of what is wanted.
pub(super) fn add_actual(fields: &mut Fields, name: &str, actual: &Json, wanted: &Json) {
    add(fields, name, &shaped(actual, wanted));
}

fn text(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        // 1 and 1.0 are one number.
        Json::Number(number) => number.as_f64().map_or_else(|| number.to_string(), |number| number.to_string()),
        Json::Array(items) if items.iter().all(Json::is_string) => {
            let mut words: Vec<&str> = items.iter().filter_map(Json::as_str).collect();
            words.sort_unstable();
            words.join(", ")
        }
        Json::Array(items) if items.is_empty() => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(actual: &Json, wanted: &Json) -> Vec<String> {
        let (mut now, mut then) = (Fields::new(), Fields::new());
        add_actual(&mut now, "x", actual, wanted);
        add(&mut then, "x", wanted);
        now.changes_to(&then).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_the_platform_adds_is_no_difference() {
        let wanted = json!({ "a": 1.0, "list": [{ "dir": "/mnt" }], "methods": ["GET", "PUT"], "none": "" });
        let actual =
            json!({ "a": 1, "more": true, "list": [{ "dir": "/mnt", "tls": false }], "methods": ["PUT", "GET"] });
        assert_eq!(fields(&actual, &wanted), [""; 0]);
    }

    #[test]
    fn what_was_asked_for_and_is_not_so_is_a_difference() {
        let wanted = json!({ "a": 1, "b": { "c": true }, "list": [{ "dir": "/mnt" }] });
        let actual = json!({ "a": 2, "list": [] });
        assert_eq!(fields(&actual, &wanted), ["x.a: 2 → 1", "x.b.c: true", "x.list: [{\"dir\":\"/mnt\"}]"]);
    }
}
