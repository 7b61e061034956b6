//! Functions: code, configuration, and the states that a change goes through.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::{
    ACCOUNT, APP_ID, REGION,
    answer::{Refusal, Result, answer, done, page},
    auth::hex,
    world::{Function, Revision, World, key, text},
};

/// Functions in a namespace.
const QUOTA: usize = 50;
const RESERVED: [&str; 4] = ["SCF_", "QCLOUD_", "TENCENTCLOUD_", "TECENTCLOUD_"];

pub(crate) fn create(world: &mut World, body: &Map<String, Value>) -> Result {
    let (namespace, name) = key(body);
    check_name(&name)?;
    if !world.namespaces.contains(&namespace) {
        return Err(Refusal::new("ResourceNotFound.Namespace", format!("there is no namespace {namespace}")));
    }
    if world.functions.contains_key(&(namespace.clone(), name.clone())) {
        return Err(Refusal::new("ResourceInUse.Function", format!("there is a function {name}")));
    }
    if world.functions.keys().filter(|(known, _)| *known == namespace).count() >= QUOTA {
        return Err(Refusal::new("LimitExceeded.Function", "the namespace has no room for it"));
    }
    let kind = text(body, "Type").unwrap_or("Event");
    if !["Event", "HTTP"].contains(&kind) {
        return Err(Refusal::new("InvalidParameterValue.Type", format!("no function is {kind}")));
    }
    if text(body, "Runtime").is_none() {
        return Err(Refusal::new("InvalidParameterValue.Runtime", "a function has a runtime"));
    }
    let mut settings = Map::from_iter([
        ("Namespace".to_owned(), json!(namespace)),
        ("FunctionName".to_owned(), json!(name)),
        ("Type".to_owned(), json!(kind)),
        ("MemorySize".to_owned(), json!(128)),
        ("Timeout".to_owned(), json!(3)),
        ("InitTimeout".to_owned(), json!(65)),
        ("Description".to_owned(), json!("")),
        ("Role".to_owned(), json!("")),
        ("PublicNetConfig".to_owned(), json!({ "PublicNetStatus": "ENABLE", "EipConfig": { "EipStatus": "DISABLE" } })),
    ]);
    for name in ["Runtime", "Handler"] {
        settings.insert(name.into(), body.get(name).cloned().unwrap_or_default());
    }
    configure(&mut settings, body)?;
    let latest = Revision { settings, zip: zip(world, body)? };
    let mut function = Function::new(latest, world.after("Creating"));
    for tag in body.get("Tags").and_then(Value::as_array).into_iter().flatten() {
        let part = |name: &str| tag[name].as_str().unwrap_or_default().to_owned();
        function.tags.insert(part("Key"), part("Value"));
    }
    world.functions.insert((namespace, name), function);
    done()
}

pub(crate) fn update_code(world: &mut World, body: &Map<String, Value>) -> Result {
    let state = world.after("Updating");
    let zip = zip(world, body)?;
    let function = world.get_active(body, "FailedOperation.UpdateFunctionCode")?;
    function.latest.zip = zip;
    if let Some(handler) = body.get("Handler") {
        function.latest.settings.insert("Handler".into(), handler.clone());
    }
    function.state = state;
    done()
}

pub(crate) fn update_configuration(world: &mut World, body: &Map<String, Value>) -> Result {
    let state = world.after("Updating");
    let function = world.get_active(body, "FailedOperation.UpdateFunctionConfiguration")?;
    configure(&mut function.latest.settings, body)?;
    function.state = state;
    done()
}

/// Takes over what a request says of the configuration. What it does not say stays.
fn configure(settings: &mut Map<String, Value>, body: &Map<String, Value>) -> Result<()> {
    let number = |name: &str| body.get(name).and_then(Value::as_u64);
    let invalid = |what: &str, reason: String| Err(Refusal::new(format!("InvalidParameterValue.{what}"), reason));
    if number("MemorySize")
        .is_some_and(|size| size != 64 && !(size.is_multiple_of(128) && (128..=3072).contains(&size)))
    {
        return invalid("MemorySize", "64, or 128 to 3072 in steps of 128".into());
    }
    if number("Timeout").is_some_and(|seconds| !(1..=900).contains(&seconds)) {
        return invalid("Timeout", "1 to 900".into());
    }
    if number("InitTimeout").is_some_and(|seconds| !(3..=300).contains(&seconds)) {
        return invalid("InitTimeout", "3 to 300".into());
    }
    let wrong = |letter: char| !(letter.is_alphanumeric() || " ,.\n".contains(letter));
    if let Some(text) = text(body, "Description")
        && (text.chars().count() > 1000 || text.chars().any(wrong))
    {
        return invalid(
            "Description",
            format!("`{text}` has more than letters, digits, blanks, commas and full stops"),
        );
    }
    if body.contains_key("InstanceConcurrencyConfig") && settings["Type"] != "HTTP" {
        return invalid("InstanceConcurrencyConfig", "for web functions only".into());
    }
    if let Some(environment) = body.get("Environment") {
        settings.insert("Environment".into(), variables(environment)?);
    }
    if let Some(layers) = body.get("Layers").and_then(Value::as_array) {
        let named = layers.iter().filter(|layer| layer["LayerName"] != "").cloned().collect();
        settings.insert("Layers".into(), Value::Array(named));
    }
    for name in [
        "Description",
        "MemorySize",
        "Timeout",
        "InitTimeout",
        "Role",
        "VpcConfig",
        "PublicNetConfig",
        "InstanceConcurrencyConfig",
    ] {
        if let Some(value) = body.get(name) {
            settings.insert(name.into(), value.clone());
        }
    }
    Ok(())
}

