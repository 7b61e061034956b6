//! Deploying to Lambda.
//!
//! All requests and events come through the alias `live`, which points at a numbered version. Whose a function or role is says its tag
//! `fx`, whose a schedule is its description.

mod files;
mod policy;
mod triggers;

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use aws_sdk_lambda::operation::RequestId;
use aws_sdk_lambda::{primitives::Blob, types::LogType};
use base64::{Engine, engine::general_purpose::STANDARD};
use fx_deploy::{CloudError, Kind, Known, Pending, Pick, Release, Resource, ResourceId, Route};
use fx_provider::{
    Stored,
    deploy::{Address, Connection, Deploy, Identity, Invoked, LogLine, Order, Place, Platform},
    emulator::Failure,
    site::Bucket,
};
use fx_spec::Service;
use serde::Deserialize;
use serde_json::json;

use self::files::Files;
use crate::{
    api::{Api, Call, code_bucket, failure},
    resources::{
        ADDRESS, ALIAS, Alias, Function, Log, OldVersion, Role, Version, domain_addresses, find_functions,
        found_domains, found_gateways, found_messages, found_notifications, found_permissions, found_roles,
        found_schedules, found_subscriptions, found_timers, found_url, given_role, log_id, release,
    },
};

/// How Lambda is deployed to.
pub(crate) struct AwsDeploy;

impl Deploy for AwsDeploy {
    fn connect<'a>(&'a self, connection: &'a Connection<'a>) -> Pending<'a, Box<dyn Platform>> {
        Box::pin(async { Ok(Box::new(Aws { api: Api::open(connection).await? }) as Box<dyn Platform>) })
    }

    fn policy(&self, service: &Service, identity: &Identity) -> Result<String, CloudError> {
        Ok(policy::of(service, identity))
    }
}

/// Lambda, open.
struct Aws {
    api: Api,
}

impl Platform for Aws {
    fn place(&self) -> &Place {
        self.api.place()
    }

    fn resources(&self, order: &Order<'_>) -> Result<Vec<Box<dyn Resource>>, CloudError> {
        let mark = order.identity.mark();
        let all: Vec<String> = order.document.units.iter().map(|unit| order.identity.function(&unit.name)).collect();
        let logs: Vec<ResourceId> = all.iter().map(|name| log_id(name)).collect();
        let mut resources: Vec<Box<dyn Resource>> = Vec::new();
        for (unit, name) in order.document.units.iter().zip(&all) {
            let (role, needs) = match given_role(&self.api, order.document, unit) {
                Some(given) => (given, Vec::new()),
                None => {
                    let role = Role::of(&self.api, name, &mark, order.document, unit)?;
                    let needs = (role.arn(), vec![role.id().clone()]);
                    // A canary leaves the old version at work.
                    if order.canary.is_none() {
                        resources.push(Box::new(role.policies(name)));
                    }
                    resources.push(Box::new(role));
                    needs
                }
            };
            let needs = needs.into_iter().chain(order.needs.iter().cloned()).collect();
            let function = Function::of(&self.api, order, unit, &role, needs)?;
            let version = Version::of(&self.api, &function);
            let route = Route::deploy(version.marker(), order.releases.get(name), order.canary);
            resources.push(Box::new(function));
            resources.push(Box::new(version));
            let log = Log::of(&self.api, name);
            // No traffic moves before all functions have published.
            resources.push(Box::new(Alias::of(&self.api, name, &route, &all).after(log.id())));
            resources.push(Box::new(log));
            resources.extend(triggers::of(&self.api, order, name, unit, &logs)?);
        }
        resources.extend(triggers::front(&self.api, order)?);
        let buckets = triggers::buckets(&self.api, order.identity, order.document);
        resources.extend(buckets.into_iter().map(|bucket| Box::new(bucket) as Box<dyn Resource>));
        Ok(resources)
    }

    fn owned<'a>(&'a self, identity: &'a Identity) -> Pending<'a, Vec<Box<dyn Resource>>> {
        Box::pin(self.everything(identity))
    }

    fn kept<'a>(&'a self, functions: &'a [String]) -> Pending<'a, Vec<Box<dyn Resource>>> {
        let place = self.api.place();
        let bucket = self.bucket(&code_bucket(&place.account, &place.region));
        let kept = functions.iter().flat_map(|name| {
            let package = Stored::found(bucket.clone(), format!("{name}.zip"));
            [Box::new(Log::of(&self.api, name)) as Box<dyn Resource>, Box::new(package)]
        });
        Box::pin(std::future::ready(Ok(kept.collect())))
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
        Arc::new(Files { api: self.api.clone(), name: name.to_owned() })
    }

