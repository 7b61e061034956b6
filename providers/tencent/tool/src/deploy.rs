//! Deploying to SCF.
//!
//! All requests and events come through `$DEFAULT`, the alias that every function has, which points at a numbered version. Whose a
//! function is says its tag `fx`.

mod files;
mod policy;
mod triggers;

use std::{sync::Arc, time::SystemTime};

use fx_build::artifact::document::UnitArtifact;
use fx_deploy::{CloudError, Kind, Known, Marker, Pending, Release, Released, Resource, Route};
use fx_provider::{
    Stored,
    deploy::{Address, Connection, Deploy, Identity, Invoked, LogLine, Order, Place, Platform},
    emulator::Failure,
    site::Bucket,
};
use fx_spec::Service;
use jiff::{SignedDuration, Timestamp};

use self::files::Files;
use crate::{
    LIMITS,
    api::{Api, LATEST, Scf},
    resources::{
        COMMON, Code, DefaultAlias, Function, Namespace, NewVersion, OldVersion, TAG, URL, behaviour, desired,
        function_id, traffic, version_id,
    },
};

/// The longest time that the log can be asked for at once.
const LOG_WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// How SCF is deployed to.
pub(crate) struct TencentDeploy;

impl Deploy for TencentDeploy {
    fn connect<'a>(&'a self, connection: &'a Connection<'a>) -> Pending<'a, Box<dyn Platform>> {
        Box::pin(async {
            let api = Api::open(connection)?;
            let scf = Scf::open(api, namespace(connection.settings.get("namespace")).to_owned()).await?;
            let place = Place { account: scf.account.clone(), region: scf.region().to_owned() };
            Ok(Box::new(Tencent { scf: Arc::new(scf), place }) as Box<dyn Platform>)
        })
    }

    fn policy(&self, service: &Service, identity: &Identity) -> Result<String, CloudError> {
        Ok(policy::of(service, identity))
    }
}

/// The namespace that f.yml says, else the one that every account has.
fn namespace(said: Option<&serde_json::Value>) -> &str {
    said.and_then(serde_json::Value::as_str).filter(|name| !name.is_empty()).unwrap_or(COMMON)
}

/// SCF, open.
struct Tencent {
    scf: Arc<Scf>,
    place: Place,
}

impl Platform for Tencent {
    fn place(&self) -> &Place {
        &self.place
    }

    fn resources(&self, order: &Order<'_>) -> Result<Vec<Box<dyn Resource>>, CloudError> {
        let mark = order.identity.mark();
        let names: Vec<String> = order.document.units.iter().map(|unit| order.identity.function(&unit.name)).collect();
        // No traffic moves before all functions and versions are as they shall be.
        let all: Vec<_> = names.iter().flat_map(|name| [function_id(name), version_id(name)]).collect();
        let mut resources: Vec<Box<dyn Resource>> = Vec::new();
        if self.scf.namespace != COMMON {
            resources.push(Box::new(Namespace::new(&self.scf)));
        }
        for (unit, name) in order.document.units.iter().zip(&names) {
            fits(unit)?;
            let settings = desired(order.document, unit, order.environment_of(unit));
            let code = Code { file: order.folder.join(&unit.file), sha256: unit.sha256.clone() };
            let function = Function::wanted(&self.scf, name, &mark, code, settings, order.needs);
            let frozen = behaviour(function.desired());
            let marker = Marker::of(&frozen);
            let route = Route::deploy(&marker, order.releases.get(name), order.canary);
            resources.push(Box::new(function));
            resources.push(Box::new(NewVersion::new(&self.scf, name, frozen, marker)));
            resources.push(Box::new(DefaultAlias::new(&self.scf, name, &route, all.clone())));
            resources.extend(triggers::of(&self.scf, name, unit)?);
        }
        Ok(resources)
    }

    fn owned<'a>(&'a self, identity: &'a Identity) -> Pending<'a, Vec<Box<dyn Resource>>> {
        Box::pin(async {
            let mark = identity.mark();
            let mut owned: Vec<Box<dyn Resource>> = Vec::new();
            for name in self.scf.functions(TAG, &mark).await? {
                owned.extend(triggers::found(&self.scf, &name).await?);
                // Its versions and its alias go with it.
                owned.push(Box::new(Function::owned(&self.scf, &name, &mark)));
            }
            Ok(owned)
        })
    }

