//! The HTTP API of API Gateway that gives several functions one address, or one of them a domain.
//!
//! Names of APIs mean nothing, and several may have the same: the service's is the one that carries its tag.

use std::collections::BTreeMap;

use fx_deploy::{
    Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Owner, Pending, Resource, ResourceId,
    Value as Setting,
};
use fx_provider::deploy::Identity;
use http::Method;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{ADDRESS, TAG};
use crate::api::{Api, Call, Service};

/// The output that is the id of an API.
pub(super) const NUMBER: &str = "id";
/// The stage whose name is in no address.
pub(super) const STAGE_NAME: &str = "$default";
const STAGE_PATH: &str = "%24default";
const CORS: &str = "cors";
const STAGE: &str = "stage";

/// The API of a service.
pub(crate) struct Gateway {
    api: Api,
    id: ResourceId,
    mark: String,
    cors: Option<Map<String, Value>>,
    /// That of one which is one too many.
    number: Option<String>,
    desired: Fields,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    api_id: String,
    #[serde(default)]
    api_endpoint: String,
    #[serde(default)]
    created_date: String,
    cors_configuration: Option<Value>,
    tags: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stage {
    stage_name: String,
    #[serde(default)]
    auto_deploy: bool,
}

impl Gateway {
    /// The API of a service. `cors` is in AWS's words.
    pub fn of(api: &Api, identity: &Identity, cors: Option<Map<String, Value>>) -> Self {
        let mut desired = Fields::new().plain(STAGE, STAGE_NAME);
        if let Some(cors) = &cors {
            desired.set(CORS, rules(cors));
        }
        Self { cors, desired, ..Self::found(api, &identity.mark()) }
    }

    fn found(api: &Api, mark: &str) -> Self {
        Self {
            api: api.clone(),
            id: gateway_id(mark),
            mark: mark.to_owned(),
            cors: None,
            number: None,
            desired: Fields::new(),
        }
    }

    fn name(&self) -> &str {
        &self.id.name
    }

    async fn find(&self) -> Result<Option<Found>, CloudError> {
        let mut found = find(&self.api, &self.mark).await?.into_iter();
        Ok(match &self.number {
            Some(number) => found.find(|found| found.api_id == *number),
            None => found.next(),
        })
    }

    async fn look(&self) -> Result<Option<Actual>, CloudError> {
        let Some(found) = self.find().await? else { return Ok(None) };
        let mut fields = Fields::new();
        let stages: Vec<Stage> = list(&self.api, "GetStages", &format!("/v2/apis/{}/stages", found.api_id)).await?;
        if let Some(stage) = stages.iter().find(|stage| stage.stage_name == STAGE_NAME) {
            let automatic = if stage.auto_deploy { STAGE_NAME } else { "not deployed by itself" };
            fields.set(STAGE, Setting::plain(automatic));
        }
        if let Some(cors) = found.cors_configuration.as_ref().and_then(Value::as_object).filter(|cors| says(cors)) {
            fields.set(CORS, rules(cors));
        }
        Ok(Some(Actual { fields, owner: Owner::Us, outputs: found.outputs() }))
    }

    fn cors_input(&self) -> Option<Value> {
        let cors = self.cors.as_ref()?;
        Some(cors.iter().map(|(name, value)| (with_first(name, char::to_ascii_lowercase), value.clone())).collect())
    }

    async fn make(&self) -> Result<Outputs, CloudError> {
        let mut input = json!({
            "name": self.name(), "protocolType": "HTTP", "description": "made by fx", "tags": { TAG: self.mark },
        });
        if let Some(cors) = self.cors_input() {
            input["corsConfiguration"] = cors;
        }
        let made: Found = self.api.ask(&call("CreateApi", Method::POST, "/v2/apis", Some(&input))).await?;
        self.make_stage(&made.api_id).await?;
        Ok(made.outputs())
    }

    async fn make_stage(&self, number: &str) -> Result<(), CloudError> {
        let input = json!({ "stageName": STAGE_NAME, "autoDeploy": true });
        let path = format!("/v2/apis/{number}/stages");
        self.api.call(&call("CreateStage", Method::POST, path, Some(&input))).await.map(drop)
    }

    async fn change(&self, changes: &[FieldChange]) -> Result<Outputs, CloudError> {
        let gone = || CloudError::new(Kind::NotFound, self.id.to_string(), "the API is gone");
        let found = self.find().await?.ok_or_else(gone)?;
        let path = format!("/v2/apis/{}", found.api_id);
        for change in changes {
            match (change.field.as_str(), self.cors_input()) {
                (CORS, Some(cors)) => {
                    let input = json!({ "corsConfiguration": cors });
                    self.api.call(&call("UpdateApi", Method::PATCH, path.clone(), Some(&input))).await?;
                }
                (CORS, None) => {
                    let path = format!("{path}/cors");
                    self.api.remove(&call("DeleteCorsConfiguration", Method::DELETE, path, None)).await?;
                }
                _ if change.before.is_none() => self.make_stage(&found.api_id).await?,
                _ => {
                    let (path, input) = (format!("{path}/stages/{STAGE_PATH}"), json!({ "autoDeploy": true }));
                    self.api.call(&call("UpdateStage", Method::PATCH, path, Some(&input))).await?;
                }
            }
        }
        Ok(found.outputs())
    }
}

impl Found {
    fn outputs(&self) -> Outputs {
        let address = self.api_endpoint.trim_end_matches('/').to_owned();
        Outputs::from([(NUMBER, self.api_id.clone()), (ADDRESS, address)])
    }
}

impl Resource for Gateway {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn read<'a>(&'a self, _: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(self.look())
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.make())
    }

    fn update<'a>(&'a self, changes: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.change(changes))
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        // Its stage, routes and integrations go with it.
        Box::pin(async {
            let Some(found) = self.find().await? else { return Ok(()) };
            self.api.remove(&call("DeleteApi", Method::DELETE, format!("/v2/apis/{}", found.api_id), None)).await
        })
    }
}

