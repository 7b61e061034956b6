//! What the platform keeps.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::{Map, Value, json};

use crate::{answer::Refusal, cos::Bucket, visits::Deployed};

/// How a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Too many requests; nothing is done.
    Throttled,
    /// The platform's own error; nothing is done.
    Unavailable,
    /// It is not found, although it is there: the platform has made it a moment ago.
    Hidden,
    /// Status 502 of something before the platform; nothing is done.
    Gateway,
    /// Not allowed.
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
    /// It is done, and then the platform gives up on it: `CreateFailed`, `UpdateFailed`, `PublishFailed`.
    Broken,
}

/// What the platform keeps.
#[derive(Debug)]
pub struct World {
    /// Functions by namespace and name.
    pub(crate) functions: BTreeMap<(String, String), Function>,
    pub(crate) namespaces: BTreeSet<String>,
    pub(crate) faults: BTreeMap<String, Vec<Fault>>,
    /// How often a function or version says that it is not ready after a change.
    pub(crate) busy: usize,
    /// How far the platform's clock is ahead, in seconds.
    pub(crate) clock: i64,
    /// The only calls that the key may make, `scf:GetFunction`; `None`: all.
    pub(crate) allowed: Option<BTreeSet<String>>,
    /// Buckets by name.
    pub buckets: BTreeMap<String, Bucket>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            functions: BTreeMap::new(),
            namespaces: BTreeSet::from(["default".to_owned()]),
            faults: BTreeMap::new(),
            busy: 0,
            clock: 0,
            allowed: None,
            buckets: BTreeMap::new(),
        }
    }
}

/// What a version freezes.
#[derive(Debug, Clone)]
pub(crate) struct Revision {
    /// As GetFunction says them.
    pub settings: Map<String, Value>,
    pub zip: Arc<Vec<u8>>,
}

/// How far a change is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    /// What it says until it has been asked this often, and what then.
    pub now: &'static str,
    pub left: usize,
    pub then: &'static str,
}

impl State {
    /// What it says: each time it is asked brings it nearer to its end.
    pub fn ask(&mut self) -> &'static str {
        if self.left > 0 {
            self.left -= 1;
            return self.now;
        }
        self.now = self.then;
        self.now
    }
}

/// A function.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub latest: Revision,
    pub state: State,
    pub tags: BTreeMap<String, String>,
    pub versions: BTreeMap<u64, Version>,
    pub published: u64,
    pub alias: Alias,
    /// Aliases of somebody else, and the versions they point at.
    pub others: BTreeMap<String, String>,
    pub triggers: Vec<Trigger>,
}

/// A published version.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub revision: Revision,
    pub description: String,
    pub state: State,
}

/// `$DEFAULT`.
#[derive(Debug, Clone)]
pub(crate) struct Alias {
    pub version: String,
    pub description: String,
    pub routing: Value,
}

/// A trigger.
#[derive(Debug, Clone)]
pub(crate) struct Trigger {
    pub name: String,
    pub kind: String,
    pub qualifier: String,
    /// As it is answered.
    pub description: Value,
    pub enabled: bool,
    pub argument: String,
    pub remark: String,
}

impl World {
    /// The names of all functions.
    pub fn functions(&self) -> Vec<String> {
        self.functions.keys().map(|(_, name)| name.clone()).collect()
    }

    /// The names of all namespaces.
    pub fn namespaces(&self) -> Vec<String> {
        self.namespaces.iter().cloned().collect()
    }

    /// All objects, by bucket and path: `bucket/path`.
    pub fn objects(&self) -> Vec<String> {
        let objects = self
            .buckets
            .iter()
            .flat_map(|(name, bucket)| bucket.objects.keys().map(move |path| format!("{name}{path}")));
        objects.collect()
    }

    /// What a function is now, as GetFunction says it.
    pub fn function(&self, name: &str) -> Option<Value> {
        let (_, function) = self.functions.iter().find(|((_, known), _)| known == name)?;
        Some(function.latest.settings.clone().into())
    }

    /// A function's tag of this name.
    pub fn tag(&self, name: &str, key: &str) -> Option<String> {
        let (_, function) = self.functions.iter().find(|((_, known), _)| known == name)?;
        function.tags.get(key).cloned()
    }

    /// A function's published versions by number, with their descriptions.
    pub fn versions(&self, name: &str) -> Vec<(u64, String)> {
        let found = self.functions.iter().find(|((_, known), _)| known == name);
        let versions = found.into_iter().flat_map(|(_, function)| &function.versions);
        versions.map(|(number, version)| (*number, version.description.clone())).collect()
    }

    /// Where a function's alias points, and the share of a second version.
    pub fn alias(&self, name: &str) -> Option<(String, Value)> {
        let (_, function) = self.functions.iter().find(|((_, known), _)| known == name)?;
        Some((function.alias.version.clone(), function.alias.routing["AdditionalVersionWeights"].clone()))
    }

    /// A function's triggers: type, name, description, and whether they are on.
    pub fn triggers(&self, name: &str) -> Vec<(String, String, Value, bool)> {
        let found = self.functions.iter().find(|((_, known), _)| known == name);
        let triggers = found.into_iter().flat_map(|(_, function)| &function.triggers);
        triggers.map(|one| (one.kind.clone(), one.name.clone(), one.description.clone(), one.enabled)).collect()
    }

