//! One after the other, where AWS loses one of two changes that come at once.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::OwnedMutexGuard;

use super::Api;

/// Whose turn it is, for each thing that has turns.
#[derive(Default)]
pub(super) struct Turns(Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>);

impl Api {
    /// Waits until nobody else of this process changes a thing. The turn ends with what comes back.
    pub async fn turn(&self, thing: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(turns.entry(thing.to_owned()).or_default())
        };
        turn.lock_owned().await
    }
}