    fn kept<'a>(&'a self, functions: &'a [String]) -> Pending<'a, Vec<Box<dyn Resource>>> {
        Box::pin(async {
            let bucket = self.bucket(&self.scf.code_bucket().await?);
            let stored = |name: &String| Stored::found(bucket.clone(), self.scf.package_key(name));
            Ok(functions.iter().map(|name| Box::new(stored(name)) as Box<dyn Resource>).collect())
        })
    }

    fn release<'a>(&'a self, function: &'a str) -> Pending<'a, Option<Release>> {
        Box::pin(async {
            let Some(versions) = self.scf.versions(function).await? else { return Ok(None) };
            let versions = versions.into_iter().map(|version| Released {
                marker: Marker::find(&version.description),
                number: version.version,
                created: version.add_time,
            });
            let alias = self.scf.alias(function).await?;
            let held = self.scf.held(function).await?;
            Ok(Some(Release { versions: versions.collect(), traffic: alias.as_ref().and_then(traffic), held }))
        })
    }

    fn alias(&self, function: &str, route: &Route) -> Box<dyn Resource> {
        Box::new(DefaultAlias::new(&self.scf, function, route, Vec::new()))
    }

    fn version(&self, function: &str, number: &str) -> Box<dyn Resource> {
        Box::new(OldVersion::new(&self.scf, function, number))
    }

    fn bucket(&self, name: &str) -> Arc<dyn Bucket> {
        Arc::new(Files { scf: self.scf.clone(), name: name.to_owned() })
    }

    fn addresses(&self, known: &Known) -> Vec<Address> {
        let urls = known.iter().filter(|(id, _)| id.kind == "url");
        urls.filter_map(|(id, outputs)| {
            Some(Address { function: Some(id.name.clone()), url: outputs.get(URL)?.clone(), note: None })
        })
        .collect()
    }

    fn invoke<'a>(&'a self, function: &'a str, event: &'a [u8]) -> Pending<'a, Invoked> {
        Box::pin(self.invoked(function, event))
    }

    fn logs<'a>(&'a self, function: &'a str, since: SystemTime) -> Pending<'a, Vec<LogLine>> {
        Box::pin(self.lines(function, since))
    }
}

impl Tencent {
    async fn invoked(&self, function: &str, event: &[u8]) -> Result<Invoked, CloudError> {
        let refused = |message: String| CloudError::new(Kind::Invalid, "InvokeFunction", message);
        let event = std::str::from_utf8(event).map_err(|_| refused("the event is not text".into()))?;
        let Some(info) = self.scf.function(function, LATEST).await? else {
            return Err(CloudError::new(Kind::NotFound, "InvokeFunction", format!("there is no function {function}")));
        };
        if info.kind.eq_ignore_ascii_case("HTTP") {
            let error = refused(format!("{function} is a web function, and SCF hands events to event functions only"));
            return Err(error.help("call its address instead: `fx info` prints it"));
        }
        let end = self.scf.invoke(function, event).await?;
        let text = |text: String| Some(text).filter(|text| !text.is_empty());
        Ok(Invoked {
            result: match text(end.err_msg) {
                Some(failure) => Err(Failure::reported("FunctionError", &failure)),
                None => Ok(end.ret_msg),
            },
            request: text(end.function_request_id),
            log: text(end.log),
        })
    }

    async fn lines(&self, function: &str, since: SystemTime) -> Result<Vec<LogLine>, CloudError> {
        let now = Timestamp::now();
        let mut from = Timestamp::try_from(since).unwrap_or(now).min(now);
        let mut lines = Vec::new();
        loop {
            let to = from.checked_add(LOG_WINDOW).unwrap_or(now).min(now);
            for call in self.scf.logs(function, from, to).await? {
                let time = call.began();
                let texts = call.text.lines().map(str::trim_end).filter(|line| !line.is_empty());
                lines.extend(texts.enumerate().map(|(index, text)| LogLine {
                    time,
                    text: text.to_owned(),
                    id: format!("{}/{index}", call.request_id),
                }));
            }
            if to >= now {
                return Ok(lines);
            }
            from = to;
        }
    }
}

/// Whether the platform takes a package at all.
fn fits(unit: &UnitArtifact) -> Result<(), CloudError> {
    let Some(most) = LIMITS.package.in_storage.filter(|most| unit.size > most.0) else { return Ok(()) };
    let message = format!("{} has {} MB, and SCF takes {most}", unit.file, unit.size >> 20);
    let help = "build it with --release, leave out files that `package.include` adds, or put large ones into a bucket";
    Err(CloudError::new(Kind::Invalid, "deploy", message).help(help))
}