    /// Puts a function there that somebody else has made.
    pub fn add_foreign(&mut self, name: &str, kind: &str, tags: &[(&str, &str)]) {
        let settings = json!({
            "FunctionName": name, "Namespace": "default", "Type": kind, "Runtime": "CustomRuntime", "Handler": "theirs",
            "MemorySize": 128, "Timeout": 3, "InitTimeout": 65, "Description": "", "Role": "",
        });
        let latest = Revision {
            settings: settings.as_object().cloned().unwrap_or_default(),
            zip: Arc::new(b"PK theirs".to_vec()),
        };
        let mut function = Function::new(latest, State { now: "Active", left: 0, then: "Active" });
        function.tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        self.functions.insert(("default".into(), name.into()), function);
    }

    /// Puts an alias there that somebody else has made.
    pub fn add_alias(&mut self, name: &str, alias: &str, version: &str) {
        for ((_, known), function) in &mut self.functions {
            if known == name {
                function.others.insert(alias.to_owned(), version.to_owned());
            }
        }
    }

    /// Puts a trigger there that somebody has made in the console.
    pub fn add_trigger(&mut self, name: &str, kind: &str, trigger: &str, description: &Value) {
        for ((_, known), function) in &mut self.functions {
            if known == name {
                function.triggers.push(Trigger {
                    name: trigger.to_owned(),
                    kind: kind.to_owned(),
                    qualifier: "$DEFAULT".into(),
                    description: description.clone(),
                    enabled: true,
                    argument: String::new(),
                    remark: String::new(),
                });
            }
        }
    }

    /// Takes all triggers of a function away: what somebody does in the console.
    pub fn remove_triggers(&mut self, name: &str) {
        for ((_, known), function) in &mut self.functions {
            if known == name {
                function.triggers.clear();
            }
        }
    }

    /// The next calls of an action go wrong, one after the other.
    pub fn fail(&mut self, action: &str, faults: impl IntoIterator<Item = Fault>) {
        self.faults.entry(action.to_owned()).or_default().extend(faults);
    }

    /// From now on, every change shows this often that it is not through.
    pub fn be_slow(&mut self, polls: usize) {
        self.busy = polls;
    }

    /// From now on, the key may make these calls and no others: `scf:GetFunction`.
    pub fn allow_only(&mut self, actions: impl IntoIterator<Item = String>) {
        self.allowed = Some(actions.into_iter().collect());
    }

    /// Sets the platform's clock ahead, in seconds.
    pub fn set_clock_ahead(&mut self, seconds: i64) {
        self.clock = seconds;
    }

    pub(crate) fn next_fault(&mut self, action: &str) -> Option<Fault> {
        let faults = self.faults.get_mut(action)?;
        (!faults.is_empty()).then(|| faults.remove(0))
    }

    /// The state of something that a change has just been made to.
    pub(crate) fn after(&self, now: &'static str) -> State {
        State { now, left: self.busy, then: "Active" }
    }

    /// The function that a request is about.
    pub(crate) fn get(&mut self, body: &Map<String, Value>) -> Result<&mut Function, Refusal> {
        let key = key(body);
        self.functions.get_mut(&key).ok_or_else(|| {
            Refusal::new("ResourceNotFound.Function", format!("there is no function {} in {}", key.1, key.0))
        })
    }

    /// The function that a request wants to change.
    pub(crate) fn get_active(&mut self, body: &Map<String, Value>, code: &str) -> Result<&mut Function, Refusal> {
        let function = self.get(body)?;
        match function.state.now {
            // A change that failed can be followed by another one; one that nobody has waited for cannot.
            "Active" | "UpdateFailed" | "PublishFailed" => Ok(function),
            status => Err(Refusal::new(code, format!("the function is {status}"))),
        }
    }

    /// What requests to the alias of a function get.
    pub(crate) fn deployed(&self, namespace: &str, name: &str) -> Option<Deployed> {
        let function = self.functions.get(&(namespace.to_owned(), name.to_owned()))?;
        let version = function.alias.version.clone();
        let revision = match version.parse::<u64>() {
            Ok(number) => &function.versions.get(&number)?.revision,
            Err(_) => &function.latest,
        };
        let variables = revision.settings.get("Environment").and_then(|said| said["Variables"].as_array());
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Some(Deployed {
            function: name.to_owned(),
            version,
            web: revision.settings.get("Type").is_some_and(|kind| kind == "HTTP"),
            zip: revision.zip.clone(),
            environment: variables
                .into_iter()
                .flatten()
                .map(|variable| (text(&variable["Key"]), text(&variable["Value"])))
                .collect(),
        })
    }
}

impl Function {
    pub fn new(latest: Revision, state: State) -> Self {
        Self {
            latest,
            state,
            tags: BTreeMap::new(),
            versions: BTreeMap::new(),
            published: 0,
            alias: Alias { version: "$LATEST".into(), description: String::new(), routing: json!({}) },
            others: BTreeMap::new(),
            triggers: Vec::new(),
        }
    }
}

/// Namespace and name of the function that a request is about.
pub(crate) fn key(body: &Map<String, Value>) -> (String, String) {
    (text(body, "Namespace").unwrap_or("default").to_owned(), text(body, "FunctionName").unwrap_or_default().to_owned())
}

/// A member that is text.
pub(crate) fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Value::as_str)
}
