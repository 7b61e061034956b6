//! Deploying to a target: what a platform hands to the engine.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::SystemTime};

use fx_build::artifact::document::{Document, UnitArtifact};
use fx_deploy::{Canary, CloudError, Known, Pending, Release, Resource, ResourceId, Route, Value};
use fx_spec::Service;
use serde::Serialize;

use crate::{emulator::Failure, site::Bucket};

/// How a target is deployed to.
pub trait Deploy: Sync {
    /// Opens the platform: finds credentials, region and account, each by the platform's own conventions. An error names
    /// everything that was looked for.
    fn connect<'a>(&'a self, connection: &'a Connection<'a>) -> Pending<'a, Box<dyn Platform>>;

    /// The permissions that deploying this service needs and no others, in the platform's own language.
    fn policy(&self, service: &Service, identity: &Identity) -> Result<String, CloudError>;
}

/// What is needed to open a platform.
pub struct Connection<'a> {
    /// `--region`, else what f.yml says.
    pub region: Option<&'a str>,
    /// What f.yml says under `provider` that only some targets understand ([`Document::extra`]): the namespace, say, in which
    /// a platform looks for every name.
    pub settings: &'a BTreeMap<String, serde_json::Value>,
    /// The environment.
    pub variables: &'a (dyn Fn(&str) -> Option<String> + Sync),
    /// The user's own folder, where platforms keep their profiles.
    pub home: Option<&'a Path>,
}

/// A service on a platform: the name behind every name and tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// `service.name` of f.yml.
    pub service: String,
    /// `--stage`, else `provider.stage`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
}

impl Identity {
    /// A service under the stage that was asked for, else the one f.yml says. An empty word is no stage.
    pub fn new(service: &str, asked: Option<&str>, said: Option<&str>) -> Self {
        let stage = asked.or(said).filter(|stage| !stage.is_empty());
        Self { service: service.to_owned(), stage: stage.map(str::to_owned) }
    }

    /// Takes out of the document what only one copy of a service can have and this copy has not, and gives it back: a domain leads
    /// to the copy that f.yml names it for, by the stage it says itself. To any other it would come by being deployed first.
    pub fn leave_domain(&self, document: &mut Document) -> Option<String> {
        let named = !["auto", "false"].contains(&document.domain.as_str());
        let own = Self::new(&self.service, None, document.stage.as_deref());
        (named && own != *self).then(|| std::mem::replace(&mut document.domain, "auto".to_owned()))
    }

    /// What a unit's function is called on the platform: its name, and the stage after it.
    pub fn function(&self, unit: &str) -> String {
        match &self.stage {
            Some(stage) => format!("{unit}-{stage}"),
            None => unit.to_owned(),
        }
    }

    /// The unit of a function, by its name on the platform.
    pub fn unit<'a>(&self, function: &'a str) -> &'a str {
        let stage = self.stage.as_ref().and_then(|stage| function.strip_suffix(stage.as_str())?.strip_suffix('-'));
        stage.unwrap_or(function)
    }

    /// The value of the tag `fx` that everything of this service carries: `todo`, or `todo/staging`.
    pub fn mark(&self) -> String {
        match &self.stage {
            Some(stage) => format!("{}/{stage}", self.service),
            None => self.service.clone(),
        }
    }
}

/// What is to be deployed.
pub struct Order<'a> {
    /// The service, resolved for this target.
    pub document: &'a Document,
    /// The folder of its zips.
    pub folder: &'a Path,
    /// Whose everything is.
    pub identity: &'a Identity,
    /// Values of the environment by unit and variable, all of them secret.
    pub environment: &'a BTreeMap<String, BTreeMap<String, Value>>,
    /// What each function that exists has published, by its name on the platform.
    pub releases: &'a BTreeMap<String, Release>,
    /// The share of requests that new versions get; `None`: all.
    pub canary: Option<Canary>,
    /// What must be there before any function is changed.
    pub needs: &'a [ResourceId],
}

