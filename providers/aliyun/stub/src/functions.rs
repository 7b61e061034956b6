//! Functions and their tags.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use crate::{
    ACCOUNT, REGION,
    answer::{Answer, Refusal, Result},
    body::{Is, Member, check, page, within},
    route::Call,
    world::{Function, World},
};

/// Bytes of a zip that a request can carry, in base64.
const LARGEST_ZIP: usize = 100 << 20;
const LARGEST_ENVIRONMENT: usize = 4 << 10;

const COMMON: [Member; 19] = [
    ("code", Is::Object, false),
    ("cpu", Is::Number, false),
    ("customRuntimeConfig", Is::Object, false),
    ("description", Is::Text, false),
    ("diskSize", Is::Integer, false),
    ("environmentVariables", Is::Object, false),
    ("handler", Is::Text, false),
    ("instanceConcurrency", Is::Integer, false),
    ("instanceLifecycleConfig", Is::Object, false),
    ("internetAccess", Is::Flag, false),
    ("layers", Is::List, false),
    ("logConfig", Is::Object, false),
    ("memorySize", Is::Integer, false),
    ("nasConfig", Is::Object, false),
    ("role", Is::Text, false),
    ("runtime", Is::Text, false),
    ("timeout", Is::Integer, false),
    ("tracingConfig", Is::Object, false),
    ("vpcConfig", Is::Object, false),
];

/// Members of CreateFunction's body.
pub(crate) fn to_create() -> Vec<Member> {
    let required = ["runtime", "handler", "code"];
    let common = COMMON.map(|(name, is, _)| (name, is, required.contains(&name)));
    [("functionName", Is::Text, true), ("tags", Is::List, false)].into_iter().chain(common).collect()
}

/// Members of UpdateFunction's body.
pub(crate) fn to_update() -> Vec<Member> {
    COMMON.to_vec()
}

/// Members of TagResources' body.
pub(crate) const TO_TAG: [Member; 3] =
    [("ResourceId", Is::List, true), ("ResourceType", Is::Text, true), ("Tag", Is::List, true)];

pub(crate) fn create(world: &mut World, mut body: Map<String, Value>) -> Result {
    let name = body.get("functionName").and_then(Value::as_str).unwrap_or_default().to_owned();
    let begins = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    if !begins || name.len() > 64 || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        return Err(Refusal::argument(format!("`{name}` is not a name for a function")));
    }
    if world.functions.contains_key(&name) {
        return Err(Refusal::new(409, "FunctionAlreadyExists", format!("function '{name}' already exists")));
    }
    check_tags(body.get("tags"))?;
    let (zip, checksum) = unpack(&mut body, world)?.ok_or_else(|| Refusal::argument("code is missing"))?;
    let defaults = json!({
        "cpu": 0.35, "description": "", "diskSize": 512, "environmentVariables": {}, "instanceConcurrency": 1,
        "internetAccess": true, "memorySize": 512, "timeout": 3, "tags": [],
        "functionArn": format!("acs:fc:{REGION}:{ACCOUNT}:functions/{name}"), "createdTime": world.time(),
        "state": "Active", "lastUpdateStatus": "Successful",
    });
    let mut latest = defaults.as_object().cloned().unwrap_or_default();
    latest.extend(body);
    check_settings(&latest)?;
    as_answered(&mut latest);
    coded(&mut latest, &zip, &checksum);
    let mut function = Function { latest, zip: Arc::new(zip), busy: world.busy, ..Function::default() };
    if function.busy > 0 {
        function.latest.insert("state".into(), "Pending".into());
    }
    let answer = Value::Object(function.latest.clone());
    world.functions.insert(name, function);
    Ok(Answer::Json(answer))
}

pub(crate) fn update(world: &mut World, call: &Call, mut body: Map<String, Value>) -> Result {
    let (time, busy) = (world.time(), world.busy);
    let code = unpack(&mut body, world)?;
    let function = world.find(call.part(0))?;
    if function.busy > 0 {
        return Err(Refusal::new(409, "ConcurrentUpdateError", "the function is being updated"));
    }
    let mut latest = function.latest.clone();
    latest.extend(body);
    check_settings(&latest)?;
    as_answered(&mut latest);
    latest.insert("lastModifiedTime".into(), time.into());
    if let Some((zip, checksum)) = code {
        coded(&mut latest, &zip, &checksum);
        function.zip = Arc::new(zip);
    }
    function.busy = busy;
    if busy > 0 {
        latest.insert("lastUpdateStatus".into(), "InProgress".into());
    }
    function.latest = latest;
    Ok(Answer::Json(function.latest.clone().into()))
}

