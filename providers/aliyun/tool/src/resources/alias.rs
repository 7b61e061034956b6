//! The alias that a function's requests come through.

use fx_deploy::{Actual, CloudError, FieldChange, Fields, Known, Outputs, Owner, Pending, Resource, ResourceId, Route};
use http::Method;
use serde_json::{Value as Json, json};

use super::{ALIAS, alias_id, function_id, version::traffic, version_id};
use crate::api::{Api, Call};

/// The alias of a function.
pub(crate) struct Alias {
    api: Api,
    id: ResourceId,
    needs: Vec<ResourceId>,
    route: Route,
    desired: Fields,
}

impl Alias {
    /// The alias of a function, moved once all these functions have published.
    pub fn of(api: &Api, function: &str, route: &Route, published: &[String]) -> Self {
        Self {
            api: api.clone(),
            id: alias_id(function),
            needs: published.iter().map(|name| version_id(name)).chain([function_id(function)]).collect(),
            desired: route.fields(),
            route: route.clone(),
        }
    }

    fn new_number<'a>(&self, known: &'a Known) -> Option<&'a str> {
        known.get(&version_id(&self.id.name), "number").filter(|_| self.route.is_to_new())
    }

    fn body(&self, known: &Known) -> Result<Json, CloudError> {
        let traffic = self.route.resolve(self.new_number(known))?;
        let weights: serde_json::Map<String, Json> =
            traffic.canary.iter().map(|(number, share)| (number.clone(), share.weight().into())).collect();
        Ok(json!({
            "versionId": traffic.version,
            "description": traffic.description(),
            // Empty takes a share away that was there.
            "additionalVersionWeight": weights,
        }))
    }
}

impl Resource for Alias {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn needs(&self) -> &[ResourceId] {
        &self.needs
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn read<'a>(&'a self, known: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(async {
            let traffic = traffic(&self.api, &self.id.name).await?;
            Ok(traffic.map(|traffic| Actual {
                fields: self.route.actual(&traffic, self.new_number(known)),
                owner: Owner::Us,
                outputs: Outputs::from([("version", traffic.version)]),
            }))
        })
    }

    fn create<'a>(&'a self, known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            let mut body = self.body(known)?;
            body["aliasName"] = ALIAS.into();
            let call = Call::new("CreateAlias", Method::POST, &["functions", &self.id.name, "aliases"]).json(&body);
            self.api.call(&call).await?;
            Ok(outputs(&body))
        })
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            let body = self.body(known)?;
            let path = ["functions", self.id.name.as_str(), "aliases", ALIAS];
            self.api.call(&Call::new("UpdateAlias", Method::PUT, &path).json(&body)).await?;
            Ok(outputs(&body))
        })
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(async {
            self.api.remove(&Call::delete("DeleteAlias", &["functions", &self.id.name, "aliases", ALIAS])).await
        })
    }
}

fn outputs(body: &Json) -> Outputs {
    Outputs::from([("version", body["versionId"].as_str().unwrap_or_default().to_owned())])
}
