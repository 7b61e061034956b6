//! What the compiler says about the user's code.

use cargo_metadata::diagnostic::DiagnosticLevel;
use fx_spec::{Problem, Severity};

/// One message of the compiler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// The first line, without position.
    pub message: String,
    /// The compiler's own drawing, coloured when the build was asked for colour.
    pub rendered: String,
    /// The file, as the compiler names it: relative to the workspace.
    pub file: Option<String>,
    /// 1-based.
    pub line: Option<usize>,
    /// 1-based, in characters.
    pub column: Option<usize>,
}

impl Diagnostic {
    /// `None` for notes that belong to no problem of their own, and for the closing "2 warnings emitted".
    pub(crate) fn from_compiler(message: &cargo_metadata::diagnostic::Diagnostic) -> Option<Self> {
        let severity = match message.level {
            DiagnosticLevel::Error | DiagnosticLevel::Ice => Severity::Error,
            DiagnosticLevel::Warning => Severity::Warning,
            _ => return None,
        };
        let place = message.spans.iter().find(|span| span.is_primary);
        if place.is_none() && message.code.is_none() && is_summary(&message.message) {
            return None;
        }
        Some(Self {
            severity,
            message: message.message.clone(),
            rendered: message.rendered.clone().unwrap_or_else(|| message.message.clone()),
            file: place.map(|span| span.file_name.clone()),
            line: place.map(|span| span.line_start),
            column: place.map(|span| span.column_start),
        })
    }

    /// The same in the shape of all of fx's problems.
    pub fn problem(&self) -> Problem {
        let mut problem = match self.severity {
            Severity::Error => Problem::error("FX0401", &self.message),
            Severity::Warning => Problem::warning("FX0402", &self.message),
        };
        problem.file.clone_from(&self.file);
        problem.line = self.line;
        problem.column = self.column;
        problem
    }
}

/// rustc closes its report with lines that only count the others.
fn is_summary(message: &str) -> bool {
    message.starts_with("aborting due to")
        || message.ends_with("emitted")
        || message.starts_with("For more information")
}