pub(crate) fn get(world: &mut World, call: &Call) -> Result {
    let function = world.find(call.part(0))?;
    if let Some(qualifier) = call.asked("qualifier").filter(|qualifier| *qualifier != "LATEST") {
        let number = function.resolve(qualifier);
        let version = number.and_then(|number| function.versions.get(&number));
        let missing = || Refusal::new(404, "VersionNotFound", format!("version '{qualifier}' does not exist"));
        return version.map(|version| Answer::Json(version.function.clone().into())).ok_or_else(missing);
    }
    let answer = function.latest.clone();
    if function.busy > 0 {
        function.busy -= 1;
        if function.busy == 0 {
            function.latest.insert("state".into(), "Active".into());
            function.latest.insert("lastUpdateStatus".into(), "Successful".into());
        }
    }
    Ok(Answer::Json(answer.into()))
}

pub(crate) fn list(world: &mut World, call: &Call) -> Result {
    let wanted: Vec<Value> = match call.asked("tags") {
        Some(tags) => serde_json::from_str(tags).map_err(|_| Refusal::argument("tags is no list"))?,
        None => Vec::new(),
    };
    let unfiltered = world.unfiltered;
    let fits = |function: &&Function| {
        let tags = function.latest.get("tags").and_then(Value::as_array);
        unfiltered || wanted.iter().all(|wanted| tags.is_some_and(|tags| tags.contains(wanted)))
    };
    let found = world.functions.values().filter(fits).map(|function| function.latest.clone().into()).collect();
    page(call, "functions", found).map(Answer::Json)
}

pub(crate) fn delete(world: &mut World, call: &Call) -> Result {
    let name = call.part(0);
    let function = world.find(name)?;
    let hangs: Vec<&str> = [
        ("triggers", function.triggers.is_empty()),
        ("aliases", function.aliases.is_empty()),
        ("versions", function.versions.is_empty()),
        ("a concurrency config", function.concurrency.is_none()),
        ("an async invoke config", function.asynchronous.is_empty()),
    ]
    .into_iter()
    .filter_map(|(what, none)| (!none).then_some(what))
    .collect();
    if !hangs.is_empty() {
        return Err(Refusal::argument(format!("function '{name}' has {}", hangs.join(", "))));
    }
    world.functions.remove(name);
    Ok(Answer::Nothing)
}

pub(crate) fn tag(world: &mut World, body: &Map<String, Value>) -> Result {
    check_tags(body.get("Tag"))?;
    if body["ResourceType"] != "function" {
        return Err(Refusal::argument("ResourceType is not `function`"));
    }
    for arn in body["ResourceId"].as_array().into_iter().flatten() {
        let function = tagged(world, arn)?;
        let mut tags = function.latest.get("tags").and_then(Value::as_array).cloned().unwrap_or_default();
        for tag in body["Tag"].as_array().into_iter().flatten() {
            tags.retain(|known| known["Key"] != tag["Key"]);
            tags.push(tag.clone());
        }
        function.latest.insert("tags".into(), tags.into());
    }
    Ok(Answer::Nothing)
}

/// Takes tags off. What to take them off, and which, stands in the query, as JSON.
pub(crate) fn untag(world: &mut World, call: &Call) -> Result {
    let list = |name: &str| -> std::result::Result<Vec<Value>, Refusal> {
        let text = call.asked(name).ok_or_else(|| Refusal::argument(format!("{name} is missing")))?;
        serde_json::from_str(text).map_err(|_| Refusal::argument(format!("{name} is no list")))
    };
    if call.asked("ResourceType") != Some("function") {
        return Err(Refusal::argument("ResourceType is not `function`"));
    }
    let keys = list("TagKey")?;
    for arn in list("ResourceId")? {
        let function = tagged(world, &arn)?;
        if let Some(Value::Array(tags)) = function.latest.get_mut("tags") {
            tags.retain(|tag| !keys.contains(&tag["Key"]));
        }
    }
    Ok(Answer::Nothing)
}

/// The function that a tag is for.
fn tagged<'a>(world: &'a mut World, arn: &Value) -> std::result::Result<&'a mut Function, Refusal> {
    let arn = arn.as_str().unwrap_or_default();
    let name = arn.strip_prefix(&format!("acs:fc:{REGION}:{ACCOUNT}:functions/"));
    world.find(name.ok_or_else(|| Refusal::argument(format!("`{arn}` is not a function of this account")))?)
}

fn check_tags(tags: Option<&Value>) -> std::result::Result<(), Refusal> {
    for tag in tags.and_then(Value::as_array).into_iter().flatten() {
        let tag = tag.as_object().ok_or_else(|| Refusal::argument("a tag is no object"))?;
        check("a tag", tag, &[("Key", Is::Text, true), ("Value", Is::Text, true)])?;
    }
    Ok(())
}

