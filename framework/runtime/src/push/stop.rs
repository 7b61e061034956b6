//! Being told to stop.

use std::{
    future::{Future, pending},
    io,
    pin::pin,
    thread,
};

use futures_util::future::{Either, select};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::oneshot,
    time::{Instant, sleep_until},
};

/// What means "stop": two signals, and the end of the process that this one belongs to.
pub(crate) struct Stop {
    terminate: Signal,
    interrupt: Signal,
    orphaned: Option<oneshot::Receiver<()>>,
}

impl Stop {
    /// `with_parent`: standard input is a pipe that some process holds open as long as it lives.
    pub(crate) fn listen(with_parent: bool) -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            orphaned: with_parent.then(end_of_input).transpose()?,
        })
    }

    /// Waits for the next of them.
    pub(crate) async fn requested(&mut self) {
        let (terminate, interrupt) = (pin!(self.terminate.recv()), pin!(self.interrupt.recv()));
        let orphaned = async {
            match &mut self.orphaned {
                Some(end) => drop(end.await),
                None => pending().await,
            }
        };
        if let Either::Right(_) = select(select(terminate, interrupt), pin!(orphaned)).await {
            // It happens only once.
            self.orphaned = None;
        }
    }
}

/// Completes when nobody holds the other end of standard input any more. The thread that waits for it sleeps in the system.
fn end_of_input() -> io::Result<oneshot::Receiver<()>> {
    let (end, ended) = oneshot::channel();
    thread::Builder::new().name("parent".into()).spawn(move || {
        // A pipe that cannot be read is no sign of life either.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ = end.send(());
    })?;
    Ok(ended)
}

/// The output of `work`, unless somebody asks again to stop or the time is up.
pub(crate) async fn unless<T>(
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
