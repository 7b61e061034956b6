//! The terminal of `fx dev`: lines scroll by, the progress display stays at the bottom.

use std::{
    fmt::Display,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Output;

/// Lines and a progress display that do not write over each other.
#[derive(Debug)]
pub struct Console {
    output: Output,
    bar: Mutex<Option<ProgressBar>>,
}

impl Console {
    /// A console on this output.
    pub fn new(output: Output) -> Self {
        Self { output, bar: Mutex::new(None) }
    }

    /// Where it writes.
    pub fn output(&self) -> &Output {
        &self.output
    }

    /// Writes something while the progress display steps aside.
    pub fn print(&self, write: impl FnOnce(&Output)) {
        let bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        match bar.as_ref() {
            Some(bar) => bar.suspend(|| write(&self.output)),
            None => write(&self.output),
        }
    }

    /// A line on stderr.
    pub fn note(&self, text: impl Display) {
        self.print(|output| output.note(text));
    }

    /// Says what is going on: a spinner on a terminal; elsewhere nothing, as steps are told by lines of their own.
    pub fn progress(&self, text: impl Into<String>) {
        if !self.output.terminal() || self.output.is_json() {
            return;
        }
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = bar.get_or_insert_with(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed:.dim}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        bar.set_message(text.into());
    }

    /// Takes the progress display away.
    pub fn progress_done(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}
