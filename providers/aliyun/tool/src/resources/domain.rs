//! A domain of the user's own, and which function answers on which path. Pages are shown from there, where the platform's own
//! addresses make browsers download them.

use std::collections::{BTreeMap, BTreeSet};

use fx_build::artifact::document::UnitArtifact;
use fx_deploy::{Actual, CloudError, FieldChange, Fields, Known, Outputs, Owner, Pending, Resource, ResourceId, Value};
use fx_provider::deploy::Order;
use http::Method;
use serde_json::{Value as Json, json};

use super::{ALIAS, alias_id, function};
use crate::{
    api::{Api, Call},
    package::{joint_routes, triggers::said_auth},
};

/// A domain.
pub(crate) struct Domain {
    api: Api,
    id: ResourceId,
    needs: Vec<ResourceId>,
    mark: String,
    routes: Vec<Json>,
    /// Who may call, if f.yml says it: the functions' own triggers are not asked for what comes this way.
    auth: Option<String>,
    desired: Fields,
}

impl Domain {
    /// The domain that f.yml names, if it names one and something answers there.
    pub fn of(api: &Api, order: &Order<'_>) -> Option<Self> {
        let name = Some(order.document.domain.as_str()).filter(|name| !["auto", "false"].contains(name))?;
        let units: Vec<&UnitArtifact> = order.document.units.iter().filter(|unit| !unit.routes.is_empty()).collect();
        let function = |unit: &str| order.identity.function(unit);
        let routes: Vec<Json> = match units.as_slice() {
            [] => return None,
            [alone] => vec![json!({ "path": "/*", "functionName": function(&alone.name), "qualifier": ALIAS })],
            several => joint_routes(several)
                .iter()
                .map(|route| {
                    json!({
                        "path": route.path, "functionName": function(&route.function), "qualifier": ALIAS,
                        "methods": route.methods,
                    })
                })
                .collect(),
        };
        let needs = units.iter().map(|unit| alias_id(&function(&unit.name))).collect();
        let auth = units.first().and_then(|unit| said_auth(unit)).map(str::to_owned);
        let mut desired = fields(&routes).plain("owner", order.identity.mark());
        if let Some(auth) = &auth {
            desired.set("auth", Value::plain(auth.clone()));
        }
        Some(Self {
            api: api.clone(),
            id: ResourceId::new("domain", name),
            needs,
            mark: order.identity.mark(),
            routes,
            auth,
            desired,
        })
    }

    /// A body, with who may call in it: what f.yml does not say stays as it is.
    fn with_auth(&self, mut body: Json) -> Json {
        if let Some(auth) = &self.auth {
            body["authConfig"] = json!({ "authType": auth });
        }
        body
    }

    fn path(&self) -> [&str; 2] {
        ["custom-domains", &self.id.name]
    }

    fn routed(&self) -> BTreeSet<&str> {
        routed(&self.routes)
    }

    fn outputs(&self) -> Outputs {
        Outputs::from([("url", format!("http://{}", self.id.name))])
    }

    /// A domain carries no tag. It is whose function every path of it goes to.
    async fn owner(&self, routes: &[Json]) -> Result<Owner, CloudError> {
        if routes.is_empty() {
            return Ok(Owner::Foreign("a domain without routes".into()));
        }
        let wanted = self.routed();
        for name in routed(routes).difference(&wanted) {
            let found = match function::get(&self.api, name, None).await {
                Ok(found) => function::mark(&found),
                // A route to nothing is nobody's.
                Err(error) if error.kind() == fx_deploy::Kind::NotFound => continue,
                Err(error) => return Err(error),
            };
            if found.as_deref() != Some(&self.mark) {
                return Ok(Owner::Foreign(format!("routes to function {name}")));
            }
        }
        Ok(Owner::Us)
    }
}

