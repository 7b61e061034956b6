//! What a deploy has to say while it runs.

use std::time::Duration;

use crate::{Change, CloudError, ResourceId};

/// Told about the steps of a deploy. Every method may be left out.
#[expect(unused_variables, reason = "the names document the methods")]
pub trait Progress: Sync {
    /// `done` of `total` resources have been looked at.
    fn reading(&self, done: usize, total: usize) {}

    /// Work on a resource begins.
    fn started(&self, change: &Change) {}

    /// The platform is still at it: its words for that.
    fn waiting(&self, id: &ResourceId, state: &str) {}

    /// A call failed in a way that passes; it is made again after `pause`.
    fn retrying(&self, id: &ResourceId, error: &CloudError, pause: Duration) {}

    /// A resource is as it shall be.
    fn finished(&self, change: &Change) {}

    /// The user stopped the work on a resource.
    fn stopped(&self, id: &ResourceId) {}

    /// A resource could not be made so.
    fn failed(&self, id: &ResourceId, error: &CloudError) {}
}

/// Nobody listens.
impl Progress for () {}
