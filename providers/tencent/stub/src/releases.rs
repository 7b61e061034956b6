//! Versions, and the alias that traffic comes through.

use serde_json::{Map, Value, json};

use crate::{
    answer::{Refusal, Result, answer, done, page},
    world::{Version, World, text},
};

pub(crate) fn publish(world: &mut World, body: &Map<String, Value>) -> Result {
    let state = world.after("Publishing");
    let function = world.get_active(body, "FailedOperation.PublishVersion")?;
    let description = text(body, "Description").unwrap_or_default().to_owned();
    function.published += 1;
    let number = function.published;
    let version = Version { revision: function.latest.clone(), description, state };
    let said = json!({
        "FunctionVersion": number.to_string(),
        "CodeSize": version.revision.zip.len(),
        "MemorySize": version.revision.settings["MemorySize"],
        "Description": version.description,
    });
    function.versions.insert(number, version);
    answer(said)
}

pub(crate) fn list(world: &mut World, body: &Map<String, Value>) -> Result {
    let function = world.get(body)?;
    let published = function.versions.iter().map(|(number, version)| {
        json!({
            "Version": number.to_string(), "Description": version.description, "Status": version.state.now,
            "AddTime": "2026-01-01 08:00:00", "ModTime": null,
        })
    });
    let latest = json!({ "Version": "$LATEST", "Description": null, "Status": function.state.now });
    page(body, "Versions", std::iter::once(latest).chain(published).collect())
}

pub(crate) fn delete(world: &mut World, body: &Map<String, Value>) -> Result {
    let qualifier = text(body, "Qualifier").unwrap_or_default();
    let number: u64 = qualifier.parse().unwrap_or_default();
    let function = world.get(body)?;
    let additional = function.alias.routing["AdditionalVersionWeights"].as_array();
    let shares = additional.into_iter().flatten().any(|share| share["Version"] == qualifier);
    if shares || function.alias.version == qualifier {
        return Err(Refusal::new("FailedOperation.DeleteFunctionVersion", "the alias points at it"));
    }
    match function.versions.remove(&number) {
        Some(_) => done(),
        None => Err(Refusal::new("ResourceNotFound.FunctionVersion", "there is no such version")),
    }
}

pub(crate) fn get_alias(world: &mut World, body: &Map<String, Value>) -> Result {
    let function = world.get(body)?;
    if text(body, "Name") != Some("$DEFAULT") {
        return Err(Refusal::new("ResourceNotFound.Alias", "there is no such alias"));
    }
    let alias = &function.alias;
    answer(json!({
        "Name": "$DEFAULT", "FunctionVersion": alias.version, "Description": alias.description,
        "RoutingConfig": alias.routing,
    }))
}

pub(crate) fn aliases(world: &mut World, body: &Map<String, Value>) -> Result {
    let function = world.get(body)?;
    let one = |name: &str, version: &str, routing: &Value| json!({ "Name": name, "FunctionVersion": version, "Description": "", "RoutingConfig": routing });
    let others = function.others.iter().map(|(name, version)| one(name, version, &Value::Null));
    let default = one("$DEFAULT", &function.alias.version, &function.alias.routing);
    page(body, "Aliases", std::iter::once(default).chain(others).collect())
}

pub(crate) fn update_alias(world: &mut World, body: &Map<String, Value>) -> Result {
    let function = world.get(body)?;
    if text(body, "Name") != Some("$DEFAULT") {
        return Err(Refusal::new("ResourceNotFound.Alias", "there is no such alias"));
    }
    let main = text(body, "FunctionVersion").unwrap_or_default();
    let routing = body.get("RoutingConfig").cloned().unwrap_or_else(|| json!({}));
    let shares = routing["AdditionalVersionWeights"].as_array().cloned().unwrap_or_default();
    let mut versions = vec![main];
    for share in &shares {
        let version = share["Version"].as_str().unwrap_or_default();
        let weight = share["Weight"].as_f64().unwrap_or(-1.0);
        if version == main || shares.len() > 1 || !(0.0..=1.0).contains(&weight) {
            return Err(Refusal::new(
                "InvalidParameterValue.RoutingConfig",
                "one other version, with a share of 0 to 1",
            ));
        }
        versions.push(version);
    }
    for version in versions.into_iter().filter(|version| *version != "$LATEST") {
        let found = version.parse().ok().and_then(|number: u64| function.versions.get(&number));
        match found.map(|version| version.state.now) {
            None => {
                return Err(Refusal::new("ResourceNotFound.FunctionVersion", format!("there is no version {version}")));
            }
            Some("Active") => {}
            Some(status) => {
                return Err(Refusal::new("FailedOperation.FunctionVersionStatusNotActive", format!("it is {status}")));
            }
        }
    }
    function.alias.version = main.to_owned();
    function.alias.description = text(body, "Description").unwrap_or_default().to_owned();
    function.alias.routing = routing;
    done()
}
