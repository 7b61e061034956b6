//! How the news of a change gets on its way.

use std::{error::Error, pin::Pin, sync::Arc};

use super::{Activity, Change};
use crate::store::Store;

/// Sends changes to whoever listens.
pub trait Publisher: Send + Sync + 'static {
    /// Sends one.
    fn publish(&self, change: Change) -> Pin<Box<dyn Future<Output = Result<(), PublishError>> + Send + '_>>;
}

/// A change could not be sent.
#[derive(Debug, thiserror::Error)]
#[error("the change could not be published: {0}")]
pub struct PublishError(#[source] Box<dyn Error + Send + Sync>);

/// Without a queue: calls what the message function would call.
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
    fn publish(&self, change: Change) -> Pin<Box<dyn Future<Output = Result<(), PublishError>> + Send + '_>> {
        Box::pin(async move {
            Activity::record(&*self.store, "", change).await.map_err(|error| PublishError(error.into()))?;
            Ok(())
        })
    }
}
