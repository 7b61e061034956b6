//! What the service is right now. The supervisor posts it; proxy and control read it.

use std::sync::Arc;

use tokio::sync::watch;

use super::generation::{Generation, Visit};
use crate::output::Report;

/// What the service is right now.
#[derive(Debug, Clone)]
pub enum Stage {
    /// Nothing can answer yet; the text says what is going on.
    Waiting(&'static str),
    /// These processes answer.
    Ready(Arc<Generation>),
    /// Something has to be mended first.
    Broken(Arc<Report>),
}

/// What a reader finds on the board.
#[derive(Debug)]
pub enum Seen {
    /// See [`Stage::Waiting`].
    Waiting(&'static str),
    /// Processes that answer, entered: they are not stopped before the visit ends.
    Ready(Visit),
    /// See [`Stage::Broken`].
    Broken(Arc<Report>),
}

#[derive(Debug)]
struct Posted {
    version: u64,
    stage: Stage,
}

/// The writing side.
#[derive(Debug)]
pub struct Board(watch::Sender<Posted>);

/// A reading side.
#[derive(Debug, Clone)]
pub struct Reader(watch::Receiver<Posted>);

impl Board {
    /// A board on which nothing is ready yet.
    pub fn new(stage: Stage) -> Self {
        Self(watch::Sender::new(Posted { version: 0, stage }))
    }

    /// Replaces what is on the board; returns what stood there.
    pub fn post(&self, stage: Stage) -> Stage {
        let mut before = stage;
        self.0.send_modify(|posted| {
            posted.version += 1;
            std::mem::swap(&mut posted.stage, &mut before);
        });
        before
    }

    /// A reader.
    pub fn reader(&self) -> Reader {
        Reader(self.0.subscribe())
    }
}

impl Reader {
    /// What is on the board, and its version. Looking and entering are one step, so that the supervisor never sees
    /// processes without visitors between the two.
    pub fn look(&mut self) -> (u64, Seen) {
        let posted = self.0.borrow_and_update();
        let seen = match &posted.stage {
            Stage::Waiting(what) => Seen::Waiting(what),
            Stage::Ready(generation) => Seen::Ready(generation.enter()),
            Stage::Broken(report) => Seen::Broken(Arc::clone(report)),
        };
        (posted.version, seen)
    }

    /// Waits for something new; `false` when the supervisor is gone.
    pub async fn changed(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }

    /// Waits until the board is past `version`.
    pub async fn past(&mut self, version: u64) {
        let _ = self.0.wait_for(|posted| posted.version != version).await;
    }
}
