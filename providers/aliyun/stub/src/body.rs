//! What is in a body, and what may be.

use serde_json::{Map, Value};

use crate::answer::Refusal;

/// What a member of a body is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Is {
    Text,
    Integer,
    Number,
    Flag,
    List,
    Object,
    /// JSON inside a text.
    Json,
}

/// A member: its name, what it is, and whether it must be there.
pub(crate) type Member = (&'static str, Is, bool);

/// The body of a request, held against the members that its call knows.
pub(crate) fn parse(content_type: &str, body: &[u8], members: &[Member]) -> Result<Map<String, Value>, Refusal> {
    if !content_type.starts_with("application/json") {
        return Err(Refusal::argument(format!("the content type is `{content_type}`, not application/json")));
    }
    let value: Value =
        serde_json::from_slice(body).map_err(|error| Refusal::argument(format!("the body is no JSON: {error}")))?;
    let Value::Object(map) = value else { return Err(Refusal::argument("the body is no object")) };
    check("the body", &map, members)?;
    Ok(map)
}

/// Holds an object against the members that it may have.
pub(crate) fn check(place: &str, map: &Map<String, Value>, members: &[Member]) -> Result<(), Refusal> {
    for (name, value) in map {
        let Some((_, is, _)) = members.iter().find(|(known, ..)| known == name) else {
            return Err(Refusal::argument(format!("{place} has a member `{name}` that is not known")));
        };
        if !fits(*is, value) {
            return Err(Refusal::argument(format!("`{name}` of {place} is not {is:?}: {}", kind(value))));
        }
    }
    for (name, _, required) in members {
        if *required && !map.contains_key(*name) {
            return Err(Refusal::argument(format!("{place} has no `{name}`")));
        }
    }
    Ok(())
}

fn fits(is: Is, value: &Value) -> bool {
    match is {
        Is::Text => value.is_string(),
        Is::Integer => value.is_i64() || value.is_u64(),
        Is::Number => value.is_number(),
        Is::Flag => value.is_boolean(),
        Is::List => value.is_array(),
        Is::Object => value.is_object(),
        Is::Json => value.as_str().is_some_and(|text| serde_json::from_str::<Value>(text).is_ok()),
    }
}

/// Never the value: it may be a secret.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a flag",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A number within bounds.
pub(crate) fn within(map: &Map<String, Value>, name: &str, least: f64, most: f64) -> Result<(), Refusal> {
    match map.get(name).and_then(Value::as_f64) {
        Some(value) if !(least..=most).contains(&value) => {
            Err(Refusal::argument(format!("{name} is {value}, and must be from {least} to {most}")))
        }
        _ => Ok(()),
    }
}

/// A page of a list, with where the next one begins.
pub(crate) fn page(call: &crate::route::Call, name: &str, items: Vec<Value>) -> Result<Value, Refusal> {
    let limit: usize =
        call.asked("limit").unwrap_or("20").parse().map_err(|_| Refusal::argument("limit is no number"))?;
    if !(1..=100).contains(&limit) {
        return Err(Refusal::argument("limit must be from 1 to 100"));
    }
    let start: usize = match call.asked("nextToken") {
        Some(token) => {
            let token = token.strip_prefix("from-").and_then(|token| token.parse().ok());
            token.ok_or_else(|| Refusal::argument("nextToken was not given by a page before"))?
        }
        None => 0,
    };
    // Small pages, so that whoever reads one alone is found out.
    let size = limit.min(2);
    let mut answer = Map::new();
    if start + size < items.len() {
        answer.insert("nextToken".into(), format!("from-{}", start + size).into());
    }
    answer.insert(name.into(), items.into_iter().skip(start).take(size).collect());
    Ok(answer.into())
}
