//! A platform in memory: it keeps what it is told to, counts what it is asked, and fails where a test wants it to.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use fx_deploy::{
    Actual, Cancel, CloudError, FieldChange, Fields, Kind, Known, Outputs, Owner, Pending, Readiness, Resource,
    ResourceId,
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
    /// How often a thing still shows after it was deleted.
    pub lingering: usize,
    /// Things that never become ready.
    pub broken: BTreeSet<ResourceId>,
    /// How many calls have arrived or been answered: between two of these anything can happen.
    moments: usize,
    /// What is set off at one of them.
    alarm: Option<(usize, Cancel)>,
}

/// A thing the platform holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub fields: Fields,
    pub owner: Owner,
    /// How often it says that it is not ready.
    pub busy: usize,
    needs: Vec<ResourceId>,
    claims: Option<&'static str>,
    /// It was deleted, and shows this often still.
    going: Option<usize>,
}

impl Held {
    pub fn new(fields: Fields, owner: Owner) -> Self {
        Self { fields, owner, busy: 0, needs: Vec::new(), claims: None, going: None }
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
            claims: None,
            held_by: Vec::new(),
        })
    }

    /// Sets this off once so many calls have arrived or been answered, counted from now.
    pub fn at_moment(&self, moment: usize, alarm: &Cancel) {
        let mut world = self.world();
        world.moments = 0;
        world.alarm = Some((moment, alarm.clone()));
    }

    /// A call is on its way: whoever waits for it can be stopped now.
    async fn travel(&self) {
        {
            let mut world = self.world();
            world.moments += 1;
            if let Some((moment, alarm)) = &world.alarm
                && world.moments == *moment
            {
                alarm.cancel();
            }
        }
        tokio::task::yield_now().await;
    }

    async fn call(&self, verb: &str, id: &ResourceId, effect: impl FnOnce(&mut World)) -> Result<(), CloudError> {
        self.travel().await;
        let call = format!("{verb} {id}");
        let lost = {
            let mut world = self.world();
            let fault = world.faults.get_mut(&call).filter(|faults| !faults.is_empty()).map(|faults| faults.remove(0));
            if let Some(Fault::Refused(kind)) = fault {
                return Err(CloudError::new(kind, call, "refused"));
            }
            effect(&mut world);
            world.writes.push(call.clone());
            fault.is_some()
        };
        self.travel().await;
        if lost { Err(CloudError::new(Kind::Unavailable, call, "connection reset")) } else { Ok(()) }
    }
}

/// A thing on the platform.
pub struct Thing {
    platform: Platform,
    id: ResourceId,
    needs: Vec<ResourceId>,
    desired: Fields,
    pub fixed: &'static [&'static str],
    /// What only one thing may have.
    pub claims: Option<&'static str>,
    /// What works with it.
    pub held_by: Vec<Vec<ResourceId>>,
}

impl Thing {
    fn outputs() -> Outputs {
        Outputs::from([("made", "yes".to_owned())])
    }

    /// Nothing half-made is ever visible: an alias moves only to a version that is there, whole and ready.
    fn check_visible(&self, world: &World) {
        if self.id.kind == "alias" {
            let version = world.things.get(&ResourceId::new("version", "todo")).expect("a version to point at");
            assert_eq!((&version.fields, version.busy), (&self.desired, 0), "an alias was moved to what is not ready");
        }
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

    fn claims(&self) -> Option<&str> {
        self.claims
    }

    fn held_by(&self) -> &[Vec<ResourceId>] {
        &self.held_by
    }

    fn read<'a>(&'a self, _known: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(async {
            self.platform.travel().await;
            let mut world = self.platform.world();
            if let Some(left) = world.things.get_mut(&self.id).and_then(|held| held.going.as_mut()) {
                match left.checked_sub(1) {
                    Some(less) => *left = less,
                    None => drop(world.things.remove(&self.id)),
                }
            }
            let held = world.things.get(&self.id).cloned();
            Ok(held.map(|held| Actual { fields: held.fields, owner: held.owner, outputs: Self::outputs() }))
        })
    }

    fn create<'a>(&'a self, known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async {
            self.check_needs(known)?;
            if self.platform.world().things.contains_key(&self.id) {
                return Err(CloudError::new(Kind::AlreadyExists, "create", "there is one"));
            }
            let create = |world: &mut World| {
                self.check_visible(world);
                let taken = world.things.values().any(|held| self.claims.is_some() && held.claims == self.claims);
                assert!(!taken, "{} claims what another one has", self.id);
                let (busy, needs, claims) = (world.busy, self.needs.clone(), self.claims);
                let held = Held { busy, needs, claims, ..Held::new(self.desired.clone(), Owner::Us) };
                world.things.insert(self.id.clone(), held);
            };
            self.platform.call("create", &self.id, create).await?;
            Ok(Self::outputs())
        })
    }

    fn update<'a>(&'a self, changes: &'a [FieldChange], known: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(async move {
            self.check_needs(known)?;
            if !self.platform.world().things.contains_key(&self.id) {
                return Err(CloudError::new(Kind::NotFound, "update", "there is none"));
            }
            let update = |world: &mut World| {
                self.check_visible(world);
                let busy = world.busy;
                if let Some(held) = world.things.get_mut(&self.id) {
                    assert_eq!(held.busy, 0, "{} was changed while it was busy", self.id);
                    for change in changes {
                        assert!(!self.fixed.contains(&change.field.as_str()), "{change} cannot be changed");
                        held.fields.set(&change.field, change.after.clone().expect("no test takes a setting away"));
                    }
                    held.owner = Owner::Us;
                    held.busy = busy;
                }
            };
            self.platform.call("update", &self.id, update).await?;
            Ok(Self::outputs())
        })
    }

    fn delete<'a>(&'a self, _known: &'a Known) -> Pending<'a, ()> {
        Box::pin(async {
            let delete = |world: &mut World| {
                let needed = world.things.iter().find(|(_, held)| held.needs.contains(&self.id));
                assert_eq!(needed.map(|(id, _)| id), None, "{} is still needed", self.id);
                let lingering = world.lingering;
                match world.things.get_mut(&self.id) {
                    Some(held) if lingering > 0 => held.going = Some(held.going.unwrap_or(lingering)),
                    _ => drop(world.things.remove(&self.id)),
                }
            };
            self.platform.call("delete", &self.id, delete).await
        })
    }

    fn ready<'a>(&'a self, _known: &'a Known) -> Pending<'a, Readiness> {
        Box::pin(async {
            self.platform.travel().await;
            let mut world = self.platform.world();
            if world.broken.contains(&self.id) {
                return Ok(Readiness::Failed("it does not start".into()));
            }
            match world.things.get_mut(&self.id) {
                Some(held) if held.busy > 0 => {
                    held.busy -= 1;
                    Ok(Readiness::NotYet("InProgress".into()))
                }
                Some(_) => Ok(Readiness::Ready),
                None => Err(CloudError::new(Kind::NotFound, "ready", "there is none")),
            }
        })
    }
}
