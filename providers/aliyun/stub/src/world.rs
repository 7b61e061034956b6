//! What the platform keeps.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::{answer::Refusal, oss::Bucket, visits::Deployed};

/// How a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 429, and nothing is done.
    Throttled,
    /// 503, and nothing is done.
    Unavailable,
    /// 403, and nothing is done.
    Denied,
    /// The account has no room for it.
    Quota,
    /// The connection ends, and nothing is done.
    ResetBefore,
    /// It is done, and the connection ends.
    ResetAfter,
    /// It is done, and no answer ever comes.
    Silent,
    /// It is done, and then somebody else changes the function's environment.
    Meddled,
}

/// What the platform keeps.
#[derive(Debug, Default)]
pub struct World {
    /// Functions by name.
    pub(crate) functions: BTreeMap<String, Function>,
    /// Domains by name, as they are answered.
    pub(crate) domains: BTreeMap<String, Value>,
    /// Lines by logstore, as they are answered; all projects are one.
    pub(crate) logs: BTreeMap<String, Vec<Value>>,
    /// Buckets by name.
    pub buckets: BTreeMap<String, Bucket>,
    pub(crate) nonces: BTreeSet<String>,
    pub(crate) faults: BTreeMap<String, Vec<Fault>>,
    /// How often a function says that it is not ready after a change.
    pub(crate) busy: usize,
    pub(crate) clock: SignedDuration,
    /// ListFunctions answers with all of them, whatever is asked for.
    pub(crate) unfiltered: bool,
}

/// A function.
#[derive(Debug, Default, Clone)]
pub(crate) struct Function {
    pub latest: Map<String, Value>,
    pub zip: Arc<Vec<u8>>,
    pub busy: usize,
    pub versions: BTreeMap<u64, Version>,
    pub published: u64,
    pub aliases: BTreeMap<String, Map<String, Value>>,
    pub triggers: BTreeMap<String, Map<String, Value>>,
    pub concurrency: Option<Value>,
    /// By qualifier.
    pub asynchronous: BTreeMap<String, Value>,
}

/// A published version.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub function: Map<String, Value>,
    pub zip: Arc<Vec<u8>>,
    pub description: String,
    pub created: String,
}

impl World {
    /// The names of all functions.
    pub fn functions(&self) -> Vec<String> {
        self.functions.keys().cloned().collect()
    }

    /// A function as GetFunction answers it.
    pub fn function(&self, name: &str) -> Option<Value> {
        self.functions.get(name).map(|function| function.latest.clone().into())
    }

    /// An alias as GetAlias answers it.
    pub fn alias(&self, function: &str, alias: &str) -> Option<Value> {
        self.functions.get(function)?.aliases.get(alias).cloned().map(Value::Object)
    }

    /// A trigger as GetTrigger answers it.
    pub fn trigger(&self, function: &str, trigger: &str) -> Option<Value> {
        self.functions.get(function)?.triggers.get(trigger).cloned().map(Value::Object)
    }

    /// A domain as GetCustomDomain answers it.
    pub fn domain(&self, name: &str) -> Option<Value> {
        self.domains.get(name).cloned()
    }

    /// The numbers of a function's versions.
    pub fn versions(&self, function: &str) -> Vec<u64> {
        self.functions.get(function).map(|function| function.versions.keys().copied().collect()).unwrap_or_default()
    }

    /// Whether there is nothing left of anything.
    pub fn is_empty(&self) -> bool {
        self.functions.is_empty() && self.domains.is_empty()
    }

    /// Puts a function there that fx has not made.
    pub fn plant(&mut self, name: &str, tags: &Value) {
        let mut latest = Map::new();
        latest.insert("functionName".into(), name.into());
        latest.insert("tags".into(), tags.clone());
        latest.insert("runtime".into(), "custom.debian12".into());
        latest.insert("environmentVariables".into(), json!({}));
        self.functions.insert(name.into(), Function { latest, ..Function::default() });
    }

