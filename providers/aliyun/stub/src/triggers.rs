//! What calls a function.

use serde_json::{Map, Value, json};

use crate::{
    ACCOUNT, REGION,
    answer::{Answer, Refusal, Result},
    body::{Is, Member, check, page, within},
    route::Call,
    world::{Function, World},
};

const MOST: usize = 50;
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"];

pub(crate) const TO_CREATE: [Member; 7] = [
    ("triggerName", Is::Text, true),
    ("triggerType", Is::Text, true),
    ("triggerConfig", Is::Json, true),
    ("qualifier", Is::Text, false),
    ("sourceArn", Is::Text, false),
    ("invocationRole", Is::Text, false),
    ("description", Is::Text, false),
];

pub(crate) const TO_UPDATE: [Member; 4] = [
    ("triggerConfig", Is::Json, false),
    ("qualifier", Is::Text, false),
    ("invocationRole", Is::Text, false),
    ("description", Is::Text, false),
];

pub(crate) fn create(world: &mut World, call: &Call, body: Map<String, Value>, url: Option<String>) -> Result {
    let time = world.time();
    let function = world.find(call.part(0))?;
    let name = body["triggerName"].as_str().unwrap_or_default().to_owned();
    if function.triggers.contains_key(&name) {
        return Err(Refusal::new(409, "TriggerAlreadyExists", format!("trigger '{name}' already exists")));
    }
    if function.triggers.len() >= MOST {
        return Err(Refusal::new(400, "LimitExceededError", "a function has at most 50 triggers"));
    }
    let mut trigger = Map::new();
    for (member, value) in [("qualifier", json!("LATEST")), ("description", json!("")), ("createdTime", json!(time))] {
        trigger.insert(member.into(), value);
    }
    trigger.extend(body);
    check_trigger(function, &name, &trigger)?;
    trigger.insert("triggerId".into(), format!("id-of-{name}").into());
    if trigger["triggerType"] == "http" {
        let url = url.unwrap_or_else(|| format!("https://{name}-stub.{REGION}.fcapp.run"));
        trigger.insert("httpTrigger".into(), json!({ "urlInternet": url, "urlIntranet": url }));
    }
    function.triggers.insert(name, trigger.clone());
    Ok(Answer::Json(trigger.into()))
}

pub(crate) fn update(world: &mut World, call: &Call, body: Map<String, Value>) -> Result {
    let function = world.find(call.part(0))?;
    let name = call.part(1);
    let mut trigger = find(function, name)?.clone();
    if trigger["triggerType"] == "mns_topic" || trigger["triggerType"] == "tablestore" {
        return Err(Refusal::argument("a trigger of this type cannot be updated"));
    }
    trigger.extend(body);
    check_trigger(function, name, &trigger)?;
    function.triggers.insert(name.to_owned(), trigger.clone());
    Ok(Answer::Json(trigger.into()))
}

pub(crate) fn get(world: &mut World, call: &Call) -> Result {
    let function = world.find(call.part(0))?;
    find(function, call.part(1)).map(|trigger| Answer::Json(trigger.clone().into()))
}

pub(crate) fn list(world: &mut World, call: &Call) -> Result {
    let function = world.find(call.part(0))?;
    page(call, "triggers", function.triggers.values().cloned().map(Value::Object).collect()).map(Answer::Json)
}

pub(crate) fn delete(world: &mut World, call: &Call) -> Result {
    let function = world.find(call.part(0))?;
    find(function, call.part(1))?;
    function.triggers.remove(call.part(1));
    Ok(Answer::Nothing)
}

fn find<'a>(function: &'a Function, name: &str) -> std::result::Result<&'a Map<String, Value>, Refusal> {
    let missing = || Refusal::new(404, "TriggerNotFound", format!("trigger '{name}' does not exist"));
    function.triggers.get(name).ok_or_else(missing)
}

