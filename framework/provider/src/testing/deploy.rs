//! Deploying as `fx deploy` does, to a platform that a target's own tests have set up.

use std::{collections::BTreeMap, path::Path, time::Duration};

use fx_build::artifact::Document;
use fx_deploy::{
    Canary, Cancel, CloudError, Failure, Foreign, Known, Observed, Options, Outcome, Patience, Plan, Resource, Value,
    apply, observe, plan,
};

use crate::deploy::{Identity, Order, Platform};

/// A deploy that is planned: all resources it is about, the plan, and what was observed.
pub type Planned = (Vec<Box<dyn Resource>>, Plan, Observed);

/// Why there was nothing to apply.
#[derive(Debug)]
pub enum Stopped {
    /// Something is somebody else's.
    Foreign(Vec<Foreign>),
    /// Reading failed.
    Failed(Failure),
    /// The platform refused before there was anything to read.
    Refused(CloudError),
}

/// Reads and plans. The document's zips are in the folder, and its variables have their texts as values.
pub async fn planned(
    platform: &dyn Platform,
    document: &Document,
    folder: &Path,
    canary: Option<Canary>,
    options: Options,
) -> Result<Planned, Stopped> {
    let identity = Identity::new(&document.service, None, document.stage.as_deref());
    let (mut releases, mut environment) = (BTreeMap::new(), BTreeMap::new());
    for unit in &document.units {
        let name = identity.function(&unit.name);
        if let Some(release) = platform.release(&name).await.map_err(Stopped::Refused)? {
            releases.insert(name, release);
        }
        let values = unit.environment.iter().map(|(name, text)| (name.clone(), Value::secret(text.clone())));
        environment.insert(unit.name.clone(), values.collect());
    }
    let order = Order {
        document,
        folder,
        identity: &identity,
        environment: &environment,
        releases: &releases,
        canary,
        needs: &[],
    };
    let wanted = platform.resources(&order).map_err(Stopped::Refused)?;
    let mut surplus = platform.owned(&identity).await.map_err(Stopped::Refused)?;
    surplus.retain(|resource| wanted.iter().all(|wanted| wanted.id() != resource.id()));
    let observed = observe(&wanted, &patience(), &(), &Cancel::new()).await.map_err(Stopped::Failed)?;
    let plan = plan(&wanted, &surplus, &observed, options).map_err(Stopped::Foreign)?;
    Ok((wanted.into_iter().chain(surplus).collect(), plan, observed))
}

/// Applies what was planned, up to the end or the first failure. What is somebody else's is a panic: a test that expects it plans only.
pub async fn applied(planned: Result<Planned, Stopped>) -> Outcome {
    match planned {
        Ok((resources, plan, observed)) => {
            apply(&plan, &resources, observed.known, &patience(), &(), &Cancel::new()).await
        }
        Err(Stopped::Failed(failure)) => Outcome { failed: vec![failure], ..Outcome::default() },
        Err(Stopped::Refused(error)) => Outcome { failed: vec![Failure { id: None, error }], ..Outcome::default() },
        Err(Stopped::Foreign(foreign)) => panic!("{foreign:?}"),
    }
}

/// Reads, plans and applies: these resources, and not those.
pub async fn run(wanted: Vec<Box<dyn Resource>>, surplus: Vec<Box<dyn Resource>>) -> Outcome {
    let observed = observe(&wanted, &patience(), &(), &Cancel::new()).await;
    let observed = observed.unwrap_or_else(|failure| panic!("{failure:?}"));
    let plan = plan(&wanted, &surplus, &observed, Options::default());
    let plan = plan.unwrap_or_else(|foreign| panic!("{foreign:?}"));
    let resources: Vec<_> = wanted.into_iter().chain(surplus).collect();
    apply(&plan, &resources, Known::default(), &patience(), &(), &Cancel::new()).await
}

/// Enough, and without pauses worth the name.
pub fn patience() -> Patience {
    let pause = Duration::from_millis(1);
    Patience { first_pause: pause, longest_pause: pause, poll: pause, ..Patience::default() }
}