impl Order<'_> {
    /// A unit's values of the environment.
    pub fn environment_of(&self, unit: &UnitArtifact) -> impl Iterator<Item = (&str, &Value)> {
        let variables = self.environment.get(&unit.name);
        variables.into_iter().flatten().map(|(name, value)| (name.as_str(), value))
    }
}

/// An open platform.
pub trait Platform: Send + Sync {
    /// Where everything goes: for people, and for the report.
    fn place(&self) -> &Place;

    /// Everything the service needs. Nothing is called.
    fn resources(&self, order: &Order<'_>) -> Result<Vec<Box<dyn Resource>>, CloudError>;

    /// Everything of this service that exists, with what belongs to it, each able to be read and deleted. Versions are not
    /// listed: a function takes its versions along when it goes, and old ones are found by [`Platform::release`].
    fn owned<'a>(&'a self, identity: &'a Identity) -> Pending<'a, Vec<Box<dyn Resource>>>;

    /// What fx may have made for these functions that stays when they go, since it is data: logs, and packages in a bucket. Each can
    /// be read and deleted.
    fn kept<'a>(&'a self, functions: &'a [String]) -> Pending<'a, Vec<Box<dyn Resource>>>;

    /// What a function has published, and where its requests go; `None`: there is no such function.
    fn release<'a>(&'a self, function: &'a str) -> Pending<'a, Option<Release>>;

    /// The alias that sends a function's requests somewhere, as a resource that can be read and updated.
    fn alias(&self, function: &str, route: &Route) -> Box<dyn Resource>;

    /// A published version, as a resource that can be deleted.
    fn version(&self, function: &str, number: &str) -> Box<dyn Resource>;

    /// A bucket of this name, for files that browsers load. Nothing is called.
    fn bucket(&self, name: &str) -> Arc<dyn Bucket>;

    /// Where the service answers, from what is known of its resources.
    fn addresses(&self, known: &Known) -> Vec<Address>;

    /// Calls a function with an event, in the platform's own form, and waits for its answer.
    fn invoke<'a>(&'a self, function: &'a str, event: &'a [u8]) -> Pending<'a, Invoked>;

    /// A function's log lines since a moment, oldest first.
    fn logs<'a>(&'a self, function: &'a str, since: SystemTime) -> Pending<'a, Vec<LogLine>>;
}

/// Where everything goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The account's number.
    pub account: String,
    /// The region.
    pub region: String,
}

/// An address at which a service answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Address {
    /// The function behind it, by its name on the platform; `None`: several of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// The address, with scheme and without a path.
    pub url: String,
    /// What a visitor should know about it: that a browser downloads pages from there instead of showing them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A function's answer to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Invoked {
    /// What it returned; `Err`: how it failed, in its own words.
    pub result: Result<String, Failure>,
    /// The request's id.
    pub request: Option<String>,
    /// The end of its log, if the platform sends it along.
    pub log: Option<String>,
}

/// A line of a function's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogLine {
    /// When, in milliseconds since 1970; `None`: the platform does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<u64>,
    /// The line, without its end.
    pub text: String,
    /// What tells it from every other line, for following.
    #[serde(skip)]
    pub id: String,
}

#[cfg(test)]
mod tests {
    use super::Identity;

    #[test]
    fn a_stage_that_was_asked_for_outweighs_f_ymls_and_an_empty_one_is_none() {
        let stage = |asked, said| Identity::new("shop", asked, said).stage;
        assert_eq!(stage(Some("a"), Some("b")).as_deref(), Some("a"));
        assert_eq!(stage(None, Some("b")).as_deref(), Some("b"));
        assert_eq!((stage(None, Some("")), stage(Some(""), Some("b"))), (None, None));
    }

    #[test]
    fn a_stage_is_part_of_every_name() {
        let identity = |stage: Option<&str>| Identity { service: "shop".into(), stage: stage.map(Into::into) };
        assert_eq!((identity(None).function("api"), identity(None).mark()), ("api".into(), "shop".into()));
        let staging = identity(Some("staging"));
        assert_eq!((staging.function("api"), staging.mark()), ("api-staging".into(), "shop/staging".into()));
        assert_eq!((staging.unit("api-staging"), identity(None).unit("api-staging")), ("api", "api-staging"));
    }
}
