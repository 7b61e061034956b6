//! What was done, and what was not.

use crate::{Change, CloudError, Known, ResourceId};

/// Why it did not go on.
#[derive(Debug)]
pub struct Failure {
    /// The resource it failed at; `None`: none in particular.
    pub id: Option<ResourceId>,
    /// The platform's answer.
    pub error: CloudError,
}

/// The end of a deploy, good or bad.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Changes that were made, in the order in which they were finished.
    pub done: Vec<Change>,
    /// Changes that could not be made.
    pub failed: Vec<Failure>,
    /// Changes that the user stopped on their way: perhaps they are made, and the platform is still at it.
    pub begun: Vec<Change>,
    /// Changes that were not begun, since something before them failed or the user stopped.
    pub left: Vec<Change>,
    /// What is known of the resources now.
    pub known: Known,
    /// The user stopped it.
    pub interrupted: bool,
}

impl Outcome {
    /// Whether everything is as it shall be.
    pub fn is_success(&self) -> bool {
        self.failed.is_empty() && self.begun.is_empty() && self.left.is_empty()
    }
}
