//! A function: its code, its settings, and the tag that says whose it is.

use std::path::{Path, PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use fx_build::artifact::{Document, document::UnitArtifact};
use fx_deploy::{
    Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Pending, Readiness, Resource, ResourceId, Upload,
    Value,
};
use fx_provider::deploy::Order;
use http::Method;
use serde_json::{Map, Value as Json, json};

use super::{TAG, checksum::checksum, function_id, limit, owner, settings, version};
use crate::{
    LIMITS,
    api::{Api, Call},
    package::cpu,
};

/// Settings that a function need not have, and what takes them away.
const OPTIONAL: [(&str, &str); 8] = [
    ("description", r#""""#),
    ("instanceLifecycleConfig", "{}"),
    ("layers", "[]"),
    (
        "logConfig",
        r#"{"project":"","logstore":"","enableRequestMetrics":false,"enableInstanceMetrics":false,"logBeginRule":"None"}"#,
    ),
    ("nasConfig", r#"{"userId":0,"groupId":0,"mountPoints":[]}"#),
    ("role", r#""""#),
    ("tracingConfig", "{}"),
    ("vpcConfig", r#"{"vpcId":"","vSwitchIds":[],"securityGroupId":""}"#),
];

/// What the setting of such a name is known by.
fn identity(name: &str, value: &Json) -> Json {
    let member = match name {
        "instanceLifecycleConfig" => value.pointer("/initializer/handler"),
        "logConfig" => value.get("project"),
        "nasConfig" => value.get("mountPoints"),
        "tracingConfig" => value.get("type"),
        "vpcConfig" => value.get("vpcId"),
        _ => Some(value),
    };
    member.cloned().unwrap_or(Json::Null)
}

/// A function.
#[derive(Clone)]
pub(crate) struct Function {
    api: Api,
    id: ResourceId,
    mark: String,
    /// Members of the API's input, but code, name and tags.
    input: Map<String, Json>,
    zip: PathBuf,
    /// The zip is too large for a request, and goes through the object store.
    stored: bool,
    needs: Vec<ResourceId>,
    desired: Fields,
    upload: Upload,
}

impl Function {
    /// The function of a unit.
    pub fn of(api: &Api, order: &Order<'_>, unit: &UnitArtifact) -> Result<Self, CloudError> {
        let name = order.identity.function(&unit.name);
        let id = function_id(&name);
        let zip = order.folder.join(&unit.file);
        if let Some(most) = LIMITS.package.in_storage.filter(|most| unit.size > most.0) {
            let message = format!("{} has {} MB, and the platform takes at most {most}", unit.file, unit.size >> 20);
            return Err(CloudError::new(Kind::Invalid, id.to_string(), message)
                .help("make it smaller: large files belong in a bucket or on a mount, not beside the program"));
        }
        let mut input = input(api, order.document, unit)?;
        let variables: Map<String, Json> =
            order.environment_of(unit).map(|(name, value)| (name.to_owned(), value.text().into())).collect();
        input.insert("environmentVariables".into(), variables.into());
        let mark = order.identity.mark();
        let code = checksum(&read(&zip, &id)?);
        let desired = fields(&input, &input).with("code", shown_code(&code)).plain("owner", mark.clone());
        let needs = order.needs.to_vec();
        Ok(Self {
            api: api.clone(),
            id,
            mark,
            input,
            zip,
            stored: is_stored(unit.size),
            needs,
            desired,
            upload: Upload::default(),
        })
    }

    /// One that exists, to be deleted.
    pub fn found(api: &Api, name: &str, mark: &str) -> Self {
        Self {
            api: api.clone(),
            id: function_id(name),
            mark: mark.to_owned(),
            input: Map::new(),
            zip: PathBuf::new(),
            stored: false,
            needs: Vec::new(),
            desired: Fields::new(),
            upload: Upload::default(),
        }
    }

    /// Its settings but for its owner: what a version is made of.
    pub fn content(&self) -> Fields {
        let content = self.desired.iter().filter(|(name, _)| *name != "owner");
        content.map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    /// The same settings of a function or version as the platform has it.
    pub fn content_of(&self, remote: &Json) -> Fields {
        let mut fields = match remote {
            Json::Object(remote) => fields(remote, &self.input),
            _ => Fields::new(),
        };
        if let Some(code) = remote["codeChecksum"].as_str() {
            fields.set("code", shown_code(code));
        }
        fields
    }

    async fn code(&self) -> Result<Json, CloudError> {
        let bytes = read(&self.zip, &self.id)?;
        let checksum = checksum(&bytes);
        if self.desired.text("code") != Some(&checksum) {
            let message = format!("{} changed while it was being deployed", self.zip.display());
            return Err(CloudError::new(Kind::Invalid, self.id.to_string(), message).help("run the command again"));
        }
        self.upload.begin(bytes.len());
        let mut code = match self.stored {
            true => self.api.upload(self.name(), bytes).await?,
            false => json!({ "zipFile": STANDARD.encode(bytes) }),
        };
        code["checksum"] = checksum.into();
        Ok(code)
    }

    fn name(&self) -> &str {
        &self.id.name
    }
}

impl Resource for Function {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn needs(&self) -> &[ResourceId] {
        &self.needs
    }

    fn doing(&self) -> Option<String> {
        self.upload.words()
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn read<'a>(&'a self, _: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(async {
            let Some(remote) = find_function(&self.api, self.name()).await? else { return Ok(None) };
            let mut fields = self.content_of(&remote);
            let mark = mark(&remote);
            if let Some(mark) = &mark {
                fields.set("owner", Value::plain(mark.clone()));
            }
            Ok(Some(Actual { fields, owner: owner(mark.as_deref(), &self.mark), outputs: Outputs::new() }))
        })
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            let mut body = self.input.clone();
            body.retain(|name, value| !is_optional(name) || !is_empty(&identity(name, value)));
            body.insert("functionName".into(), self.name().into());
            body.insert("code".into(), self.code().await?);
            body.insert("tags".into(), json!([{ "Key": TAG, "Value": self.mark }]));
            let call = Call::new("CreateFunction", Method::POST, &["functions"]).json(&body.into());
            self.api.call(&call).await?;
            Ok(Outputs::new())
        })
    }

    fn update<'a>(&'a self, changes: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async move {
            // Nothing of somebody else's is changed before it is ours.
            if changes.iter().any(|change| change.field == "owner") {
                set_tag(&self.api, self.name(), TAG, &self.mark).await?;
            }
            let mut body = Map::new();
            for change in changes {
                let member = member(&change.field);
                if let Some(value) = self.input.get(member) {
                    body.insert(member.to_owned(), value.clone());
                }
                // The platform wants the two in proportion, so it gets them together.
                if member == "cpu" || member == "memorySize" {
                    body.extend(["cpu", "memorySize"].map(|name| (name.to_owned(), self.input[name].clone())));
                }
                if member == "code" {
                    body.insert("code".into(), self.code().await?);
                }
            }
            if !body.is_empty() {
                let path = ["functions", self.name()];
                self.api.call(&Call::new("UpdateFunction", Method::PUT, &path).json(&body.into())).await?;
            }
            Ok(Outputs::new())
        })
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(async {
            limit::remove_all(&self.api, self.name()).await?;
            version::delete_all(&self.api, self.name()).await?;
            self.api.remove(&Call::delete("DeleteFunction", &["functions", self.name()])).await
        })
    }

    fn ready<'a>(&'a self, _: &'a Known) -> Pending<'a, Readiness> {
        Box::pin(async { Ok(readiness(&get(&self.api, self.name(), None).await?)) })
    }
}

/// Whether a zip of this size, in the base64 of a request and with all settings beside it, is more than a request carries.
fn is_stored(size: u64) -> bool {
    const BESIDE: u64 = 1 << 20;
    LIMITS.package.in_request.is_some_and(|most| size.div_ceil(3) * 4 + BESIDE > most.0)
}

/// A function as it is, or a version of it.
pub(super) async fn get(api: &Api, name: &str, qualifier: Option<&str>) -> Result<Json, CloudError> {
    let call = Call::get("GetFunction", &["functions", name]);
    api.ask(&match qualifier {
        Some(qualifier) => call.query("qualifier", qualifier),
        None => call,
    })
    .await
}

async fn find_function(api: &Api, name: &str) -> Result<Option<Json>, CloudError> {
    api.find(&Call::get("GetFunction", &["functions", name])).await
}

/// Tags a function.
pub(super) async fn set_tag(api: &Api, name: &str, key: &str, value: &str) -> Result<(), CloudError> {
    let body = json!({
        "ResourceId": [arn(api, name)], "ResourceType": "function", "Tag": [{ "Key": key, "Value": value }],
    });
    api.call(&Call::new("TagResources", Method::POST, &["tags-v2"]).json(&body)).await.map(drop)
}

/// Takes a tag off a function.
pub(super) async fn untag(api: &Api, name: &str, key: &str) -> Result<(), CloudError> {
    let call = Call::delete("UntagResources", &["tags-v2"])
        .query("ResourceId", json!([arn(api, name)]).to_string())
        .query("ResourceType", "function")
        .query("TagKey", json!([key]).to_string());
    api.remove(&call).await
}

fn arn(api: &Api, name: &str) -> String {
    let place = api.place();
    format!("acs:fc:{}:{}:functions/{name}", place.region, place.account)
}

/// All functions that carry this mark, by name.
pub(crate) async fn find_functions(api: &Api, mark: &str) -> Result<Vec<(String, Json)>, CloudError> {
    let tags = json!([{ "Key": TAG, "Value": mark }]).to_string();
    let page = || Call::get("ListFunctions", &["functions"]).query("tags", tags.clone()).query("fcVersion", "v3");
    let mut ours = Vec::new();
    for listed in api.list(page, "functions").await? {
        let Some(name) = listed["functionName"].as_str() else { continue };
        // What is listed here gets deleted: the tag itself is looked at, not only the platform's word that it fits.
        if let Some(function) = find_function(api, name).await?
            && self::mark(&function).as_deref() == Some(mark)
        {
            ours.push((name.to_owned(), function));
        }
    }
    Ok(ours)
}

/// The mark that a function carries.
pub(super) fn mark(function: &Json) -> Option<String> {
    tag(function, TAG)
}

/// The value of a function's tag.
pub(super) fn tag(function: &Json, key: &str) -> Option<String> {
    let member = |tag: &Json, names: [&str; 2]| names.iter().find_map(|name| tag[*name].as_str().map(str::to_owned));
    let tags = function["tags"].as_array()?;
    let tag = tags.iter().find(|tag| member(tag, ["Key", "key"]).as_deref() == Some(key))?;
    member(tag, ["Value", "value"])
}

fn readiness(function: &Json) -> Readiness {
    let reason = |name: &str| function[name].as_str().unwrap_or("the platform does not say why").to_owned();
    match (function["state"].as_str(), function["lastUpdateStatus"].as_str()) {
        (Some("Failed"), _) => Readiness::Failed(reason("stateReason")),
        (_, Some("Failed")) => Readiness::Failed(reason("lastUpdateStatusReason")),
        (Some("Pending"), _) => Readiness::NotYet("Pending".into()),
        (_, Some("InProgress")) => Readiness::NotYet("InProgress".into()),
        _ => Readiness::Ready,
    }
}

/// Everything that f.yml says of a function, and what takes away what it does not say.
fn input(api: &Api, document: &Document, unit: &UnitArtifact) -> Result<Map<String, Json>, CloudError> {
    let said = |key: &str| unit.extra.get(key).or_else(|| document.extra.get(key)).filter(|value| !value.is_null());
    let mut input: Map<String, Json> = OPTIONAL
        .iter()
        .map(|(name, nothing)| ((*name).to_owned(), serde_json::from_str(nothing).unwrap_or_default()))
        .collect();
    for name in ["logConfig", "nasConfig", "tracingConfig", "vpcConfig"] {
        let Some(value) = said(name) else { continue };
        if !value.is_object() {
            let message = format!("{name} of {} is {value}, which only Serverless Devs understands", unit.name);
            return Err(CloudError::new(Kind::Invalid, "f.yml", message).help(format!("write {name} out in full")));
        }
        let mut whole = match name {
            "logConfig" => input[name].clone(),
            _ => json!({}),
        };
        for (member, value) in value.as_object().into_iter().flatten() {
            whole[member] = value.clone();
        }
        input.insert(name.into(), whole);
    }
    if let Some(role) = said("role").and_then(Json::as_str) {
        input.insert("role".into(), role_arn(api, role).into());
    }
    if let Some(seconds) = unit.init_timeout {
        // The runtime answers `/initialize` once the service is ready.
        let value = json!({ "initializer": { "handler": unit.handler, "timeout": seconds } });
        input.insert("instanceLifecycleConfig".into(), value);
    }
    input.insert("internetAccess".into(), said("internetAccess").cloned().unwrap_or(true.into()));
    input.insert("layers".into(), json!(unit.layers));
    input.insert("description".into(), unit.description.clone().unwrap_or_default().into());
    let command = json!({ "command": [format!("/code/{}", unit.handler)], "port": 9000 });
    input.insert("customRuntimeConfig".into(), command);
    input.insert("runtime".into(), unit.runtime.clone().into());
    input.insert("handler".into(), unit.handler.clone().into());
    input.insert("cpu".into(), cpu(unit.memory_size));
    input.insert("memorySize".into(), unit.memory_size.into());
    input.insert("timeout".into(), unit.timeout.into());
    input.insert("instanceConcurrency".into(), unit.concurrency.into());
    Ok(input)
}

/// A role by its whole name: f.yml may say the last part alone.
pub(super) fn role_arn(api: &Api, role: &str) -> String {
    match role {
        "" => String::new(),
        whole if whole.starts_with("acs:") => whole.to_owned(),
        name => format!("acs:ram::{}:role/{name}", api.place().account),
    }
}

/// Settings out of an input of the API or an answer of it.
fn fields(values: &Map<String, Json>, wanted: &Map<String, Json>) -> Fields {
    let mut fields = Fields::new();
    for (name, wanted) in wanted {
        let value = values.get(name).unwrap_or(&Json::Null);
        match name.as_str() {
            "environmentVariables" => {
                for (variable, value) in value.as_object().into_iter().flatten() {
                    let text = value.as_str().unwrap_or_default();
                    fields.set(format!("environment.{variable}"), Value::secret(text));
                }
            }
            "layers" => settings::add(&mut fields, name, &layers(value)),
            // Absent means yes.
            "internetAccess" => settings::add(&mut fields, name, &value.as_bool().unwrap_or(true).into()),
            optional if is_optional(optional) && is_empty(&identity(optional, wanted)) => {
                settings::add(&mut fields, name, &identity(optional, value));
            }
            _ => settings::add_actual(&mut fields, name, value, wanted),
        }
    }
    fields
}

/// The platform answers with objects where it takes names.
fn layers(value: &Json) -> Json {
    let name = |layer: &Json| layer.get("arn").cloned().unwrap_or_else(|| layer.clone());
    value.as_array().into_iter().flatten().map(name).collect()
}

/// The member of the input that a setting is part of.
fn member(field: &str) -> &str {
    match field.split('.').next().unwrap_or(field) {
        "environment" => "environmentVariables",
        member => member,
    }
}

fn is_optional(name: &str) -> bool {
    OPTIONAL.iter().any(|(optional, _)| *optional == name)
}

fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn shown_code(checksum: &str) -> Value {
    Value::shown_as(checksum, format!("{}…", checksum.get(..6).unwrap_or(checksum)))
}

fn read(zip: &Path, id: &ResourceId) -> Result<Vec<u8>, CloudError> {
    std::fs::read(zip).map_err(|error| {
        CloudError::new(Kind::Invalid, id.to_string(), format!("cannot read {}: {error}", zip.display()))
            .help("run `fx package` again")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zip_is_stored_if_its_base64_does_not_fit() {
        assert!(!is_stored(74 << 20) && is_stored(75 << 20));
    }

    #[test]
    fn the_mark_is_read_in_either_spelling() {
        let tags =
            |key: &str, value: &str| json!({ "tags": [{ key: "team", value: "a" }, { key: "fx", value: "shop" }] });
        assert_eq!(mark(&tags("Key", "Value")).as_deref(), Some("shop"));
        assert_eq!(mark(&tags("key", "value")).as_deref(), Some("shop"));
        assert_eq!((mark(&json!({ "tags": [] })), mark(&json!({}))), (None, None));
    }

    #[test]
    fn a_function_is_waited_for_until_it_is_there_or_has_failed() {
        assert_eq!(readiness(&json!({ "state": "Active", "lastUpdateStatus": "Successful" })), Readiness::Ready);
        assert_eq!(readiness(&json!({ "state": "Pending" })), Readiness::NotYet("Pending".into()));
        assert_eq!(readiness(&json!({ "lastUpdateStatus": "InProgress" })), Readiness::NotYet("InProgress".into()));
        let failed = json!({ "state": "Active", "lastUpdateStatus": "Failed", "lastUpdateStatusReason": "no room" });
        assert_eq!(readiness(&failed), Readiness::Failed("no room".into()));
    }

    #[test]
    fn what_takes_a_setting_away_is_as_good_as_none() {
        for (name, nothing) in OPTIONAL {
            let nothing: Json = serde_json::from_str(nothing).unwrap();
            assert!(is_empty(&identity(name, &nothing)), "{name}");
        }
    }
}
