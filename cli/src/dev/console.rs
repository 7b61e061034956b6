//! The terminal of `fx dev`: lines scroll by, the progress display stays at the bottom.

use std::{
    fmt::Display,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Output;

/// Where there is no progress display, a long step says this often how far it is.
const PACE: Duration = Duration::from_secs(10);

/// Lines and a progress display that do not write over each other.
#[derive(Debug)]
pub struct Console {
    output: Output,
    bar: Mutex<Option<ProgressBar>>,
    told: Mutex<Option<Instant>>,
}

impl Console {
    /// A console on this output.
    pub fn new(output: Output) -> Self {
        Self { output, bar: Mutex::new(None), told: Mutex::new(None) }
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

    /// A step begins: also a log, where nothing spins, gets to know.
    pub fn begin(&self, text: &str) {
        self.progress(text);
        if self.is_log() {
            *self.told.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            self.note(text);
        }
    }

    /// How far a step is, for a log: now and then only.
    pub fn meanwhile(&self, text: impl FnOnce() -> String) {
        let is_due = || due(&mut self.told.lock().unwrap_or_else(PoisonError::into_inner), Instant::now());
        if self.is_log() && is_due() {
            self.note(text());
        }
    }

    fn is_log(&self) -> bool {
        !self.output.terminal() && !self.output.is_json()
    }

    /// Takes the progress display away.
    pub fn progress_done(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}

/// Whether it is time for another line, which is then counted as written.
fn due(told: &mut Option<Instant>, now: Instant) -> bool {
    let due = told.is_none_or(|told| now.duration_since(told) >= PACE);
    if due {
        *told = Some(now);
    }
    due
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_hears_of_a_long_step_now_and_then() {
        let start = Instant::now();
        let mut told = Some(start);
        let lines: Vec<u64> = (0..35).filter(|second| due(&mut told, start + Duration::from_secs(*second))).collect();
        assert_eq!(lines, [10, 20, 30]);
    }
}
