//! What calls a function. What is sent is not always what comes back.

use serde_json::{Map, Value, json};

use crate::{
    REGION,
    answer::{Refusal, Result, answer, done, page},
    world::{Function, Trigger, World, text},
};

/// Triggers of one type that a function may have.
const QUOTA: usize = 10;

/// Makes a trigger. `address`: where the function will answer, if it is one of those. The name of such a trigger is then a part of
/// that, whatever was asked for.
pub(crate) fn create(world: &mut World, body: &Map<String, Value>, address: &str) -> Result {
    let (kind, qualifier) = (text(body, "Type").unwrap_or_default().to_owned(), qualifier(body));
    let name = text(body, "TriggerName").unwrap_or_default().to_owned();
    let said = text(body, "TriggerDesc").unwrap_or_default().to_owned();
    check_name(&kind, &name)?;
    let mut description = described(&kind, &said)?;
    let taken = kind == "cos"
        && world
            .functions
            .values()
            .flat_map(|function| &function.triggers)
            .any(|one| one.kind == "cos" && one.name == name && overlap(&one.description, &description));
    if taken {
        return Err(Refusal::new("ResourceInUse.Cos", "the bucket's events go to a function already"));
    }
    let found = world.get_active(body, "FailedOperation.FunctionStatusError")?;
    let known = |one: &Trigger| one.kind == kind && one.qualifier == qualifier && (kind == "http" || one.name == name);
    if kind != "cos" && found.triggers.iter().any(known) {
        return Err(Refusal::new("ResourceInUse.Trigger", "there is one of that name"));
    }
    if found.triggers.iter().filter(|one| one.kind == kind).count() >= QUOTA {
        return Err(Refusal::new("LimitExceeded.Trigger", "ten at most"));
    }
    let mut trigger = Trigger {
        name,
        kind,
        qualifier,
        description: Value::Null,
        enabled: enabled(body)?.unwrap_or(true),
        argument: argument(body)?,
        remark: text(body, "Description").unwrap_or_default().to_owned(),
    };
    if trigger.kind == "http" {
        description["NetConfig"]["ExtranetUrl"] = json!(address);
        trigger.name = format!("url-{}", text(body, "FunctionName").unwrap_or_default());
    }
    trigger.description = description;
    let shown = shown(&trigger);
    found.triggers.push(trigger);
    answer(json!({ "TriggerInfo": shown }))
}

pub(crate) fn update(world: &mut World, body: &Map<String, Value>) -> Result {
    if !["timer", "ckafka", "http"].contains(&text(body, "Type").unwrap_or_default()) {
        return Err(Refusal::new("InvalidParameterValue.Type", "cannot be updated"));
    }
    let (enabled, argument) = (enabled(body)?, argument(body)?);
    let function = world.get_active(body, "FailedOperation.FunctionStatusError")?;
    let trigger = find(function, body)?;
    if let Some(said) = text(body, "TriggerDesc") {
        let mut description = described(&trigger.kind, said)?;
        if trigger.kind == "http" {
            description["NetConfig"]["ExtranetUrl"] = trigger.description["NetConfig"]["ExtranetUrl"].clone();
        }
        trigger.description = description;
    }
    trigger.enabled = enabled.unwrap_or(trigger.enabled);
    trigger.argument = argument;
    if let Some(remark) = text(body, "Description") {
        trigger.remark = remark.to_owned();
    }
    done()
}

pub(crate) fn set_status(world: &mut World, body: &Map<String, Value>) -> Result {
    if !["timer", "ckafka", "cos"].contains(&text(body, "Type").unwrap_or_default()) {
        return Err(Refusal::new("InvalidParameterValue.Type", "has no status"));
    }
    let enabled = enabled(body)?;
    let trigger = find(world.get(body)?, body)?;
    trigger.enabled = enabled.unwrap_or(trigger.enabled);
    done()
}

pub(crate) fn delete(world: &mut World, body: &Map<String, Value>) -> Result {
    let function = world.get(body)?;
    let found = find(function, body)?.clone();
    function
        .triggers
        .retain(|one| !(one.kind == found.kind && one.name == found.name && one.description == found.description));
    done()
}

pub(crate) fn list(world: &mut World, body: &Map<String, Value>) -> Result {
    let function = world.get(body)?;
    page(body, "Triggers", function.triggers.iter().map(shown).collect())
}

fn shown(trigger: &Trigger) -> Value {
    json!({
        "TriggerName": trigger.name, "Type": trigger.kind, "Qualifier": trigger.qualifier,
        "TriggerDesc": trigger.description.to_string(), "Enable": i32::from(trigger.enabled),
        "CustomArgument": trigger.argument, "Description": trigger.remark, "AvailableStatus": "Available",
        "BindStatus": "on", "AddTime": "2026-01-01 08:00:00",
    })
}