impl Resource for Domain {
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
            let Some(remote) = self.api.find::<Json>(&Call::get("GetCustomDomain", &self.path())).await? else {
                return Ok(None);
            };
            let routes = routes(&remote);
            let owner = self.owner(routes).await?;
            let mut fields = fields(routes);
            if self.auth.is_some() {
                let auth = remote.pointer("/authConfig/authType").and_then(Json::as_str).unwrap_or("anonymous");
                fields.set("auth", Value::plain(auth));
            }
            if owner == Owner::Us {
                fields.set("owner", Value::plain(self.mark.clone()));
            }
            Ok(Some(Actual { fields, owner, outputs: self.outputs() }))
        })
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            // A certificate is added by its owner, and stays when routes change.
            let body = json!({
                "domainName": self.id.name, "protocol": "HTTP", "routeConfig": { "routes": self.routes },
            });
            let call = Call::new("CreateCustomDomain", Method::POST, &["custom-domains"]);
            self.api.call(&call.json(&self.with_auth(body))).await?;
            Ok(self.outputs())
        })
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            let body = json!({ "routeConfig": { "routes": self.routes } });
            let call = Call::new("UpdateCustomDomain", Method::PUT, &self.path());
            self.api.call(&call.json(&self.with_auth(body))).await?;
            Ok(self.outputs())
        })
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(async { self.api.remove(&Call::delete("DeleteCustomDomain", &self.path())).await })
    }
}

/// The domains that fx may have made: without a certificate, and every path leads to the alias of one of these functions. A domain
/// carries no mark; one with a certificate was set up by hand, and stays.
pub(crate) async fn owned_domains(api: &Api, mark: &str, functions: &[&str]) -> Result<Vec<Domain>, CloudError> {
    if functions.is_empty() {
        return Ok(Vec::new());
    }
    let listed = api.list(|| Call::get("ListCustomDomains", &["custom-domains"]), "customDomains").await?;
    let ours = |domain: &&Json| {
        let plain = domain["protocol"] == "HTTP" && domain.pointer("/certConfig/certName").is_none();
        let ours = |route: &Json| {
            route["qualifier"] == ALIAS && functions.iter().any(|function| route["functionName"] == *function)
        };
        plain && !routes(domain).is_empty() && routes(domain).iter().all(ours)
    };
    let found = |domain: &Json| {
        Some(Domain {
            api: api.clone(),
            id: ResourceId::new("domain", domain["domainName"].as_str()?),
            needs: routed(routes(domain)).into_iter().map(alias_id).collect(),
            mark: mark.to_owned(),
            routes: routes(domain).to_vec(),
            auth: None,
            desired: Fields::new(),
        })
    };
    Ok(listed.iter().filter(ours).filter_map(found).collect())
}

fn routes(domain: &Json) -> &[Json] {
    domain.pointer("/routeConfig/routes").and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

fn routed(routes: &[Json]) -> BTreeSet<&str> {
    routes.iter().filter_map(|route| route["functionName"].as_str()).collect()
}

/// One setting for each path: `shop@live GET, PUT`, or several of those.
fn fields(routes: &[Json]) -> Fields {
    let mut paths: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for route in routes {
        let text = |name: &str| route[name].as_str().unwrap_or_default();
        let mut methods: Vec<&str> =
            route["methods"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        methods.sort_unstable();
        let to = format!("{}@{} {}", text("functionName"), text("qualifier"), methods.join(", "));
        paths.entry(text("path")).or_default().push(to.trim_end().to_owned());
    }
    paths
        .into_iter()
        .map(|(path, mut to)| {
            to.sort();
            (format!("route {path}"), Value::plain(to.join("; ")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_routes_and_methods_means_nothing() {
        let one = [
            json!({ "path": "/a", "functionName": "f", "qualifier": "live", "methods": ["GET", "PUT"] }),
            json!({ "path": "/a", "functionName": "g", "qualifier": "live", "methods": ["POST"] }),
        ];
        let other = [
            one[1].clone(),
            json!({ "path": "/a", "functionName": "f", "qualifier": "live", "methods": ["PUT", "GET"], "rewriteConfig": null }),
        ];
        assert_eq!(fields(&one), fields(&other));
        assert_eq!(fields(&one).text("route /a"), Some("f@live GET, PUT; g@live POST"));
    }
}
