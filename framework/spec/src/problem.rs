//! One shape for everything fx has to say about a user's file.

use std::{ops::Range, sync::Arc};

use serde::Serialize;

/// A byte range in a [`SourceFile`].
pub type Span = Range<usize>;

/// How bad it is: an error stops the command, a warning does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The command cannot go on.
    Error,
    /// Worth knowing; the command goes on.
    Warning,
}

/// A text file of the user's, under the name the user knows it by.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// As shown to people: usually relative to where the command was typed.
    pub name: String,
    /// The whole text.
    pub text: Arc<str>,
}

/// One problem found in a user's file, with its place and its remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Error or warning.
    pub severity: Severity,
    /// Stable code, `FX0103`. FX01xx: f.yml; FX02xx: the code against f.yml; FX03xx: what a target cannot do; FX04xx: building.
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The file, as shown to people.
    pub file: Option<String>,
    /// 1-based.
    pub line: Option<usize>,
    /// 1-based, in characters.
    pub column: Option<usize>,
    /// Where in the file's bytes, for drawing the underline.
    #[serde(skip)]
    pub span: Option<Span>,
}

impl Problem {
    /// An error without a place yet.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message.into())
    }

    /// A warning without a place yet.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message.into())
    }

    fn new(severity: Severity, code: &'static str, message: String) -> Self {
        Self { severity, code, message, help: None, file: None, line: None, column: None, span: None }
    }

    /// Adds the remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Remembers a place whose line and column are worked out later, for many problems at once.
    #[must_use]
    pub(crate) fn within(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Points at a place: line and column are worked out from the text, in characters.
    #[must_use]
    pub fn at(mut self, source: &SourceFile, span: Span) -> Self {
        let mut start = span.start.min(source.text.len());
        while !source.text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &source.text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        self.file = Some(source.name.clone());
        self.line = Some(before.matches('\n').count() + 1);
        self.column = Some(before[line_start..].chars().count() + 1);
        self.span = Some(span);
        self
    }
}
