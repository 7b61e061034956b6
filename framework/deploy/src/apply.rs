//! Doing what was planned.
//!
//! A change begins once everything it needs is there; what goes, goes last and in the opposite order, unless it has what something
//! new claims and can be had once only: then it makes way just before. The first failure that does not pass ends the run: calls under
//! way are finished, nothing new is begun.

use futures_util::{StreamExt, stream::FuturesUnordered};

use crate::{
    Action, Cancel, Change, CloudError, Failure, Kind, Known, Outcome, Patience, Plan, Progress, Resource, ResourceId,
    observe::PARALLEL, retry::Clock, step::Step,
};

/// Applies a plan. `resources` holds every resource the plan names; `known` is what reading them has brought.
pub async fn apply(
    plan: &Plan,
    resources: &[Box<dyn Resource>],
    known: Known,
    patience: &Patience,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Outcome {
    let clock = Clock::start(patience, cancel);
    let mut outcome = Outcome { known, ..Outcome::default() };
    let mut waiting: Vec<&Change> = plan.changes.iter().filter(|change| concerns(change, plan)).collect();
    let mut running: Vec<&Change> = Vec::new();
    let mut steps = FuturesUnordered::new();
    loop {
        while running.len() < PARALLEL && outcome.failed.is_empty() && !cancel.is_cancelled() {
            if let Some(Err(error)) = (!waiting.is_empty()).then(|| clock.check("deploy")) {
                outcome.failed.push(Failure { id: None, error });
                break;
            }
            let Some(next) = waiting.iter().position(|change| may_begin(change, &waiting, &running)) else { break };
            let change = waiting.remove(next);
            let Some(resource) = find(resources, &change.resource) else {
                outcome.failed.push(unlisted(change));
                break;
            };
            running.push(change);
            if change.action != Action::Unchanged {
                progress.started(change);
            }
            let known = outcome.known.clone();
            steps.push(async move {
                let step = Step { resource, known: &known, clock, progress };
                (change, step.make(change).await)
            });
        }
        let Some((change, result)) = steps.next().await else { break };
        running.retain(|other| other.resource != change.resource);
        match result {
            Ok(_) if change.action == Action::Unchanged => continue,
            Ok(Some(outputs)) => outcome.known.insert(change.resource.clone(), outputs),
            Ok(None) => outcome.known.remove(&change.resource),
            Err(error) if error.kind() == Kind::Interrupted => {
                progress.stopped(&change.resource);
                if change.action != Action::Unchanged {
                    outcome.begun.push(change.clone());
                }
                continue;
            }
            Err(error) => {
                progress.failed(&change.resource, &error);
                outcome.failed.push(Failure { id: Some(change.resource.clone()), error });
                continue;
            }
        }
        progress.finished(change);
        outcome.done.push(change.clone());
    }
    outcome.left.extend(waiting.into_iter().filter(|change| change.action != Action::Unchanged).cloned());
    outcome.interrupted = cancel.is_cancelled() && !(outcome.begun.is_empty() && outcome.left.is_empty());
    outcome
}

/// Whether a run has to do with a resource: it changes, or something that changes needs it, and then it has to be ready. One that an
/// earlier run has left behind broken is as it shall be in every setting, and must not be built upon.
fn concerns(change: &Change, plan: &Plan) -> bool {
    let needed = || {
        let mut writes = plan.writes().filter(|write| write.action != Action::Delete);
        writes.any(|write| write.needs.contains(&change.resource))
    };
    change.action != Action::Unchanged || needed()
}

/// Whether nothing that stands before a change is still to be done.
fn may_begin(change: &Change, waiting: &[&Change], running: &[&Change]) -> bool {
    let mut open = waiting.iter().chain(running);
    if change.action == Action::Delete {
        // After whatever needs it has gone, and once all else is in place, but for what it has to make way for.
        let early = makes_way(change, waiting, running);
        open.all(|other| match other.action {
            Action::Delete => !other.needs.contains(&change.resource),
            _ => early,
        })
    } else {
        open.all(|other| match other.action {
            Action::Delete => !have_one_claim(change, other),
            _ => !change.needs.contains(&other.resource),
        })
    }
}

/// Whether something that goes is all that keeps a change from beginning.
fn makes_way(gone: &Change, waiting: &[&Change], running: &[&Change]) -> bool {
    let open = || waiting.iter().chain(running).filter(|other| other.action != Action::Delete);
    open().any(|change| have_one_claim(change, gone) && open().all(|other| !change.needs.contains(&other.resource)))
}

fn have_one_claim(one: &Change, other: &Change) -> bool {
    one.claims.is_some() && one.claims == other.claims
}

fn find<'a>(resources: &'a [Box<dyn Resource>], id: &ResourceId) -> Option<&'a dyn Resource> {
    resources.iter().find(|resource| resource.id() == id).map(AsRef::as_ref)
}

fn unlisted(change: &Change) -> Failure {
    let error = CloudError::new(Kind::Failed, "deploy", "planned, and not among the resources");
    Failure { id: Some(change.resource.clone()), error }
}
