//! Which function an API hands a request to: its routes, and the integrations that they lead to.
//!
//! All of them are one resource: AWS takes few calls a second about APIs, and one look tells them all.

use std::collections::{BTreeMap, BTreeSet};

use fx_deploy::{
    Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Owner, Pending, Resource, ResourceId,
    Value as Setting,
};
use fx_provider::deploy::{Identity, Order};
use http::Method;
use serde::Deserialize;
use serde_json::json;

use super::{
    ALIAS, Permission, alias_id,
    gateway::{NUMBER, call, gateway_id, list},
};
use crate::{
    api::Api,
    package::{ApiRoute, joint},
};

/// The form in which a function is handed a request.
const FORMAT: &str = "2.0";
/// The route of what no other one takes.
const REST: &str = "$default";

/// The routes of a service's API.
pub(crate) struct Routes {
    api: Api,
    id: ResourceId,
    gateway: ResourceId,
    needs: Vec<ResourceId>,
    /// The function of each route.
    desired: Fields,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Route {
    route_id: String,
    route_key: String,
    #[serde(default)]
    target: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Integration {
    integration_id: String,
    #[serde(default)]
    integration_type: String,
    #[serde(default)]
    integration_uri: Option<String>,
    #[serde(default)]
    payload_format_version: Option<String>,
}

/// What an API has.
struct Found {
    routes: Vec<Route>,
    integrations: Vec<Integration>,
}

impl Routes {
    /// The routes of a service.
    pub fn of(api: &Api, order: &Order<'_>) -> Result<Self, CloudError> {
        let identity: &Identity = order.identity;
        let answering: Vec<&str> =
            order.document.units.iter().filter(|unit| !unit.routes.is_empty()).map(|unit| unit.name.as_str()).collect();
        let desired = match answering.as_slice() {
            // Which routes it has it knows best itself.
            [alone] => Fields::new().plain(REST, identity.function(alone)),
            _ => {
                let routes = joint(order.document);
                routes.iter().try_for_each(can_be_said)?;
                routes.iter().map(|route| (route.to_string(), Setting::plain(identity.function(&route.unit)))).collect()
            }
        };
        let gateway = gateway_id(&identity.mark());
        // Whatever a route leads to has been allowed to answer before.
        let functions = answering
            .iter()
            .map(|unit| identity.function(unit))
            .flat_map(|function| [alias_id(&function), Permission::for_gateway(api, &function, &gateway).id().clone()]);
        Ok(Self {
            api: api.clone(),
            id: routes_id(&identity.mark()),
            needs: functions.chain([gateway.clone()]).collect(),
            gateway,
            desired,
        })
    }

    fn uri(&self, function: &str) -> String {
        self.api.arn("lambda", &format!("function:{function}:{ALIAS}"))
    }

    async fn find(&self, number: &str) -> Result<Found, CloudError> {
        let path = format!("/v2/apis/{number}");
        Ok(Found {
            routes: list(&self.api, "GetRoutes", &format!("{path}/routes")).await?,
            integrations: list(&self.api, "GetIntegrations", &format!("{path}/integrations")).await?,
        })
    }

    async fn put(&self, known: &Known) -> Result<Outputs, CloudError> {
        let number = known.require(&self.gateway, NUMBER)?;
        let path = format!("/v2/apis/{number}");
        let found = self.find(number).await?;
        let mut targets: BTreeMap<&str, String> = BTreeMap::new();
        for (_, function) in self.desired.iter() {
            if !targets.contains_key(function.text()) {
                let target = self.integrate(&path, &found, function.text()).await?;
                targets.insert(function.text(), target);
            }
        }
        for (key, function) in self.desired.iter() {
            let Some(target) = targets.get(function.text()) else { continue };
            let input = json!({ "routeKey": key, "target": target });
            match found.routes.iter().find(|route| route.route_key == key) {
                Some(route) if route.target.as_ref() == Some(target) => {}
                Some(route) => {
                    let path = format!("{path}/routes/{}", route.route_id);
                    self.api.call(&call("UpdateRoute", Method::PATCH, path, Some(&input))).await?;
                }
                None => {
                    let path = format!("{path}/routes");
                    self.api.call(&call("CreateRoute", Method::POST, path, Some(&input))).await?;
                }
            }
        }
        // What led elsewhere goes once all else is in place; what it led to can only go after it.
        for route in found.routes.iter().filter(|route| self.desired.get(&route.route_key).is_none()) {
            let path = format!("{path}/routes/{}", route.route_id);
            self.api.remove(&call("DeleteRoute", Method::DELETE, path, None)).await?;
        }
        let used: BTreeSet<&String> = targets.values().collect();
        for integration in found.integrations.iter().filter(|one| !used.contains(&one.target())) {
            let path = format!("{path}/integrations/{}", integration.integration_id);
            self.api.remove(&call("DeleteIntegration", Method::DELETE, path, None)).await?;
        }
        Ok(Outputs::new())
    }

    /// The target of routes to a function.
    async fn integrate(&self, path: &str, found: &Found, function: &str) -> Result<String, CloudError> {
        let uri = self.uri(function);
        if let Some(known) = found.integrations.iter().find(|known| known.leads_to(&uri)) {
            return Ok(known.target());
        }
        let input = json!({ "integrationType": "AWS_PROXY", "integrationUri": uri, "payloadFormatVersion": FORMAT });
        let path = format!("{path}/integrations");
        let made: Integration = self.api.ask(&call("CreateIntegration", Method::POST, path, Some(&input))).await?;
        Ok(made.target())
    }
}

impl Integration {
    fn target(&self) -> String {
        format!("integrations/{}", self.integration_id)
    }

    /// Whether it hands requests to this function in the right form.
    fn leads_to(&self, uri: &str) -> bool {
        self.integration_uri.as_deref() == Some(uri)
            && self.integration_type == "AWS_PROXY"
            && self.payload_format_version.as_deref() == Some(FORMAT)
    }
}

impl Resource for Routes {
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
            let Some(number) = known.get(&self.gateway, NUMBER) else { return Ok(None) };
            let found = self.find(number).await?;
            if found.routes.is_empty() && found.integrations.is_empty() {
                return Ok(None);
            }
            let functions: BTreeSet<&str> = self.desired.iter().map(|(_, function)| function.text()).collect();
            let whom = |route: &Route| {
                let target = route.target.as_ref()?;
                let integration = found.integrations.iter().find(|one| one.target() == *target)?;
                let ours = functions.iter().find(|function| integration.leads_to(&self.uri(function)));
                ours.map(|function| (*function).to_owned()).or_else(|| integration.integration_uri.clone())
            };
            let fields = found.routes.iter().map(|route| {
                (route.route_key.clone(), Setting::plain(whom(route).unwrap_or_else(|| "nothing".to_owned())))
            });
            Ok(Some(Actual { fields: fields.collect(), owner: Owner::Us, outputs: Outputs::new() }))
        })
    }

    fn create<'a>(&'a self, known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.put(known))
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.put(known))
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        // They go with their API.
        Box::pin(std::future::ready(Ok(())))
    }
}

pub(super) fn routes_id(mark: &str) -> ResourceId {
    ResourceId::new("routes", mark.replace('/', "-"))
}

/// Refuses what a route of API Gateway cannot say.
fn can_be_said(route: &ApiRoute) -> Result<(), CloudError> {
    let Some(strange) = route.path.chars().find(|letter| !letter.is_ascii_graphic()) else { return Ok(()) };
    let message =
        format!("the route {route} of {} has `{strange}`, and routes of API Gateway are plain ASCII", route.unit);
    let help = "several functions answer HTTP, so their routes are API Gateway's: name it in ASCII letters, or join the \
                functions with `aggregation`, whose routes may have any letters";
    Err(CloudError::new(Kind::Invalid, "f.yml", message).help(help))
}