    fn addresses(&self, known: &Known) -> Vec<Address> {
        let own = known.iter().filter_map(|(id, outputs)| {
            let function = match id.kind {
                "url" => Some(id.name.clone()),
                "api" => None,
                _ => return None,
            };
            Some(Address { function, url: outputs.get(ADDRESS)?.clone(), note: None })
        });
        // The platform's own address comes first: it answers also while no DNS record leads to the domain.
        own.chain(domain_addresses(known)).collect()
    }

    fn invoke<'a>(&'a self, function: &'a str, event: &'a [u8]) -> Pending<'a, Invoked> {
        Box::pin(self.invoked(function, event))
    }

    fn logs<'a>(&'a self, function: &'a str, since: SystemTime) -> Pending<'a, Vec<LogLine>> {
        Box::pin(self.lines(function, since))
    }
}

impl Aws {
    async fn everything(&self, identity: &Identity) -> Result<Vec<Box<dyn Resource>>, CloudError> {
        fn boxed<R: Resource + 'static>(found: impl IntoIterator<Item = R>) -> Vec<Box<dyn Resource>> {
            found.into_iter().map(|resource| Box::new(resource) as Box<dyn Resource>).collect()
        }
        let (api, mark) = (&self.api, identity.mark());
        let mut owned: Vec<Box<dyn Resource>> = Vec::new();
        let functions = find_functions(api, &mark).await?;
        owned.extend(boxed(found_notifications(api, &functions, &mark).await?));
        for name in &functions {
            owned.extend(boxed(found_timers(api, name, &mark).await?));
            owned.extend(boxed(found_schedules(api, name, &mark).await?));
            owned.extend(boxed(found_subscriptions(api, name).await?));
            owned.extend(boxed(found_messages(api, name).await?));
            owned.extend(boxed(found_permissions(api, name).await?));
            owned.extend(boxed(found_url(api, name).await?));
            if release(api, name).await?.unwrap_or_default().traffic.is_some() {
                owned.push(Box::new(Alias::of(api, name, &anywhere(), &[])));
            }
            owned.push(Box::new(Function::found(api, name, &mark)));
        }
        for (domain, mapping) in found_domains(api, &mark).await? {
            owned.push(Box::new(domain));
            owned.push(Box::new(mapping));
        }
        owned.extend(boxed(found_gateways(api, &mark).await?));
        owned.extend(boxed(found_roles(api, &functions, &mark).await?));
        // A rule that has no target yet may be any function's whose name it begins with.
        let mut seen = std::collections::BTreeSet::new();
        owned.retain(|resource| seen.insert(resource.id().clone()));
        Ok(owned)
    }

    async fn invoked(&self, function: &str, event: &[u8]) -> Result<Invoked, CloudError> {
        let call = self.api.lambda().invoke().function_name(function).qualifier(ALIAS);
        let call = call.log_type(LogType::Tail).payload(Blob::new(event));
        let end = call.send().await.map_err(|error| failure("Invoke", &error))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let said = end.payload().map(|payload| text(payload.as_ref())).unwrap_or_default();
        let log = end.log_result().and_then(|log| STANDARD.decode(log).ok()).map(|log| text(&log));
        Ok(Invoked {
            request: end.request_id().map(str::to_owned),
            log: log.filter(|log| !log.is_empty()),
            // A function that failed is answered with 200 all the same.
            result: match end.function_error() {
                Some(kind) => Err(Failure::reported(kind, &said)),
                None => Ok(said),
            },
        })
    }

    async fn lines(&self, function: &str, since: SystemTime) -> Result<Vec<LogLine>, CloudError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Page {
            #[serde(default)]
            events: Vec<Event>,
            next_token: Option<String>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Event {
            event_id: String,
            timestamp: Option<u64>,
            message: String,
        }
        let from = since.duration_since(UNIX_EPOCH).map(|past| past.as_millis()).unwrap_or_default();
        let mut input = json!({ "logGroupName": format!("/aws/lambda/{function}"), "startTime": u64::try_from(from).unwrap_or_default() });
        let mut lines = Vec::new();
        loop {
            let Some(page) = self.api.find::<Page>(&Call::logs("FilterLogEvents", &input)).await? else {
                // There is no log before the first call, and none of a function that is not there.
                let gone =
                    || CloudError::new(Kind::NotFound, "FilterLogEvents", format!("there is no function {function}"));
                return release(&self.api, function).await?.map(|_| lines).ok_or_else(gone);
            };
            lines.extend(page.events.into_iter().map(|event| LogLine {
                time: event.timestamp,
                text: event.message.trim_end().to_owned(),
                id: event.event_id,
            }));
            match page.next_token {
                Some(token) => input["nextToken"] = token.into(),
                None => break,
            }
        }
        lines.sort_by_key(|line| line.time);
        Ok(lines)
    }
}

/// The route of an alias that is about to go.
fn anywhere() -> Route {
    Route { version: Pick::New, canary: None, before: None }
}