/// The trigger that a request is about, by all that it is told apart by.
fn find<'a>(function: &'a mut Function, body: &Map<String, Value>) -> Result<&'a mut Trigger> {
    let (kind, qualifier) = (text(body, "Type").unwrap_or_default(), qualifier(body));
    let name = text(body, "TriggerName").unwrap_or_default();
    let description = match kind {
        "cos" => Some(described(kind, text(body, "TriggerDesc").unwrap_or_default())?),
        _ => None,
    };
    let is = |one: &&mut Trigger| {
        one.kind == kind
            && one.name == name
            && one.qualifier == qualifier
            && description.as_ref().is_none_or(|description| *description == one.description)
    };
    let missing =
        || Refusal::new("ResourceNotFound.Trigger", format!("there is no {kind} trigger {name} on {qualifier}"));
    function.triggers.iter_mut().find(is).ok_or_else(missing)
}

fn qualifier(body: &Map<String, Value>) -> String {
    text(body, "Qualifier").unwrap_or("$LATEST").to_owned()
}

fn enabled(body: &Map<String, Value>) -> Result<Option<bool>> {
    match text(body, "Enable") {
        None => Ok(None),
        Some("OPEN") => Ok(Some(true)),
        Some("CLOSE") => Ok(Some(false)),
        Some(other) => {
            Err(Refusal::new("InvalidParameterValue.Enable", format!("`{other}` is neither OPEN nor CLOSE")))
        }
    }
}

fn argument(body: &Map<String, Value>) -> Result<String> {
    let argument = text(body, "CustomArgument").unwrap_or_default();
    if !argument.is_empty() && text(body, "Type") != Some("timer") {
        return Err(Refusal::new("InvalidParameterValue.CustomArgument", "for timers only"));
    }
    Ok(argument.to_owned())
}

fn check_name(kind: &str, name: &str) -> Result<()> {
    let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    let right = match kind {
        "timer" => letters && (1..=100).contains(&name.len()),
        "cos" => name.ends_with(&format!(".cos.{REGION}.myqcloud.com")),
        "ckafka" => name.starts_with("ckafka-"),
        _ => !name.is_empty(),
    };
    match right {
        true => Ok(()),
        false => Err(Refusal::new("InvalidParameterValue.TriggerName", format!("`{name}` is no name for {kind}"))),
    }
}

/// A description as it is kept, if it is one of its type.
fn described(kind: &str, said: &str) -> Result<Value> {
    let invalid = |reason: &str| Refusal::new("InvalidParameterValue.TriggerDesc", format!("{reason}: {said}"));
    if kind == "timer" {
        return match said.split(' ').count() {
            7 => Ok(json!({ "cron": said })),
            _ => Err(invalid("not seven fields")),
        };
    }
    let description: Value = serde_json::from_str(said).map_err(|_| invalid("no JSON"))?;
    let right = match kind {
        "http" => {
            ["NONE", "CAM"].iter().any(|kind| description["AuthType"] == *kind)
                && description["NetConfig"]["EnableExtranet"].is_boolean()
                && description["NetConfig"]["EnableIntranet"].is_boolean()
        }
        "cos" => {
            let suffix = description["filter"]["Suffix"].as_str().unwrap_or_default();
            !said.contains(' ')
                && description["event"].as_str().is_some_and(|event| event.starts_with("cos:Object"))
                && (suffix.is_empty() || suffix.starts_with('.'))
        }
        "ckafka" => ["maxMsgNum", "retry", "timeOut"].iter().all(|name| description[*name].is_u64()),
        "cmq" => description["filterType"].is_u64() && description["filterKey"].is_array(),
        _ => return Err(Refusal::new("InvalidParameterValue.Type", format!("there are no triggers of type {kind}"))),
    };
    if right { Ok(description) } else { Err(invalid("not one of its type")) }
}

/// Whether an object can fit two filters of the same event.
fn overlap(one: &Value, other: &Value) -> bool {
    let part = |description: &Value, name: &str| description["filter"][name].as_str().unwrap_or_default().to_owned();
    let (prefix, suffix) = (part(one, "Prefix"), part(one, "Suffix"));
    let (prefix2, suffix2) = (part(other, "Prefix"), part(other, "Suffix"));
    one["event"] == other["event"]
        && (prefix.starts_with(&prefix2) || prefix2.starts_with(&prefix))
        && (suffix.ends_with(&suffix2) || suffix2.ends_with(&suffix))
}