    /// Puts a domain there that fx has not made.
    pub fn plant_domain(&mut self, domain: &Value) {
        let name = domain["domainName"].as_str().unwrap_or_default().to_owned();
        self.domains.insert(name, domain.clone());
    }

    /// Puts a trigger on a function that fx has not made.
    pub fn plant_trigger(&mut self, function: &str, trigger: &Value) {
        let name = trigger["triggerName"].as_str().unwrap_or_default().to_owned();
        if let (Some(function), Value::Object(trigger)) = (self.functions.get_mut(function), trigger) {
            function.triggers.insert(name, trigger.clone());
        }
    }

    /// Limits a function by hand, in the console: how many of it run, and what becomes of asynchronous calls of its alias.
    pub fn plant_limits(&mut self, function: &str, concurrency: u32, retries: u32) {
        if let Some(function) = self.functions.get_mut(function) {
            function.concurrency = Some(json!({ "reservedConcurrency": concurrency }));
            function.asynchronous.insert("live".into(), json!({ "maxAsyncRetryAttempts": retries }));
        }
    }

    /// Puts lines into a logstore, each an object with `__time__` and `__topic__`.
    pub fn log(&mut self, logstore: &str, lines: impl IntoIterator<Item = Value>) {
        self.logs.entry(logstore.to_owned()).or_default().extend(lines);
    }

    /// Writes a member of a function's settings: what somebody does who edits by hand.
    pub fn edit(&mut self, function: &str, member: &str, value: Value) {
        if let Some(function) = self.functions.get_mut(function) {
            function.latest.insert(member.into(), value);
        }
    }

    /// The next calls of this name go wrong, one after the other.
    pub fn fail(&mut self, action: &str, faults: impl IntoIterator<Item = Fault>) {
        self.faults.entry(action.into()).or_default().extend(faults);
    }

    /// How often a function says that it is not ready, after each change.
    pub fn set_busy(&mut self, polls: usize) {
        self.busy = polls;
    }

    /// Lists all functions, whatever is asked for.
    pub fn ignore_filters(&mut self) {
        self.unfiltered = true;
    }

    /// By how much the platform's clock is ahead of this machine's.
    pub fn set_clock(&mut self, ahead: SignedDuration) {
        self.clock = ahead;
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now().saturating_add(self.clock).unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn time(&self) -> String {
        self.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    pub(crate) fn find(&mut self, name: &str) -> Result<&mut Function, Refusal> {
        let missing = || Refusal::new(404, "FunctionNotFound", format!("function '{name}' does not exist"));
        self.functions.get_mut(name).ok_or_else(missing)
    }

    pub(crate) fn next_fault(&mut self, action: &str) -> Option<Fault> {
        let faults = self.faults.get_mut(action)?;
        (!faults.is_empty()).then(|| faults.remove(0))
    }

    /// What runs under a qualifier: a version, where an alias points, or what was written last.
    pub(crate) fn deployed(&self, name: &str, qualifier: &str) -> Option<Deployed> {
        let function = self.functions.get(name)?;
        let (settings, zip, version) = match qualifier {
            "LATEST" => (&function.latest, &function.zip, "LATEST".to_owned()),
            qualifier => {
                let number = function.resolve(qualifier)?;
                let version = function.versions.get(&number)?;
                (&version.function, &version.zip, number.to_string())
            }
        };
        let variables = settings.get("environmentVariables").and_then(Value::as_object).into_iter().flatten();
        Some(Deployed {
            function: name.to_owned(),
            version,
            zip: zip.clone(),
            environment: variables
                .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
                .collect(),
        })
    }
}

impl Function {
    /// The number of the version that an alias or a number means.
    pub fn resolve(&self, qualifier: &str) -> Option<u64> {
        match self.aliases.get(qualifier) {
            Some(alias) => alias.get("versionId")?.as_str()?.parse().ok(),
            None => qualifier.parse().ok().filter(|number| self.versions.contains_key(number)),
        }
    }

    /// Whether something may point there.
    pub fn has(&self, qualifier: &str) -> bool {
        qualifier == "LATEST" || self.resolve(qualifier).is_some()
    }
}
