//! AWS on this machine.

use std::{fmt, io, sync::Arc};

use tokio::task::JoinHandle;

use crate::{
    front::Front,
    moto::{self, Account},
    proxy::{Fault, Proxy},
    visits::Runner,
};

/// The platform, with one account. It is gone when this is dropped.
pub struct Stub {
    proxy: Proxy,
    front: Arc<Front>,
    task: JoinHandle<()>,
}

impl fmt::Debug for Stub {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Stub").field("address", &self.proxy.address).finish()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.task.abort();
        self.front.close();
    }
}

impl Stub {
    /// Starts one on a port of its own, with an account of its own. `runner` runs what is deployed.
    pub async fn start(runner: Option<Arc<dyn Runner>>) -> io::Result<Self> {
        let front = Arc::new(Front::new(moto::account().await, runner));
        let (proxy, task) = Proxy::serve(Some(front.clone())).await?;
        Ok(Self { proxy, front, task })
    }

    /// Where it listens: for AWS_ENDPOINT_URL.
    pub fn endpoint(&self) -> String {
        self.proxy.address.clone()
    }

    /// The account that everything is in: its keys, and what somebody does there by hand.
    pub fn account(&self) -> &Account {
        &self.front.account
    }

    /// What notes and stops calls.
    pub fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    /// Makes the next calls of an operation go wrong, one after the other.
    pub fn fail(&self, operation: &str, faults: impl IntoIterator<Item = Fault>) {
        self.proxy.fail(operation, faults);
    }

    /// The writing calls since the last time: `CreateFunction shop`.
    pub fn take_writes(&self) -> Vec<String> {
        self.proxy.take_writes()
    }

    /// Whether there is nothing that a deploy makes. Its log groups and its bucket for packages stay.
    pub async fn is_empty(&self) -> bool {
        let account = self.account();
        account.functions().await.is_empty()
            && account.roles().await.is_empty()
            && account.rules().await.is_empty()
            && account.apis().await.is_empty()
    }
}
