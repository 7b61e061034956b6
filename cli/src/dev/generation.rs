//! The processes of one build, all units together, and who is waiting for an answer from them.

use std::{sync::Arc, time::Duration};

use futures_util::future::{join_all, select_all};
use tokio::sync::watch;

use super::dispatch::Dispatch;
use crate::local::process::{Plan, Running};

/// How long a process may take to end once it is told to.
const ENDING: Duration = Duration::from_secs(12);

/// One running build of the service.
#[derive(Debug)]
pub struct Generation {
    /// What the units were started with.
    pub plans: Vec<Plan>,
    units: Vec<Running>,
    dispatch: Dispatch,
    visitors: watch::Sender<usize>,
}

impl Generation {
    /// Units that all listen.
    pub fn new(plans: Vec<Plan>, units: Vec<Running>, dispatch: Dispatch) -> Arc<Self> {
        Arc::new(Self { plans, units, dispatch, visitors: watch::Sender::new(0) })
    }

    /// Comes in; as long as the visit lasts the processes are kept.
    pub fn enter(self: &Arc<Self>) -> Visit {
        self.visitors.send_modify(|count| *count += 1);
        Visit(Arc::clone(self))
    }

    /// The unit that takes a request.
    pub fn unit_for_request(&self, method: &str, path: &str) -> Option<&Running> {
        self.units.get(self.dispatch.unit(method, path))
    }

    /// The unit that holds a function.
    pub fn unit_of_function(&self, function: &str) -> Option<&Running> {
        self.dispatch.unit_of(function).and_then(|unit| self.units.get(unit))
    }

    /// Waits for the first process that ends by itself; says which and how.
    pub async fn first_ended(&self) -> (String, Option<std::process::ExitStatus>) {
        if self.units.is_empty() {
            return std::future::pending().await;
        }
        let endings = self.units.iter().map(|unit| Box::pin(async { (unit.unit.clone(), unit.ended().await) }));
        select_all(endings).await.0
    }

    /// Lets the processes finish what they are answering, for as long as an answer may take; then ends them. What is open
    /// longer is no request any more but a stream, whose reader will connect again to the new processes.
    pub async fn retire(&self) {
        let mut visitors = self.visitors.subscribe();
        let longest = self.plans.iter().map(|plan| plan.timeout).max().unwrap_or_default();
        let _ = tokio::time::timeout(longest, visitors.wait_for(|count| *count == 0)).await;
        self.stop(ENDING).await;
    }

    /// Ends the processes, all at once: after `grace` they are killed.
    pub async fn stop(&self, grace: Duration) {
        join_all(self.units.iter().map(|unit| unit.stop(grace))).await;
    }
}

/// Somebody waits for an answer of this generation.
#[derive(Debug)]
pub struct Visit(Arc<Generation>);

impl std::ops::Deref for Visit {
    type Target = Generation;

    fn deref(&self) -> &Generation {
        &self.0
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.0.visitors.send_modify(|count| *count -= 1);
    }
}