/// Takes the zip out of a body, or out of the bucket that it names.
fn unpack(body: &mut Map<String, Value>, world: &World) -> std::result::Result<Option<(Vec<u8>, String)>, Refusal> {
    let Some(Value::Object(code)) = body.remove("code") else { return Ok(None) };
    let stored = code.contains_key("ossBucketName");
    let members: &[Member] = match stored {
        true => &[("ossBucketName", Is::Text, true), ("ossObjectName", Is::Text, true), ("checksum", Is::Text, false)],
        false => &[("zipFile", Is::Text, true), ("checksum", Is::Text, false)],
    };
    check("code", &code, members)?;
    let text = |name: &str| code.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("zipFile").len() > LARGEST_ZIP {
        return Err(Refusal::new(400, "EntityTooLarge", "the code is larger than 100 MB"));
    }
    let zip = match stored {
        true => {
            let object =
                world.buckets.get(text("ossBucketName")).and_then(|bucket| bucket.objects.get(text("ossObjectName")));
            object.map(|object| object.bytes.clone()).ok_or_else(|| Refusal::argument("there is no such object"))?
        }
        false => STANDARD.decode(text("zipFile")).map_err(|_| Refusal::argument("zipFile is not base64"))?,
    };
    if !zip.starts_with(b"PK") {
        return Err(Refusal::argument("zipFile is not a zip"));
    }
    let checksum = checksum(&zip);
    match code.get("checksum").and_then(Value::as_str) {
        Some(said) if said != checksum => Err(Refusal::argument(format!("the checksum is {checksum}, not {said}"))),
        _ => Ok(Some((zip, checksum))),
    }
}

fn coded(latest: &mut Map<String, Value>, zip: &[u8], checksum: &str) {
    latest.insert("codeChecksum".into(), checksum.into());
    latest.insert("codeSize".into(), zip.len().into());
}

fn check_settings(settings: &Map<String, Value>) -> std::result::Result<(), Refusal> {
    within(settings, "timeout", 1.0, 86_400.0)?;
    within(settings, "instanceConcurrency", 1.0, 200.0)?;
    within(settings, "memorySize", 128.0, 32_768.0)?;
    within(settings, "cpu", 0.05, 16.0)?;
    let number = |name: &str| settings.get(name).and_then(Value::as_f64).unwrap_or_default();
    let (memory, cpu) = (number("memorySize"), number("cpu"));
    if memory % 64.0 != 0.0 {
        return Err(Refusal::argument("memorySize is not a multiple of 64"));
    }
    let steps = cpu / 0.05;
    if (steps - steps.round()).abs() > 1e-6 {
        return Err(Refusal::argument("cpu is not a multiple of 0.05"));
    }
    if !(1.0..=4.0).contains(&(memory / 1024.0 / cpu)) {
        return Err(Refusal::argument("there must be 1 to 4 GB of memory for each cpu"));
    }
    if !settings.get("runtime").and_then(Value::as_str).is_some_and(|runtime| runtime.starts_with("custom")) {
        return Err(Refusal::argument("runtime is not a custom one"));
    }
    let mut size = 0;
    for (name, value) in settings.get("environmentVariables").and_then(Value::as_object).into_iter().flatten() {
        let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !letters || !name.starts_with(|first: char| first.is_ascii_alphabetic()) || name.starts_with("FC_") {
            return Err(Refusal::argument(format!("`{name}` is not a name for a variable")));
        }
        let value = value.as_str().ok_or_else(|| Refusal::argument(format!("the value of {name} is no text")))?;
        size += name.len() + value.len();
    }
    if size > LARGEST_ENVIRONMENT {
        return Err(Refusal::argument("the environment is larger than 4 KB"));
    }
    let role = settings.get("role").and_then(Value::as_str).unwrap_or_default();
    if !role.is_empty() && !role.starts_with("acs:ram::") {
        return Err(Refusal::argument("role is not the whole name of a role"));
    }
    Ok(())
}

/// Some things are answered in another form than they are sent in.
fn as_answered(latest: &mut Map<String, Value>) {
    if let Some(Value::Array(layers)) = latest.get_mut("layers") {
        for layer in layers {
            if layer.is_string() {
                *layer = json!({ "arn": layer, "size": 1 });
            }
        }
    }
    if let Some(Value::Object(config)) = latest.get_mut("customRuntimeConfig") {
        config.entry("args").or_insert_with(|| json!([]));
    }
}

/// CRC-64/XZ, bit by bit.
fn checksum(bytes: &[u8]) -> String {
    let mut sum = u64::MAX;
    for byte in bytes {
        sum ^= u64::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xC96C_5795_D787_0F42 } else { sum >> 1 };
        }
    }
    (!sum).to_string()
}
