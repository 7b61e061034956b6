//! An open platform, and what is deployed of a service there.

use std::{collections::BTreeMap, time::SystemTime};

use futures_util::{StreamExt, TryStreamExt, stream};
use fx_deploy::{Cancel, CloudError, Failure, Kind, Known, Patience, Pending, Release, Resource, ResourceId, insist};
use fx_provider::{
    Provider,
    deploy::{Connection, Deploy, Identity, LogLine, Platform},
};
use fx_spec::Problem;

use crate::{codes, local::variables::Variables, output::Report};

/// How many functions are asked about at a time: platforms throttle who asks for many at once.
const AT_ONCE: usize = 6;

/// Where a service goes.
#[expect(missing_debug_implementations, reason = "a target has no form to print")]
#[derive(Clone)]
pub struct Destination {
    /// The target.
    pub provider: &'static dyn Provider,
    /// How it is deployed to.
    pub deploy: &'static dyn Deploy,
    /// Whose everything is.
    pub identity: Identity,
    /// What was asked for, else what f.yml says.
    pub region: Option<String>,
    /// Keys of `provider` in f.yml that only some targets understand.
    pub settings: BTreeMap<String, serde_json::Value>,
}

/// An open platform.
#[expect(missing_debug_implementations, reason = "a platform has no form to print")]
pub struct Session {
    /// The target.
    pub provider: &'static dyn Provider,
    /// The platform.
    pub platform: Box<dyn Platform>,
    /// Whose everything is.
    pub identity: Identity,
    cancel: Cancel,
}

impl Session {
    /// Opens a platform with what the environment and the vendor's files say.
    pub async fn open(to: &Destination, cancel: &Cancel) -> Result<Self, Report> {
        let variables = Variables::of_process();
        let home = std::env::home_dir();
        let connection = Connection {
            region: to.region.as_deref(),
            settings: &to.settings,
            variables: &|name| variables.get(name),
            home: home.as_deref(),
        };
        let platform = patiently(cancel, || to.deploy.connect(&connection)).await.map_err(|error| cloud(&error))?;
        Ok(Self { provider: to.provider, platform, identity: to.identity.clone(), cancel: cancel.clone() })
    }

    /// What each of these functions has published; those that do not exist are left out.
    pub async fn releases(&self, functions: &[String]) -> Result<BTreeMap<String, Release>, Report> {
        let asked = functions.iter().map(async |function| {
            let release = patiently(&self.cancel, || self.platform.release(function)).await?;
            Ok::<_, CloudError>(release.map(|release| (function.clone(), release)))
        });
        let found: Vec<_> =
            stream::iter(asked).buffer_unordered(AT_ONCE).try_collect().await.map_err(|error| cloud(&error))?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Of these functions those that are this service's, and what is to be said of the others: somebody else's have the same
    /// names, or there are none.
    pub async fn ours(
        &self,
        functions: &[String],
        releases: &BTreeMap<String, Release>,
    ) -> Result<(Vec<String>, Vec<Problem>), Report> {
        let owned = self.owned().await?;
        let (ours, others): (Vec<_>, Vec<_>) = functions.iter().cloned().partition(|name| holds(&owned, name));
        let problems = others.iter().map(|name| self.not_ours(name, releases.contains_key(name)));
        Ok((ours, problems.collect()))
    }

    /// What is to be said of a function that is not this service's.
    pub fn not_ours(&self, function: &str, exists: bool) -> Problem {
        if exists {
            let mark = self.identity.mark();
            Problem::error(codes::FOREIGN, format!("function {function} exists and is not of the service {mark}")).help(
                "name the service's own --stage and --region; `fx deploy` takes over what is named like it with --force",
            )
        } else {
            Problem::error(codes::NOT_DEPLOYED, format!("{function}: nothing is deployed yet"))
                .help("deploy it with `fx deploy`, or name another --region or --stage")
        }
    }

    /// A function's log lines since a moment.
    pub async fn logs(&self, function: &str, since: SystemTime) -> Result<Vec<LogLine>, Report> {
        match patiently(&self.cancel, || self.platform.logs(function, since)).await {
            // The function, or the place that it writes its log to.
            Err(error) if error.kind() == Kind::NotFound => {
                let function = function.to_owned();
                let exists = self.releases(std::slice::from_ref(&function)).await?.contains_key(&function);
                Err(if exists { cloud(&error) } else { self.not_ours(&function, false).into() })
            }
            lines => lines.map_err(|error| cloud(&error)),
        }
    }

    /// What stays of these functions when they go, as far as it is there. What a function of somebody else has is not looked for.
    pub async fn kept(
        &self,
        functions: &[String],
        owned: &[Box<dyn Resource>],
    ) -> Result<Vec<Box<dyn Resource>>, Report> {
        let exist = self.releases(functions).await?;
        let ours = functions.iter().filter(|name| holds(owned, name) || !exist.contains_key(*name));
        let ours: Vec<_> = ours.cloned().collect();
        let kept = patiently(&self.cancel, || self.platform.kept(&ours)).await.map_err(|error| cloud(&error))?;
        self.existing(kept).await
    }

    /// Those that are there.
    pub async fn existing(&self, resources: Vec<Box<dyn Resource>>) -> Result<Vec<Box<dyn Resource>>, Report> {
        let (known, mut existing) = (Known::default(), Vec::new());
        for resource in resources {
            let found = patiently(&self.cancel, || resource.read(&known)).await.map_err(|error| cloud(&error))?;
            existing.extend(found.map(|_| resource));
        }
        Ok(existing)
    }

    /// What stops it.
    pub fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// Everything of the service that exists.
    pub async fn owned(&self) -> Result<Vec<Box<dyn Resource>>, Report> {
        patiently(&self.cancel, || self.platform.owned(&self.identity)).await.map_err(|error| cloud(&error))
    }
}

/// Whether a function is among what a service has.
pub fn holds(owned: &[Box<dyn Resource>], function: &str) -> bool {
    let id = ResourceId::new("function", function);
    owned.iter().any(|resource| *resource.id() == id)
}

/// Asks again while the platform is busy, and the user has not had enough.
pub async fn patiently<'a, T>(cancel: &Cancel, ask: impl Fn() -> Pending<'a, T>) -> Result<T, CloudError> {
    insist(&Patience::default(), cancel, ask).await
}

/// What a platform refused, as a problem with its remedy.
pub fn cloud(error: &CloudError) -> Report {
    problem(None, error).into()
}

/// What stopped a deploy.
pub fn failed(failure: &Failure) -> Report {
    problem(failure.id.as_ref().map(ToString::to_string).as_deref(), &failure.error).into()
}

/// A failed call as a problem.
pub fn problem(resource: Option<&str>, error: &CloudError) -> Problem {
    let message = match resource {
        Some(resource) => format!("{resource}: {error}"),
        None => error.to_string(),
    };
    let problem = Problem::error(codes::CLOUD, message);
    match error.remedy() {
        Some(help) => problem.help(help),
        None => problem,
    }
}