pub(super) fn gateway_id(mark: &str) -> ResourceId {
    ResourceId::new("api", mark.replace('/', "-"))
}

/// The API of a service that exists. Two deploys at once may have made one each: the older is the service's, and the others go.
pub(crate) async fn found_gateways(api: &Api, mark: &str) -> Result<Vec<Gateway>, CloudError> {
    let found = find(api, mark).await?.into_iter().enumerate();
    Ok(found
        .map(|(index, found)| {
            let mut gateway = Gateway::found(api, mark);
            if index > 0 {
                gateway.id.name += &format!("/{}", found.api_id);
                gateway.number = Some(found.api_id);
            }
            gateway
        })
        .collect())
}

/// The APIs that carry a mark, from the oldest to the newest.
async fn find(api: &Api, mark: &str) -> Result<Vec<Found>, CloudError> {
    let mut found: Vec<Found> = list(api, "GetApis", "/v2/apis").await?;
    found.retain(|found| found.tags.as_ref().and_then(|tags| tags.get(TAG)).is_some_and(|tag| tag == mark));
    found.sort_by(|one, other| (&one.created_date, &one.api_id).cmp(&(&other.created_date, &other.api_id)));
    Ok(found)
}

/// A call of API Gateway.
pub(super) fn call(operation: &'static str, method: Method, path: impl Into<String>, input: Option<&Value>) -> Call {
    Call::rest(Service::ApiGateway, operation, method, path, input)
}

/// Everything that a list has, page by page. What is not there has nothing.
pub(super) async fn list<T: DeserializeOwned>(
    api: &Api,
    operation: &'static str,
    path: &str,
) -> Result<Vec<T>, CloudError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Page<T> {
        #[serde(default = "Vec::new")]
        items: Vec<T>,
        next_token: Option<String>,
    }
    let mut all = Vec::new();
    let mut from = String::new();
    loop {
        let page = call(operation, Method::GET, format!("{path}?maxResults=100{from}"), None);
        let Some(page) = api.find::<Page<T>>(&page).await? else { return Ok(all) };
        all.extend(page.items);
        let Some(token) = page.next_token.filter(|token| !token.is_empty()) else { return Ok(all) };
        let token: String = form_urlencoded::byte_serialize(token.as_bytes()).collect();
        from = format!("&nextToken={token}");
    }
}

/// Whether rules for other sites say anything.
fn says(cors: &Map<String, Value>) -> bool {
    cors.values().any(is_said)
}

fn is_said(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Number(number) => number.as_i64() != Some(0),
        other => other.as_bool() == Some(true),
    }
}

/// Rules for other sites, as they are compared: letter case and order mean nothing to API Gateway, which gives back another one.
fn rules(cors: &Map<String, Value>) -> Setting {
    let said = cors.iter().filter(|(_, value)| is_said(value));
    let shown: Map<String, Value> =
        said.map(|(name, value)| (with_first(name, char::to_ascii_uppercase), value.clone())).collect();
    let compared: BTreeMap<&String, Vec<String>> = shown
        .iter()
        .map(|(name, value)| {
            let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            let mut items: Vec<String> = items.iter().map(|item| item.to_string().to_lowercase()).collect();
            items.sort();
            (name, items)
        })
        .collect();
    Setting::shown_as(format!("{compared:?}"), Value::Object(shown).to_string())
}

/// A name whose first letter is another.
fn with_first(name: &str, change: impl Fn(&char) -> char) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| change(&first)).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_for_other_sites_are_the_same_in_any_order_and_letter_case() {
        let rules = |value: Value| rules(value.as_object().unwrap()).text().to_owned();
        let ours = rules(json!({ "AllowHeaders": ["X-A", "x-b"], "MaxAge": 60 }));
        let theirs = rules(
            json!({ "allowHeaders": ["x-b", "x-a"], "maxAge": 60, "allowCredentials": false, "allowMethods": [] }),
        );
        assert_eq!(ours, theirs);
        assert_ne!(ours, rules(json!({ "AllowHeaders": ["X-A"], "MaxAge": 60 })));
        assert!(!says(json!({ "allowCredentials": false, "maxAge": 0 }).as_object().unwrap()));
    }
}
