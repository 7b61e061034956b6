//! Being told to stop.

use std::{future::Future, io, pin::pin};

use futures_util::future::{Either, select};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::{Instant, sleep_until},
};

/// The signals that mean "stop".
pub(super) struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for the next of them.
    pub(super) async fn requested(&mut self) {
        select(pin!(self.terminate.recv()), pin!(self.interrupt.recv())).await;
    }
}

/// The output of `work`, unless somebody asks again to stop or the time is up.
pub(super) async fn unless<T>(
    work: impl Future<Output = T>,
    again: impl Future<Output = ()>,
    deadline: Instant,
) -> Option<T> {
    let (work, again, late) = (pin!(work), pin!(again), pin!(sleep_until(deadline)));
    match select(work, select(again, late)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}
