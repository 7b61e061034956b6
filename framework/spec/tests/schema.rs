//! The JSON Schema says the same about files as reading them does.

use serde_json::Value;

/// Where a value does not fit a schema; only the words that f.yml's schema uses.
fn misfit(schema: &Value, value: &Value, at: &str) -> Option<String> {
    if let Some(any) = schema["anyOf"].as_array() {
        let mut misfits = any.iter().map(|inner| misfit(inner, value, at));
        return if misfits.any(|misfit| misfit.is_none()) { None } else { Some(format!("{at}: fits none of anyOf")) };
    }
    if let Some(values) = schema["enum"].as_array()
        && !values.contains(value)
    {
        return Some(format!("{at}: not one of {values:?}"));
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let takes = |name: &Value| name == kind || (name == "number" && kind == "integer");
    match &schema["type"] {
        Value::Array(types) if !types.iter().any(takes) => return Some(format!("{at}: {kind}")),
        name @ Value::String(_) if !takes(name) => return Some(format!("{at}: {kind}")),
        _ => {}
    }
    if let (Some(pattern), Some(text)) = (schema["pattern"].as_str(), value.as_str()) {
        // The two patterns there are: a variable, and digits or a variable.
        let digits = pattern.starts_with("^[0-9]+$|") && text.chars().all(|c| c.is_ascii_digit());
        if !digits && !text.contains("${env.") {
            return Some(format!("{at}: pattern"));
        }
    }
    if let Some(object) = value.as_object() {
        for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !object.contains_key(key) {
                return Some(format!("{at}: {key} is missing"));
            }
        }
        for (key, value) in object {
            let at = format!("{at}.{key}");
            let known = &schema["properties"][key];
            let misfit = match (known, &schema["additionalProperties"]) {
                (Value::Object(_), _) => misfit(known, value, &at),
                (_, Value::Bool(false)) if !key.starts_with("x-") => Some(format!("{at}: unknown")),
                (_, other) => misfit(other, value, &at),
            };
            if misfit.is_some() {
                return misfit;
            }
        }
    }
    if let (Some(items), Value::Object(_)) = (value.as_array(), &schema["items"]) {
        return items
            .iter()
            .enumerate()
            .find_map(|(index, item)| misfit(&schema["items"], item, &format!("{at}[{index}]")));
    }
    None
}

fn check(text: &str) -> Option<String> {
    let value: Value = serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}"));
    misfit(&fx_spec::schema(), &value, "f.yml")
}

#[test]
fn real_files_fit() {
    for text in [
        include_str!("fixtures/seed/f.yml"),
        include_str!("fixtures/seed/f-tx.yml"),
        include_str!("fixtures/everything.yml"),
        include_str!("../../../f.yml"),
    ] {
        assert_eq!(check(text), None);
    }
}

#[test]
fn mistakes_do_not_fit() {
    for (text, place) in [
        ("service: s\nprovider: { memorysize: 1 }", "f.yml.provider.memorysize: unknown"),
        ("crate: x", "f.yml: service is missing"),
        ("service: s\nstatic: { bucket: b }", "f.yml.static: dir is missing"),
        ("service: s\nfunctions: []", "f.yml.functions: array"),
        ("service: s\nfunctions: { a: { events: { http: {} } } }", "f.yml.functions.a.events: object"),
        (
            "service: s\nfunctions: { a: { events: [ { timer: [] } ] } }",
            "f.yml.functions.a.events[0].timer: fits none of anyOf",
        ),
        ("service: s\nprovider: { arch: mips }", "f.yml.provider.arch: fits none of anyOf"),
        ("service: s\nprovider: { timeout: 3s }", "f.yml.provider.timeout: pattern"),
        ("service: s\naggregation: { a: { deployOrigin: 1 } }", "f.yml.aggregation.a.deployOrigin: integer"),
    ] {
        assert_eq!(check(text).as_deref(), Some(place), "{text}");
    }
}

#[test]
fn every_key_is_described() {
    fn undescribed(schema: &Value, at: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
            let at = format!("{at}.{key}");
            if inner["description"].as_str().is_none_or(str::is_empty) {
                found.push(at.clone());
            }
            found.extend(undescribed(inner, &at));
        }
        for inner in [&schema["additionalProperties"], &schema["items"]] {
            if inner.is_object() {
                found.extend(undescribed(inner, at));
            }
        }
        found
    }
    assert_eq!(undescribed(&fx_spec::schema(), "f.yml"), Vec::<String>::new());
}
