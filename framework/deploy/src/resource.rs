//! What a target brings: the things that must exist on it.

use std::{collections::BTreeMap, fmt, future::Future, pin::Pin, sync::Arc};

use serde::{Serialize, Serializer};

use crate::{CloudError, FieldChange, Fields};

/// A call to a platform.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, CloudError>> + Send + 'a>>;

/// A resource's name within a deploy: its kind in the platform's words, and what it is called there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId {
    /// `function`, `alias`, `timer`, …
    pub kind: &'static str,
    /// Its name. What belongs to a function has the function's name before it: `todo/live`.
    pub name: String,
}

impl ResourceId {
    /// The id of a resource.
    pub fn new(kind: &'static str, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.kind, self.name)
    }
}

impl Serialize for ResourceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What the platform has said about a resource and others need: an id, an address, the number of a version.
pub type Outputs = BTreeMap<&'static str, String>;

/// The outputs of all resources that are known so far. Clones share what they hold.
#[derive(Debug, Clone, Default)]
pub struct Known(Arc<BTreeMap<ResourceId, Outputs>>);

impl Known {
    /// An output of a resource; `None` while the resource does not exist.
    pub fn get(&self, id: &ResourceId, output: &str) -> Option<&str> {
        self.0.get(id)?.get(output).map(String::as_str)
    }

    /// An output without which a call cannot be made.
    pub fn require(&self, id: &ResourceId, output: &str) -> Result<&str, CloudError> {
        self.get(id, output).ok_or_else(|| {
            let message = format!("the platform has not said the {output} of {id}");
            CloudError::new(crate::Kind::Failed, "deploy", message)
        })
    }

    /// Everything that is known.
    pub fn iter(&self) -> impl Iterator<Item = (&ResourceId, &Outputs)> {
        self.0.iter()
    }

    /// Remembers what is known of a resource.
    pub fn insert(&mut self, id: ResourceId, outputs: Outputs) {
        Arc::make_mut(&mut self.0).insert(id, outputs);
    }

    /// Forgets a resource that is gone.
    pub fn remove(&mut self, id: &ResourceId) {
        Arc::make_mut(&mut self.0).remove(id);
    }
}

/// A resource as the platform has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actual {
    /// Its settings, as far as fx manages them.
    pub fields: Fields,
    /// Whose it is.
    pub owner: Owner,
    /// What others need of it.
    pub outputs: Outputs,
}

/// Whose a resource is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// It carries this service's mark, or is part of something that does.
    Us,
    /// It does not. The text says what was found instead: `no fx tag`, `fx service shop`.
    Foreign(String),
}

/// Whether a resource can be worked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// It can.
    Ready,
    /// The platform is still at it: its words for that.
    NotYet(String),
    /// The platform has given up: its reason.
    Failed(String),
}

/// One thing that must exist on a platform, and the calls that make it so.
///
/// Calls are made again after a failure that is temporary, always after a new [`Resource::read`]: a create whose answer got
/// lost is found, not repeated. So none of them retries by itself.
pub trait Resource: Send + Sync {
    /// Its name within the deploy.
    fn id(&self) -> &ResourceId;

    /// What must exist before it, and goes after it.
    fn needs(&self) -> &[ResourceId] {
        &[]
    }

    /// What only one resource can have at a time, in words that are the same for all that want it: the events of a bucket. One that goes
    /// makes way just before another one that claims the same comes; everything else goes last. Nothing else may need such a resource.
    fn claims(&self) -> Option<&str> {
        None
    }

    /// What works with it as it is: each thing with its own name and that of what takes it along when it goes. It is not pruned while one
    /// of these stays.
    fn held_by(&self) -> &[Vec<ResourceId>] {
        &[]
    }

    /// The settings it must have.
    fn desired(&self) -> &Fields;

    /// Settings that cannot be changed: where one differs, the resource is deleted and made anew.
    fn fixed(&self) -> &[&'static str] {
        &[]
    }

    /// What the platform has; `None`: nothing.
    fn read<'a>(&'a self, known: &'a Known) -> Pending<'a, Option<Actual>>;

    /// Makes it.
    fn create<'a>(&'a self, known: &'a Known) -> Pending<'a, Outputs>;

    /// Changes what differs.
    fn update<'a>(&'a self, changes: &'a [FieldChange], known: &'a Known) -> Pending<'a, Outputs>;

    /// Takes it away. That it is gone already is no failure.
    fn delete<'a>(&'a self, known: &'a Known) -> Pending<'a, ()>;

    /// How far a call that is under way has come, in words: asked now and then while it is. `None`: there is nothing to say.
    fn doing(&self) -> Option<String> {
        None
    }

    /// Whether it can be worked with: asked before a change and after it, until it is.
    fn ready<'a>(&'a self, known: &'a Known) -> Pending<'a, Readiness> {
        let _ = known;
        Box::pin(std::future::ready(Ok(Readiness::Ready)))
    }
}
