//! What a build has to say while it runs.

use std::sync::{Mutex, PoisonError};

use crate::Diagnostic;

/// Told about the steps of a build, from several threads. Every method may be left out.
#[expect(unused_variables, reason = "the names document the methods")]
pub trait Progress: Sync {
    /// Something has changed since this unit's last build: cargo is about to run.
    fn started(&self, unit: &str) {}

    /// Another cargo or fx is using the target folder.
    fn waiting(&self, unit: &str) {}

    /// `crate_name` is being compiled; `done` of `total` steps are behind us.
    fn compiling(&self, unit: &str, crate_name: &str, done: usize, total: Option<usize>) {}

    /// The compiler warned about the user's code.
    fn warning(&self, unit: &str, warning: &Diagnostic) {}

    /// The unit is there. `fresh`: nothing had changed, and cargo was not called.
    fn finished(&self, unit: &str, fresh: bool) {}
}

/// Nobody listens.
impl Progress for () {}

/// Passes everything on, but each warning only once: cargo repeats a library's warnings for every unit built on it.
pub(crate) struct Once<'a> {
    inner: &'a dyn Progress,
    seen: Mutex<Vec<Diagnostic>>,
}

impl<'a> Once<'a> {
    pub(crate) fn new(inner: &'a dyn Progress) -> Self {
        Self { inner, seen: Mutex::default() }
    }
}

impl Progress for Once<'_> {
    fn started(&self, unit: &str) {
        self.inner.started(unit);
    }

    fn waiting(&self, unit: &str) {
        self.inner.waiting(unit);
    }

    fn compiling(&self, unit: &str, crate_name: &str, done: usize, total: Option<usize>) {
        self.inner.compiling(unit, crate_name, done, total);
    }

    fn warning(&self, unit: &str, warning: &Diagnostic) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.contains(warning) {
            seen.push(warning.clone());
            self.inner.warning(unit, warning);
        }
    }

    fn finished(&self, unit: &str, fresh: bool) {
        self.inner.finished(unit, fresh);
    }
}
