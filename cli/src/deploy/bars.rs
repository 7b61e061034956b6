//! How far a deploy is, on stderr: a spinner for each resource that is being worked on, a line for each that is done.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use fx_deploy::{Change, CloudError, Progress, ResourceId};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::Output;

/// The bars of one deploy.
#[derive(Debug)]
pub struct Bars {
    output: Output,
    all: MultiProgress,
    reading: Mutex<Option<ProgressBar>>,
    working: Mutex<BTreeMap<ResourceId, (ProgressBar, String)>>,
}

impl Bars {
    /// Bars on a terminal, lines in a log, nothing with `--json`.
    pub fn new(output: Output) -> Self {
        let all = MultiProgress::new();
        if !output.terminal() || output.is_json() {
            all.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self { output, all, reading: Mutex::default(), working: Mutex::default() }
    }

    /// Says what is waited for, until it is taken away or there is something else to say.
    pub fn wait(&self, text: &str) {
        let mut bar = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        match &*bar {
            Some(bar) => bar.set_message(text.to_owned()),
            None => *bar = Some(self.spinner(text.to_owned())),
        }
    }

    /// Takes away what is still drawn.
    pub fn clear(&self) {
        if let Some(bar) = self.reading.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }

    fn spinner(&self, text: String) -> ProgressBar {
        let bar = self.all.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg} {elapsed:.dim}") {
            bar.set_style(style);
        }
        bar.set_message(text);
        bar.enable_steady_tick(Duration::from_millis(100));
        bar
    }

    /// A line for people beside the bars.
    pub fn line(&self, text: &str) {
        if !self.output.is_json() {
            self.all.suspend(|| self.output.note(text));
        }
    }

    /// Says more about a resource that is being worked on.
    fn say(&self, id: &ResourceId, more: &str) {
        if let Some((bar, text)) = self.working.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
            bar.set_message(format!("{text}: {more}"));
        }
    }

    /// Takes a bar away, and gives back what it said: the change and its resource.
    fn end(&self, id: &ResourceId) -> String {
        match self.working.lock().unwrap_or_else(PoisonError::into_inner).remove(id) {
            Some((bar, text)) => {
                bar.finish_and_clear();
                text
            }
            None => id.to_string(),
        }
    }
}

impl Progress for Bars {
    fn reading(&self, done: usize, total: usize) {
        self.wait(&format!("looking at what is there {done}/{total}"));
    }

    fn started(&self, change: &Change) {
        let text = format!("{} {}", change.action, change.resource);
        let bar = self.spinner(text.clone());
        self.working.lock().unwrap_or_else(PoisonError::into_inner).insert(change.resource.clone(), (bar, text));
    }

    fn waiting(&self, id: &ResourceId, state: &str) {
        self.say(id, state);
    }

    fn retrying(&self, id: &ResourceId, error: &CloudError, pause: Duration) {
        let text = format!("{error}; trying again in {:.1} s", pause.as_secs_f64());
        self.say(id, &text);
        if !self.output.terminal() {
            self.line(&format!("  {id}: {text}"));
        }
    }

    fn finished(&self, change: &Change) {
        self.end(&change.resource);
        self.line(&format!("  ✓ {} {}", change.action, change.resource));
    }

    fn stopped(&self, id: &ResourceId) {
        let text = self.end(id);
        self.line(&format!("  – {text}: not confirmed"));
    }

    /// Why is said at the end, with what to do about it.
    fn failed(&self, id: &ResourceId, _: &CloudError) {
        let text = self.end(id);
        self.line(&format!("  ✗ {text}"));
    }
}
