//! The address of a function.

use aws_sdk_lambda::{
    operation::get_function_url_config::GetFunctionUrlConfigOutput,
    types::{Cors as LambdaCors, FunctionUrlAuthType, InvokeMode},
};
use fx_deploy::{Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Owner, Pending, Resource, ResourceId};
use serde_json::{Map, Value, json};

use super::{ALIAS, Permission, alias_id};
use crate::api::{Api, failure};

/// The output that is the address.
pub(crate) const ADDRESS: &str = "url";
const CORS: &str = "cors";

/// What other sites may do, in AWS's words.
type Cors = Map<String, Value>;

/// The address of a function.
pub(crate) struct Url {
    api: Api,
    id: ResourceId,
    needs: Vec<ResourceId>,
    desired: Fields,
}

impl Url {
    /// An address that everybody may call.
    pub fn of(api: &Api, function: &str, streaming: bool, cors: Option<&Cors>) -> Self {
        let mode = if streaming { InvokeMode::ResponseStream } else { InvokeMode::Buffered };
        let mut desired = Fields::new().plain("auth", FunctionUrlAuthType::None.as_str()).plain("mode", mode.as_str());
        if let Some(cors) = cors {
            desired = desired.plain(CORS, Value::Object(cors.clone()).to_string());
        }
        // An address that nobody may call yet would answer the first visitors with 403.
        let permissions = Permission::for_everybody(api, function).map(|permission| permission.id().clone());
        let needs = permissions.into_iter().chain([alias_id(function)]).collect();
        Self { needs, desired, ..Self::found(api, function) }
    }

    fn found(api: &Api, function: &str) -> Self {
        Self {
            api: api.clone(),
            id: ResourceId::new("url", function),
            needs: vec![alias_id(function)],
            desired: Fields::new(),
        }
    }

    fn mode(&self) -> InvokeMode {
        InvokeMode::from(self.desired.text("mode").unwrap_or_default())
    }

    fn cors(&self) -> LambdaCors {
        let said: Value = self.desired.text(CORS).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let list = |name: &str| -> Option<Vec<String>> {
            let items = said[name].as_array()?;
            Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        };
        LambdaCors::builder()
            .set_allow_credentials(said["AllowCredentials"].as_bool())
            .set_allow_headers(list("AllowHeaders"))
            .set_allow_methods(list("AllowMethods"))
            .set_allow_origins(list("AllowOrigins"))
            .set_expose_headers(list("ExposeHeaders"))
            .set_max_age(said["MaxAge"].as_i64().and_then(|seconds| seconds.try_into().ok()))
            .build()
    }
}

impl Resource for Url {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn needs(&self) -> &[ResourceId] {
        &self.needs
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn read<'a>(&'a self, _: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(async {
            let Some(found) = find(&self.api, &self.id.name).await? else { return Ok(None) };
            let mode = found.invoke_mode.as_ref().map_or("BUFFERED", InvokeMode::as_str);
            let mut fields = Fields::new().plain("auth", found.auth_type.as_str()).plain("mode", mode);
            if let Some(cors) = found.cors.as_ref().map(said).filter(|cors| !cors.is_empty()) {
                fields = fields.plain(CORS, Value::Object(cors).to_string());
            }
            let outputs = Outputs::from([(ADDRESS, address(&found.function_url))]);
            Ok(Some(Actual { fields, owner: Owner::Us, outputs }))
        })
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            let call = self.api.lambda().create_function_url_config().function_name(&self.id.name).qualifier(ALIAS);
            let cors = self.desired.get(CORS).map(|_| self.cors());
            let call = call.auth_type(FunctionUrlAuthType::None).invoke_mode(self.mode()).set_cors(cors);
            let made = call.send().await.map_err(|error| failure("CreateFunctionUrlConfig", &error))?;
            Ok(Outputs::from([(ADDRESS, address(&made.function_url))]))
        })
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            let call = self.api.lambda().update_function_url_config().function_name(&self.id.name).qualifier(ALIAS);
            // Rules without any of them take away those that were there.
            let call = call.auth_type(FunctionUrlAuthType::None).invoke_mode(self.mode()).cors(self.cors());
            let changed = call.send().await.map_err(|error| failure("UpdateFunctionUrlConfig", &error))?;
            Ok(Outputs::from([(ADDRESS, address(&changed.function_url))]))
        })
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(async {
            let call = self.api.lambda().delete_function_url_config().function_name(&self.id.name).qualifier(ALIAS);
            call.send().await.map(drop).map_err(|error| failure("DeleteFunctionUrlConfig", &error))
        })
    }
}

/// The address of a function that has one.
pub(crate) async fn found_url(api: &Api, function: &str) -> Result<Option<Url>, CloudError> {
    Ok(find(api, function).await?.map(|_| Url::found(api, function)))
}

async fn find(api: &Api, function: &str) -> Result<Option<GetFunctionUrlConfigOutput>, CloudError> {
    let found = api.lambda().get_function_url_config().function_name(function).qualifier(ALIAS).send().await;
    match found.map_err(|error| failure("GetFunctionUrlConfig", &error)) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The rules for other sites as f.yml has them: only what is said.
fn said(cors: &LambdaCors) -> Cors {
    let lists = [
        ("AllowHeaders", cors.allow_headers()),
        ("AllowMethods", cors.allow_methods()),
        ("AllowOrigins", cors.allow_origins()),
        ("ExposeHeaders", cors.expose_headers()),
    ];
    let lists = lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|(name, list)| (name, json!(list)));
    let credentials =
        cors.allow_credentials().filter(|allowed| *allowed).map(|allowed| ("AllowCredentials", json!(allowed)));
    let age = cors.max_age().filter(|age| *age > 0).map(|age| ("MaxAge", json!(age)));
    lists.chain(credentials).chain(age).map(|(name, value)| (name.to_owned(), value)).collect()
}

fn address(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_for_other_sites_that_say_nothing_are_none() {
        assert!(said(&LambdaCors::builder().allow_credentials(false).max_age(0).build()).is_empty());
        let some = said(&LambdaCors::builder().allow_origins("*").build());
        assert_eq!(Value::Object(some), json!({ "AllowOrigins": ["*"] }));
    }
}
