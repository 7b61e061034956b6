//! Versions and aliases.

use serde_json::{Map, Value, json};

use crate::{
    answer::{Answer, Refusal, Result},
    body::{Is, Member, page},
    route::Call,
    world::{Function, Version, World},
};

pub(crate) const TO_PUBLISH: [Member; 1] = [("description", Is::Text, false)];

pub(crate) const TO_CREATE: [Member; 4] = [
    ("aliasName", Is::Text, true),
    ("versionId", Is::Text, true),
    ("description", Is::Text, false),
    ("additionalVersionWeight", Is::Object, false),
];

pub(crate) const TO_UPDATE: [Member; 3] =
    [("versionId", Is::Text, false), ("description", Is::Text, false), ("additionalVersionWeight", Is::Object, false)];

pub(crate) fn publish(world: &mut World, call: &Call, body: &Map<String, Value>) -> Result {
    let created = world.time();
    let function = world.find(call.part(0))?;
    if function.busy > 0 {
        return Err(Refusal::new(409, "ConcurrentUpdateError", "the function is being updated"));
    }
    function.published += 1;
    let description = body.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut settings = function.latest.clone();
    settings.insert("description".into(), description.clone().into());
    let version = Version { function: settings, zip: function.zip.clone(), description, created };
    let answer = version_answer(function.published, &version);
    function.versions.insert(function.published, version);
    Ok(Answer::Json(answer))
}

pub(crate) fn versions(world: &mut World, call: &Call) -> Result {
    let function = world.find(call.part(0))?;
    let mut found: Vec<Value> =
        function.versions.iter().map(|(number, version)| version_answer(*number, version)).collect();
    match call.asked("direction") {
        None | Some("BACKWARD") => found.reverse(),
        Some("FORWARD") => {}
        Some(other) => return Err(Refusal::argument(format!("`{other}` is no direction"))),
    }
    page(call, "versions", found).map(Answer::Json)
}

pub(crate) fn delete_version(world: &mut World, call: &Call) -> Result {
    let function = world.find(call.part(0))?;
    let text = call.part(1);
    let missing = || Refusal::new(404, "VersionNotFound", format!("version '{text}' does not exist"));
    let number: u64 = text.parse().map_err(|_| missing())?;
    let points =
        |alias: &Map<String, Value>| alias["versionId"] == text || alias["additionalVersionWeight"].get(text).is_some();
    if function.aliases.values().any(points) {
        return Err(Refusal::argument(format!("version '{text}' is used by an alias")));
    }
    function.versions.remove(&number).ok_or_else(missing)?;
    Ok(Answer::Nothing)
}

pub(crate) fn create_alias(world: &mut World, call: &Call, body: Map<String, Value>) -> Result {
    let time = world.time();
    let function = world.find(call.part(0))?;
    let name = body["aliasName"].as_str().unwrap_or_default().to_owned();
    if function.aliases.contains_key(&name) {
        return Err(Refusal::new(409, "AliasAlreadyExists", format!("alias '{name}' already exists")));
    }
    let mut alias = Map::new();
    alias.insert("createdTime".into(), time.into());
    alias.insert("description".into(), "".into());
    alias.insert("additionalVersionWeight".into(), json!({}));
    alias.extend(body);
    check_alias(function, &alias)?;
    function.aliases.insert(name, alias.clone());
    Ok(Answer::Json(alias.into()))
}

pub(crate) fn update_alias(world: &mut World, call: &Call, body: Map<String, Value>) -> Result {
    let function = world.find(call.part(0))?;
    let mut alias = find_alias(function, call.part(1))?.clone();
    alias.extend(body);
    check_alias(function, &alias)?;
    function.aliases.insert(call.part(1).to_owned(), alias.clone());
    Ok(Answer::Json(alias.into()))
}

pub(crate) fn get_alias(world: &mut World, call: &Call) -> Result {
    let function = world.find(call.part(0))?;
    find_alias(function, call.part(1)).map(|alias| Answer::Json(alias.clone().into()))
}

pub(crate) fn aliases(world: &mut World, call: &Call) -> Result {
    let function = world.find(call.part(0))?;
    page(call, "aliases", function.aliases.values().cloned().map(Value::Object).collect()).map(Answer::Json)
}

pub(crate) fn delete_alias(world: &mut World, call: &Call) -> Result {
    let function = world.find(call.part(0))?;
    let name = call.part(1);
    find_alias(function, name)?;
    if function.triggers.values().any(|trigger| trigger["qualifier"] == name) {
        return Err(Refusal::argument(format!("alias '{name}' is used by a trigger")));
    }
    function.aliases.remove(name);
    Ok(Answer::Nothing)
}

fn find_alias<'a>(function: &'a Function, name: &str) -> std::result::Result<&'a Map<String, Value>, Refusal> {
    let missing = || Refusal::new(404, "AliasNotFound", format!("alias '{name}' does not exist"));
    function.aliases.get(name).ok_or_else(missing)
}

fn check_alias(function: &Function, alias: &Map<String, Value>) -> std::result::Result<(), Refusal> {
    let exists = |number: &str| {
        let number: Option<u64> = number.parse().ok();
        number.is_some_and(|number| function.versions.contains_key(&number))
    };
    let number = alias["versionId"].as_str().unwrap_or_default();
    if !exists(number) {
        return Err(Refusal::new(404, "VersionNotFound", format!("version '{number}' does not exist")));
    }
    let weights = alias["additionalVersionWeight"].as_object().cloned().unwrap_or_default();
    if weights.len() > 1 {
        return Err(Refusal::argument("there can be one additional version"));
    }
    for (other, weight) in &weights {
        if !exists(other) || other == number {
            return Err(Refusal::argument(format!("version '{other}' cannot be the additional one")));
        }
        if !weight.as_f64().is_some_and(|weight| weight > 0.0 && weight < 1.0) {
            return Err(Refusal::argument("a weight is more than 0 and less than 1"));
        }
    }
    Ok(())
}

fn version_answer(number: u64, version: &Version) -> Value {
    json!({ "versionId": number.to_string(), "description": version.description, "createdTime": version.created })
}
