//! The engine against a platform in memory that fails where a test wants it to.

mod failures;
mod plans;
mod platform;
mod properties;
mod releases;

use fx_deploy::{
    Cancel, Foreign, Observed, Options, Outcome, Patience, Plan, Resource, ResourceId, apply, observe, plan,
};
use platform::Platform;

/// A role, a function, its version, its alias, and an address: each needs the one before.
fn service(platform: &Platform, code: &str) -> Vec<Box<dyn Resource>> {
    let id = ResourceId::new;
    vec![
        platform.thing("url", "todo", "public", &[&id("alias", "todo/live")]),
        platform.thing("alias", "todo/live", code, &[&id("version", "todo")]),
        platform.thing("version", "todo", code, &[&id("function", "todo")]),
        platform.thing("function", "todo", code, &[&id("role", "todo")]),
        platform.thing("role", "todo", "basic", &[]),
    ]
}

async fn planned(
    wanted: &[Box<dyn Resource>],
    surplus: &[Box<dyn Resource>],
    options: Options,
) -> (Result<Plan, Vec<Foreign>>, Observed) {
    let observed = observe(wanted, &Patience::default(), &(), &Cancel::new()).await.expect("reading");
    (plan(wanted, surplus, &observed, options), observed)
}

/// Reads, plans and applies.
async fn deploy(wanted: Vec<Box<dyn Resource>>, surplus: Vec<Box<dyn Resource>>) -> Outcome {
    deploy_until(wanted, surplus, &Cancel::new()).await
}

async fn deploy_until(wanted: Vec<Box<dyn Resource>>, surplus: Vec<Box<dyn Resource>>, cancel: &Cancel) -> Outcome {
    let (plan, observed) = planned(&wanted, &surplus, Options::default()).await;
    let plan = plan.expect("nothing foreign");
    let resources: Vec<_> = wanted.into_iter().chain(surplus).collect();
    apply(&plan, &resources, observed.known, &Patience::default(), &(), cancel).await
}
