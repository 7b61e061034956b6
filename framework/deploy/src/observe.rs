//! Reading what exists.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};

use crate::{
    Actual, Cancel, CloudError, Failure, Known, Patience, Progress, Resource, ResourceId,
    order::levels,
    resource::Pending,
    retry::{Clock, Pauses},
};

/// How many calls are under way at once.
pub(crate) const PARALLEL: usize = 6;

/// What exists of the resources that were asked for.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// Those that exist.
    pub actual: BTreeMap<ResourceId, Actual>,
    /// What the platform has said about them.
    pub known: Known,
}

/// Reads all resources; what others need first. Nothing is written.
pub async fn observe(
    resources: &[Box<dyn Resource>],
    patience: &Patience,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<Observed, Failure> {
    let clock = Clock::start(patience, cancel);
    let list: Vec<_> = resources.iter().map(|resource| (resource.id(), resource.needs())).collect();
    let levels = levels(&list).map_err(|error| Failure::cycle(&error))?;
    let find = |id: &ResourceId| resources.iter().find(|resource| resource.id() == id);
    let mut observed = Observed::default();
    let mut done = 0;
    for level in levels {
        let known = observed.known.clone();
        let reads = level.into_iter().filter_map(find).map(|resource| {
            let known = &known;
            async move { (resource.id(), read(resource.as_ref(), known, clock, progress).await) }
        });
        let mut reads = stream::iter(reads).buffer_unordered(PARALLEL);
        while let Some((id, result)) = reads.next().await {
            clock.go_on("reading").map_err(|error| Failure { id: None, error })?;
            done += 1;
            progress.reading(done, resources.len());
            let actual = result.map_err(|error| Failure { id: Some(id.clone()), error })?;
            if let Some(actual) = actual {
                observed.known.insert(id.clone(), actual.outputs.clone());
                observed.actual.insert(id.clone(), actual);
            }
        }
    }
    Ok(observed)
}

/// Reads one resource, again if need be.
pub(crate) fn read<'a>(
    resource: &'a dyn Resource,
    known: &'a Known,
    clock: Clock<'a>,
    progress: &'a dyn Progress,
) -> Pending<'a, Option<Actual>> {
    Box::pin(async move {
        let mut pauses = Pauses::new(clock);
        loop {
            match resource.read(known).await {
                Err(error) if error.is_temporary() => pauses.after(error, resource.id(), progress).await?,
                result => return result,
            }
        }
    })
}

impl Failure {
    fn cycle(error: &crate::CycleError) -> Self {
        let error = CloudError::new(crate::Kind::Failed, "deploy", error.to_string());
        Self { id: None, error }
    }
}
