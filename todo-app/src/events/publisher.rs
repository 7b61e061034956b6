//! How the news of a change gets on its way.

use std::{error::Error, pin::Pin, sync::Arc};

use super::{Activity, Change};
use crate::store::Store;

/// Sends changes to whoever listens.
pub trait Publisher: Send + Sync + 'static {
    /// Sends some. All at once, for an import or a purge has hundreds of them.
    fn publish(&self, changes: Vec<Change>) -> Pin<Box<dyn Future<Output = Result<(), PublishError>> + Send + '_>>;
}

/// Changes could not be sent.
#[derive(Debug, thiserror::Error)]
#[error("the changes could not be published: {0}")]
pub struct PublishError(#[source] Box<dyn Error + Send + Sync>);

/// Without a queue: does what the message function would do.
pub struct DirectPublisher {
    store: Arc<dyn Store>,
}

impl DirectPublisher {
    /// Delivers into this store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }
}

impl Publisher for DirectPublisher {
    fn publish(&self, changes: Vec<Change>) -> Pin<Box<dyn Future<Output = Result<(), PublishError>> + Send + '_>> {
        Box::pin(async move {
            let activities = changes.into_iter().map(Activity::from).collect();
            self.store.add_activities(activities).await.map_err(|error| PublishError(error.into()))
        })
    }
}
