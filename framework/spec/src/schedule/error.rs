//! What is wrong with a schedule, and where inside its text.

use std::ops::Range;

/// What is wrong with a schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ScheduleError {
    /// In one sentence without a full stop.
    pub message: String,
    /// What to write instead.
    pub help: String,
    /// The offending bytes inside the text.
    pub range: Range<usize>,
}

impl ScheduleError {
    pub(super) fn new(range: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into(), range }
    }

    /// The same error in a text that begins `offset` bytes earlier.
    pub(super) fn moved(mut self, offset: usize) -> Self {
        self.range = self.range.start + offset..self.range.end + offset;
        self
    }
}
