//! Deploying to Function Compute.
//!
//! All requests and events come through the alias `live`, which points at a numbered version. Whose a function is says its tag `fx`.

mod logs;
mod policy;

use std::{sync::Arc, time::SystemTime};

use base64::{Engine, engine::general_purpose::STANDARD};
use fx_build::artifact::document::UnitArtifact;
use fx_deploy::{CloudError, Kind, Known, Pending, Release, Resource, Route};
use fx_provider::{
    Stored,
    deploy::{Address, Connection, Deploy, Identity, Invoked, LogLine, Order, Place, Platform},
    emulator::Failure,
    site::Bucket,
};
use fx_spec::Service;
use http::Method;

use crate::{
    api::{Api, Call, Store, code_bucket, package_key},
    package::triggers,
    resources::{
        ALIAS, Alias, Domain, Function, Limit, OldVersion, Trigger, Version, find_functions, found_limits,
        found_triggers, owned_domains, release,
    },
};

/// What a visitor should know about the platform's own addresses.
const NOTE: &str = "browsers download pages from this address instead of showing them: a domain of your own \
                    (custom.customDomain in f.yml) shows them";

/// How Function Compute is deployed to.
pub(crate) struct AliyunDeploy;

impl Deploy for AliyunDeploy {
    fn connect<'a>(&'a self, connection: &'a Connection<'a>) -> Pending<'a, Box<dyn Platform>> {
        Box::pin(async { Ok(Box::new(Aliyun { api: Api::open(connection).await? }) as Box<dyn Platform>) })
    }

    fn policy(&self, service: &Service, identity: &Identity) -> Result<String, CloudError> {
        Ok(policy::of(service, identity))
    }
}

/// Function Compute, open.
struct Aliyun {
    api: Api,
}

impl Platform for Aliyun {
    fn place(&self) -> &Place {
        self.api.place()
    }

    fn resources(&self, order: &Order<'_>) -> Result<Vec<Box<dyn Resource>>, CloudError> {
        let mark = order.identity.mark();
        let Place { region, account } = self.api.place();
        let name = |unit: &UnitArtifact| order.identity.function(&unit.name);
        let all: Vec<String> = order.document.units.iter().map(name).collect();
        let mut resources: Vec<Box<dyn Resource>> = Vec::new();
        for unit in &order.document.units {
            let function = Function::of(&self.api, order, unit)?;
            let name = name(unit);
            let version = Version::of(&self.api, &function);
            let route = Route::deploy(version.marker(), order.releases.get(&name), order.canary);
            let said = |key: &str| unit.extra.get(key).or_else(|| order.document.extra.get(key)).cloned();
            let limits = Limit::all(&self.api, &name, &mark, said);
            let triggers = triggers::of(unit, region, account)
                .map_err(|error| CloudError::new(Kind::Invalid, format!("triggers of {name}"), error.to_string()))?;
            resources.push(Box::new(function));
            resources.push(Box::new(version));
            resources.push(Box::new(Alias::of(&self.api, &name, &route, &all)));
            resources.extend(limits.into_iter().map(|limit| Box::new(limit) as Box<dyn Resource>));
            for trigger in &triggers {
                resources.push(Box::new(Trigger::of(&self.api, &name, &mark, trigger)));
            }
        }
        if let Some(domain) = Domain::of(&self.api, order) {
            resources.push(Box::new(domain));
        }
        Ok(resources)
    }

    fn owned<'a>(&'a self, identity: &'a Identity) -> Pending<'a, Vec<Box<dyn Resource>>> {
        Box::pin(async {
            let mark = identity.mark();
            let functions = find_functions(&self.api, &mark).await?;
            let mut owned: Vec<Box<dyn Resource>> = Vec::new();
            let names: Vec<&str> = functions.iter().map(|(name, _)| name.as_str()).collect();
            for domain in owned_domains(&self.api, &mark, &names).await? {
                owned.push(Box::new(domain));
            }
            for (name, function) in &functions {
                for trigger in found_triggers(&self.api, name).await? {
                    owned.push(Box::new(trigger));
                }
                for limit in found_limits(&self.api, name, function) {
                    owned.push(Box::new(limit));
                }
                let release = release(&self.api, name).await?.unwrap_or_default();
                if release.traffic.is_some() {
                    owned.push(Box::new(Alias::of(&self.api, name, &anywhere(), &[])));
                }
                owned.push(Box::new(Function::found(&self.api, name, &mark)));
            }
            Ok(owned)
        })
    }

    fn kept<'a>(&'a self, functions: &'a [String]) -> Pending<'a, Vec<Box<dyn Resource>>> {
        let place = self.api.place();
        let bucket = self.bucket(&code_bucket(&place.account, &place.region));
        let stored = |name| Box::new(Stored::found(bucket.clone(), package_key(name))) as Box<dyn Resource>;
        Box::pin(std::future::ready(Ok(functions.iter().map(|name| stored(name)).collect())))
    }

    fn release<'a>(&'a self, function: &'a str) -> Pending<'a, Option<Release>> {
        Box::pin(release(&self.api, function))
    }

    fn alias(&self, function: &str, route: &Route) -> Box<dyn Resource> {
        Box::new(Alias::of(&self.api, function, route, &[]))
    }

    fn version(&self, function: &str, number: &str) -> Box<dyn Resource> {
        Box::new(OldVersion::of(&self.api, function, number))
    }

    fn bucket(&self, name: &str) -> Arc<dyn Bucket> {
        Arc::new(Store::new(&self.api, name))
    }

    fn addresses(&self, known: &Known) -> Vec<Address> {
        let of_kind = |kind: &'static str| {
            known.iter().filter_map(move |(id, outputs)| {
                Some((id.name.as_str(), outputs.get("url")?.clone())).filter(|_| id.kind == kind)
            })
        };
        let domains = of_kind("domain").map(|(_, url)| Address { function: None, url, note: None });
        let triggers = of_kind("trigger").map(|(name, url)| Address {
            function: name.split_once('/').map(|(function, _)| function.to_owned()),
            url,
            note: Some(NOTE.to_owned()),
        });
        domains.chain(triggers).collect()
    }

    fn invoke<'a>(&'a self, function: &'a str, event: &'a [u8]) -> Pending<'a, Invoked> {
        Box::pin(async {
            let call = Call::new("InvokeFunction", Method::POST, &["functions", function, "invocations"])
                .query("qualifier", ALIAS)
                .header("x-fc-invocation-type", "Sync")
                .header("x-fc-log-type", "Tail")
                .bytes(event);
            let answer = self.api.invoke(&call).await?;
            let body = String::from_utf8_lossy(&answer.body).into_owned();
            let header = |name: &str| answer.header(name).map(str::to_owned);
            let log = answer.header("x-fc-log-result").and_then(|log| STANDARD.decode(log).ok());
            Ok(Invoked {
                // A function that failed is answered with 200 all the same.
                result: match header("x-fc-error-type") {
                    Some(kind) => Err(Failure::reported(&kind, &body)),
                    None => Ok(body),
                },
                request: header("x-fc-request-id"),
                log: log.map(|log| String::from_utf8_lossy(&log).into_owned()).filter(|log| !log.is_empty()),
            })
        })
    }

    fn logs<'a>(&'a self, function: &'a str, since: SystemTime) -> Pending<'a, Vec<LogLine>> {
        Box::pin(logs::lines(&self.api, function, since))
    }
}

/// The route of an alias that is about to go.
fn anywhere() -> Route {
    Route { version: fx_deploy::Pick::New, canary: None, before: None }
}
