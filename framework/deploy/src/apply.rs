//! Doing what was planned.
//!
//! A change begins once everything it needs is there; what goes, goes last and in the opposite order. The first failure that does
//! not pass ends the run: calls under way are finished, nothing new is begun.

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
    let mut waiting: Vec<&Change> = plan.writes().collect();
    let mut running: Vec<&Change> = Vec::new();
    let mut steps = FuturesUnordered::new();
    loop {
        while running.len() < PARALLEL && outcome.failed.is_empty() && !cancel.is_cancelled() {
            let Some(next) = waiting.iter().position(|change| may_begin(change, &waiting, &running)) else { break };
            let change = waiting.remove(next);
            let Some(resource) = find(resources, &change.resource) else {
                outcome.failed.push(unlisted(change));
                break;
            };
            running.push(change);
            progress.started(change);
            let known = outcome.known.clone();
            steps.push(async move {
                let step = Step { resource, known: &known, clock, progress };
                (change, step.make(change).await)
            });
        }
        let Some((change, result)) = steps.next().await else { break };
        running.retain(|other| other.resource != change.resource);
        match result {
            Ok(Some(outputs)) => outcome.known.insert(change.resource.clone(), outputs),
            Ok(None) => outcome.known.remove(&change.resource),
            Err(error) if error.kind() == Kind::Interrupted => {
                outcome.left.push(change.clone());
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
    outcome.left.extend(waiting.into_iter().cloned());
    outcome.interrupted = cancel.is_cancelled() && !outcome.left.is_empty();
    outcome
}

/// Whether nothing that stands before a change is still to be done.
fn may_begin(change: &Change, waiting: &[&Change], running: &[&Change]) -> bool {
    let mut open = waiting.iter().chain(running);
    if change.action == Action::Delete {
        // Only once all else is in place, and after whatever needs it has gone.
        open.all(|other| other.action == Action::Delete && !other.needs.contains(&change.resource))
    } else {
        open.all(|other| other.action == Action::Delete || !change.needs.contains(&other.resource))
    }
}

fn find<'a>(resources: &'a [Box<dyn Resource>], id: &ResourceId) -> Option<&'a dyn Resource> {
    resources.iter().find(|resource| resource.id() == id).map(AsRef::as_ref)
}

fn unlisted(change: &Change) -> Failure {
    let error = CloudError::new(Kind::Failed, "deploy", "planned, and not among the resources");
    Failure { id: Some(change.resource.clone()), error }
}