/// The environment as it is kept; one variable without a name stands for none at all.
fn variables(environment: &Value) -> Result<Value> {
    let list = environment["Variables"].as_array().cloned().unwrap_or_default();
    if let [only] = list.as_slice()
        && only["Key"] == ""
    {
        return Ok(json!({ "Variables": [] }));
    }
    let mut bytes = 0;
    for variable in &list {
        let (key, value) =
            (variable["Key"].as_str().unwrap_or_default(), variable["Value"].as_str().unwrap_or_default());
        bytes += key.len() + value.len();
        if RESERVED.iter().any(|prefix| key.starts_with(prefix)) {
            return Err(Refusal::new(
                "InvalidParameterValue.EnvironmentSystemProtect",
                format!("{key} is the platform's"),
            ));
        }
        let letters = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !letters || !key.starts_with(|first: char| first.is_ascii_alphabetic()) || value.is_empty() {
            return Err(Refusal::new("InvalidParameterValue.Environment", format!("`{key}` is no variable, or empty")));
        }
    }
    if bytes > 4096 {
        return Err(Refusal::new("InvalidParameterValue.EnvironmentExceededLimit", "more than 4 KB"));
    }
    Ok(json!({ "Variables": list }))
}

/// The package that a request brings along, or says where to find.
fn zip(world: &World, body: &Map<String, Value>) -> Result<Arc<Vec<u8>>> {
    let code = body.get("Code").cloned().unwrap_or_default();
    let part = |name: &str| code[name].as_str().unwrap_or_default();
    let bytes = match text(body, "CodeSource") {
        Some("Cos") => {
            let (bucket, path) = (part("CosBucketName"), part("CosObjectName"));
            let object = world.buckets.get(&format!("{bucket}-{APP_ID}")).and_then(|bucket| bucket.objects.get(path));
            object
                .map(|object| object.bytes.clone())
                .ok_or_else(|| Refusal::new("ResourceNotFound.CosObject", format!("no {path} in {bucket}")))?
        }
        Some("ZipFile") | None => STANDARD
            .decode(part("ZipFile"))
            .map_err(|error| Refusal::new("InvalidParameterValue.ZipFile", error.to_string()))?,
        Some(other) => return Err(Refusal::new("InvalidParameterValue.CodeSource", other)),
    };
    if !bytes.starts_with(b"PK") {
        return Err(Refusal::new("InvalidParameterValue.ZipFile", "that is no zip"));
    }
    Ok(Arc::new(bytes))
}

fn check_name(name: &str) -> Result<()> {
    let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    let ends = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.ends_with(|last: char| last.is_ascii_alphanumeric());
    match letters && ends && (2..=60).contains(&name.len()) {
        true => Ok(()),
        false => Err(Refusal::new("InvalidParameterValue.FunctionName", format!("`{name}` is no name"))),
    }
}

pub(crate) fn get(world: &mut World, body: &Map<String, Value>) -> Result {
    let qualifier = text(body, "Qualifier").unwrap_or("$LATEST").to_owned();
    let function = world.get(body)?;
    if function.state.now == "Deleting" && function.state.left == 0 {
        world.functions.remove(&key(body));
        return Err(Refusal::new("ResourceNotFound.FunctionName", "it is gone"));
    }
    let (revision, status) = match qualifier.as_str() {
        "$LATEST" => (function.latest.clone(), function.state.ask()),
        number => {
            let found = number.parse().ok().and_then(|number: u64| function.versions.get_mut(&number));
            let version = found.ok_or_else(|| Refusal::new("ResourceNotFound.Version", "there is no such version"))?;
            (version.revision.clone(), version.state.ask())
        }
    };
    let tags: Vec<Value> = function.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    let mut said = revision.settings;
    let reasons = match status.ends_with("Failed") {
        true => json!([{ "ErrorCode": "InitFailed", "ErrorMessage": "bootstrap does not start" }]),
        false => json!([]),
    };
    for (name, value) in [
        ("Status", json!(status)),
        ("StatusDesc", json!("")),
        ("StatusReasons", reasons),
        ("AvailableStatus", json!("Available")),
        ("Qualifier", json!(qualifier)),
        ("FunctionVersion", json!(qualifier)),
        ("CodeSize", json!(revision.zip.len())),
        ("Tags", Value::Array(tags)),
        ("ModTime", json!("2026-01-01 08:00:00")),
    ] {
        said.insert(name.into(), value);
    }
    // What has no value is null there, not missing.
    for name in ["Environment", "Layers", "VpcConfig", "InstanceConcurrencyConfig", "ImageConfig"] {
        said.entry(name).or_insert(Value::Null);
    }
    answer(said.into())
}

