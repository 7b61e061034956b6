//! A platform in memory: it keeps what it is told to, counts what it is asked, and fails where a test wants it to.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use fx_deploy::{
    Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Owner, Pending, Readiness, Resource, ResourceId,
};

/// How a call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Refused, for this reason; nothing was done.
    Refused(Kind),
    /// Done, and the answer got lost.
    LostAfter,
}

/// What the platform holds.
#[derive(Debug, Default)]
pub struct World {
    pub things: BTreeMap<ResourceId, Held>,
    /// Writing calls that had an effect: `create alias todo/live`.
    pub writes: Vec<String>,
    /// Faults of the next calls, by call and name: `create function todo`.
    pub faults: BTreeMap<String, Vec<Fault>>,
    /// How often a thing says it is not ready after a change.
    pub busy: usize,
    /// Things that never become ready.
    pub broken: BTreeSet<ResourceId>,
}

/// A thing the platform holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub fields: Fields,
    pub owner: Owner,
    busy: usize,
}

impl Held {
    pub fn new(fields: Fields, owner: Owner) -> Self {
        Self { fields, owner, busy: 0 }
    }
}

/// The platform, shared by its things.
#[derive(Debug, Clone, Default)]
pub struct Platform(Arc<Mutex<World>>);

impl Platform {
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next calls of this kind go wrong, one after the other.
    pub fn fail(&self, call: &str, faults: impl IntoIterator<Item = Fault>) {
        self.world().faults.entry(call.into()).or_default().extend(faults);
    }

    /// The writes since the last time.
    pub fn take_writes(&self) -> Vec<String> {
        std::mem::take(&mut self.world().writes)
    }

    /// A thing that shall have one setting.
    pub fn thing(&self, kind: &'static str, name: &str, setting: &str, needs: &[&ResourceId]) -> Box<Thing> {
        Box::new(Thing {
            platform: self.clone(),
            id: ResourceId::new(kind, name),
            needs: needs.iter().map(|id| (*id).clone()).collect(),
            desired: Fields::new().plain("setting", setting),
            fixed: &[],
        })
    }

    fn call(&self, verb: &str, id: &ResourceId, effect: impl FnOnce(&mut World)) -> Result<(), CloudError> {
        let mut world = self.world();
        let call = format!("{verb} {id}");
        let fault = world.faults.get_mut(&call).filter(|faults| !faults.is_empty()).map(|faults| faults.remove(0));
        if let Some(Fault::Refused(kind)) = fault {
            return Err(CloudError::new(kind, call, "refused"));
        }
        effect(&mut world);
        world.writes.push(call.clone());
        match fault {
            Some(_) => Err(CloudError::new(Kind::Unavailable, call, "connection reset")),
            None => Ok(()),
        }
    }
}

/// A thing on the platform.
pub struct Thing {
    platform: Platform,
    id: ResourceId,
    needs: Vec<ResourceId>,
    desired: Fields,
    pub fixed: &'static [&'static str],
}

impl Thing {
    fn outputs() -> Outputs {
        Outputs::from([("made", "yes".to_owned())])
    }

    fn check_needs(&self, known: &Known) -> Result<(), CloudError> {
        self.needs.iter().try_for_each(|need| known.require(need, "made").map(drop))
    }
}

impl Resource for Thing {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn needs(&self) -> &[ResourceId] {
        &self.needs
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn fixed(&self) -> &[&'static str] {
        self.fixed
    }

    fn read<'a>(&'a self, _known: &'a Known) -> Pending<'a, Option<Actual>> {
        let held = self.platform.world().things.get(&self.id).cloned();
        let actual = held.map(|held| Actual { fields: held.fields, owner: held.owner, outputs: Self::outputs() });
        Box::pin(async { Ok(actual) })
    }

    fn create<'a>(&'a self, known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            self.check_needs(known)?;
            if self.platform.world().things.contains_key(&self.id) {
                return Err(CloudError::new(Kind::AlreadyExists, "create", "there is one"));
            }
            self.platform.call("create", &self.id, |world| {
                let held = Held { busy: world.busy, ..Held::new(self.desired.clone(), Owner::Us) };
                world.things.insert(self.id.clone(), held);
            })?;
            Ok(Self::outputs())
        })
    }

    fn update<'a>(&'a self, changes: &'a [FieldChange], known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async move {
            self.check_needs(known)?;
            if !self.platform.world().things.contains_key(&self.id) {
                return Err(CloudError::new(Kind::NotFound, "update", "there is none"));
            }
            self.platform.call("update", &self.id, |world| {
                let busy = world.busy;
                if let Some(held) = world.things.get_mut(&self.id) {
                    assert_eq!(held.busy, 0, "{} was changed while it was busy", self.id);
                    for change in changes {
                        held.fields.set(&change.field, change.after.clone().expect("no test takes a setting away"));
                    }
                    held.owner = Owner::Us;
                    held.busy = busy;
                }
            })?;
            Ok(Self::outputs())
        })
    }

    fn delete<'a>(&'a self, _known: &'a Known) -> Pending<'a, ()> {
        Box::pin(async {
            self.platform.call("delete", &self.id, |world| {
                world.things.remove(&self.id);
            })
        })
    }

    fn ready<'a>(&'a self, _known: &'a Known) -> Pending<'a, Readiness> {
        let mut world = self.platform.world();
        let broken = world.broken.contains(&self.id);
        let readiness = match world.things.get_mut(&self.id) {
            _ if broken => Readiness::Failed("it does not start".into()),
            Some(held) if held.busy > 0 => {
                held.busy -= 1;
                Readiness::NotYet("InProgress".into())
            }
            Some(_) => Readiness::Ready,
            None => {
                let missing = CloudError::new(Kind::NotFound, "ready", "there is none");
                return Box::pin(async { Err(missing) });
            }
        };
        Box::pin(async { Ok(readiness) })
    }
}
