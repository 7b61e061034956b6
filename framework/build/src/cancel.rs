//! Stopping a build from outside.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use rustix::process::{Pid, Signal, kill_process_group};

/// A handle that stops the builds it was given to: cargo and every compiler it has started. Clones share their state.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<State>);

#[derive(Debug, Default)]
struct State {
    cancelled: AtomicBool,
    group: Mutex<Option<Pid>>,
}

impl Cancel {
    /// A handle nobody has used yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the running build, and every later one that carries this handle.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::SeqCst);
        if let Some(group) = *self.group() {
            terminate(group);
        }
    }

    /// Whether [`Cancel::cancel`] was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::SeqCst)
    }

    /// From now on `cancel` ends this process group.
    pub(crate) fn watch(&self, group: Pid) {
        *self.group() = Some(group);
        // `cancel` may have run between the start of the process and this line.
        if self.is_cancelled() {
            terminate(group);
        }
    }

    /// The process group has ended; its number may soon belong to somebody else.
    pub(crate) fn forget(&self) {
        *self.group() = None;
    }

    fn group(&self) -> std::sync::MutexGuard<'_, Option<Pid>> {
        self.0.group.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks a whole process group to end. It may have ended already, which is just as well.
pub(crate) fn terminate(group: Pid) {
    let _ = kill_process_group(group, Signal::TERM);
}