pub(crate) fn address(world: &mut World, body: &Map<String, Value>) -> Result {
    let function = world.get(body)?;
    let zip = match text(body, "Qualifier").unwrap_or("$LATEST") {
        "$LATEST" => &function.latest.zip,
        number => {
            let found = number.parse().ok().and_then(|number: u64| function.versions.get(&number));
            &found.ok_or_else(|| Refusal::new("ResourceNotFound.Version", "there is no such version"))?.revision.zip
        }
    };
    answer(json!({ "Url": "https://example.invalid/code.zip", "CodeSha256": hex(&Sha256::digest(zip.as_slice())) }))
}

pub(crate) fn delete(world: &mut World, body: &Map<String, Value>) -> Result {
    let state = world.after("Deleting");
    let function = world.get(body)?;
    if ["Creating", "Updating", "Publishing", "Deleting"].contains(&function.state.now) && function.state.left > 0 {
        return Err(Refusal::new("FailedOperation.FunctionStatusError", "the function is being changed"));
    }
    function.state = crate::world::State { then: "Deleting", ..state };
    if function.state.left == 0 {
        world.functions.remove(&key(body));
    }
    done()
}

pub(crate) fn list(world: &World, body: &Map<String, Value>) -> Result {
    let namespace = key(body).0;
    if !world.namespaces.contains(&namespace) {
        return Err(Refusal::new("ResourceNotFound.Namespace", format!("there is no namespace {namespace}")));
    }
    let filters = body.get("Filters").and_then(Value::as_array).cloned().unwrap_or_default();
    let fits = |function: &Function| {
        filters.iter().all(|filter| {
            let tag = filter["Name"].as_str().and_then(|name| name.strip_prefix("tag-"));
            let value = tag.and_then(|tag| function.tags.get(tag));
            value.is_some_and(|value| filter["Values"].as_array().into_iter().flatten().any(|wanted| wanted == value))
        })
    };
    let all = world.functions.iter().filter(|((known, _), function)| *known == namespace && fits(function));
    let all = all.map(|((namespace, name), function)| {
        let tags: Vec<Value> = function.tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
        json!({ "FunctionName": name, "Namespace": namespace, "Status": function.state.now, "Tags": tags })
    });
    page(body, "Functions", all.collect())
}

/// The tag service: of a function, by its six-segment name.
pub(crate) fn tag(world: &mut World, body: &Map<String, Value>) -> Result {
    let resource = text(body, "Resource").unwrap_or_default();
    let rest = resource.strip_prefix(&format!("qcs::scf:{REGION}:uin/{ACCOUNT}:namespace/"));
    let name = rest.and_then(|rest| rest.split_once("/function/"));
    let (namespace, name) =
        name.ok_or_else(|| Refusal::new("InvalidParameterValue.ResourceDescriptionError", resource))?;
    let found = world.functions.get_mut(&(namespace.to_owned(), name.to_owned()));
    let function = found.ok_or_else(|| Refusal::new("FailedOperation.ResourceAppIdNotSame", "no such resource"))?;
    let replace = body.get("ReplaceTags").and_then(Value::as_array).cloned().unwrap_or_default();
    for tag in replace {
        let part = |name: &str| tag[name].as_str().unwrap_or_default().to_owned();
        function.tags.insert(part("TagKey"), part("TagValue"));
    }
    done()
}

pub(crate) fn namespaces(world: &World, body: &Map<String, Value>) -> Result {
    let all = world.namespaces.iter().map(|name| json!({ "Name": name, "Description": "", "Type": "default" }));
    page(body, "Namespaces", all.collect())
}

pub(crate) fn create_namespace(world: &mut World, body: &Map<String, Value>) -> Result {
    let name = text(body, "Namespace").unwrap_or_default();
    if world.namespaces.len() >= 5 {
        return Err(Refusal::new("LimitExceeded.Namespace", "five at most"));
    }
    match world.namespaces.insert(name.to_owned()) {
        true => done(),
        false => Err(Refusal::new("ResourceInUse.Namespace", format!("there is a namespace {name}"))),
    }
}