fn check_trigger(function: &Function, name: &str, trigger: &Map<String, Value>) -> std::result::Result<(), Refusal> {
    let text = |member: &str| trigger.get(member).and_then(Value::as_str).unwrap_or_default();
    let qualifier = text("qualifier");
    if !function.has(qualifier) {
        return Err(Refusal::new(404, "AliasNotFound", format!("there is no version or alias '{qualifier}'")));
    }
    let config: Value = serde_json::from_str(text("triggerConfig")).unwrap_or_default();
    let config = config.as_object().ok_or_else(|| Refusal::argument("triggerConfig is no object"))?;
    let kind = text("triggerType");
    let (members, source): (&[Member], Option<&str>) = match kind {
        "http" => (
            &[
                ("authType", Is::Text, false),
                ("methods", Is::List, true),
                ("disableURLInternet", Is::Flag, false),
                ("corsConfig", Is::Object, false),
            ],
            None,
        ),
        "timer" => {
            (&[("cronExpression", Is::Text, true), ("enable", Is::Flag, true), ("payload", Is::Text, false)], None)
        }
        "oss" => (&[("events", Is::List, true), ("filter", Is::Object, true)], Some("acs:oss:")),
        "mns_topic" => (
            &[
                ("notifyContentFormat", Is::Text, true),
                ("notifyStrategy", Is::Text, true),
                ("filterTag", Is::Text, false),
            ],
            Some("acs:mns:"),
        ),
        "log" => (
            &[
                ("sourceConfig", Is::Object, true),
                ("jobConfig", Is::Object, true),
                ("logConfig", Is::Object, true),
                ("functionParameter", Is::Object, false),
                ("enable", Is::Flag, true),
            ],
            Some("acs:log:"),
        ),
        other => return Err(Refusal::argument(format!("`{other}` is not a type of trigger"))),
    };
    check("triggerConfig", config, members)?;
    match source {
        Some(begin) => {
            let begin = format!("{begin}{REGION}:{ACCOUNT}:");
            if !text("sourceArn").starts_with(&begin) {
                return Err(Refusal::argument(format!("sourceArn does not begin with {begin}")));
            }
            if !text("invocationRole").starts_with(&format!("acs:ram::{ACCOUNT}:role/")) {
                return Err(Refusal::argument("invocationRole is not a role of this account"));
            }
        }
        None if text("sourceArn").is_empty() => {}
        None => return Err(Refusal::argument(format!("a trigger of type {kind} has no sourceArn"))),
    }
    match kind {
        "http" => check_http(function, name, qualifier, config),
        "timer" => check_cron(config["cronExpression"].as_str().unwrap_or_default()),
        "log" => {
            let job = config["jobConfig"].as_object().cloned().unwrap_or_default();
            within(&job, "triggerInterval", 3.0, 600.0)?;
            within(&job, "maxRetryTime", 0.0, 100.0)
        }
        _ => Ok(()),
    }
}

fn check_http(
    function: &Function,
    name: &str,
    qualifier: &str,
    config: &Map<String, Value>,
) -> std::result::Result<(), Refusal> {
    let methods = config["methods"].as_array().cloned().unwrap_or_default();
    let known = |method: &Value| method.as_str().is_some_and(|method| METHODS.contains(&method));
    if methods.is_empty() || !methods.iter().all(known) {
        return Err(Refusal::argument("methods has a word that is no method"));
    }
    let mut others = function.triggers.iter().filter(|(other, _)| *other != name);
    if others.any(|(_, other)| other["triggerType"] == "http" && other["qualifier"] == qualifier) {
        return Err(Refusal::argument(format!("there is an http trigger of '{qualifier}' already")));
    }
    Ok(())
}

fn check_cron(expression: &str) -> std::result::Result<(), Refusal> {
    let wrong = || Refusal::argument(format!("`{expression}` is not a schedule"));
    if let Some(pace) = expression.strip_prefix("@every ") {
        let minutes = pace.strip_suffix('m').and_then(|minutes| minutes.parse::<u32>().ok());
        return minutes.filter(|minutes| *minutes > 0).map(drop).ok_or_else(wrong);
    }
    let fields = match expression.strip_prefix("CRON_TZ=") {
        Some(rest) => rest.split_once(' ').ok_or_else(wrong)?.1,
        None => expression,
    };
    (fields.split(' ').count() == 6).then_some(()).ok_or_else(wrong)
}
