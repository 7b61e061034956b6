//! Problems on their way to the user.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use fx_spec::{Problem, Severity, SourceFile};
use serde::Serialize;

/// Problems, the files they point into, and the compiler's own words when it was the compiler that objected.
#[derive(Debug, Default, Clone)]
pub struct Report {
    problems: Vec<Problem>,
    sources: Vec<SourceFile>,
    compiler: Option<String>,
}

/// A report for programs.
#[derive(Debug, Serialize)]
pub struct Problems<'a> {
    /// What stops the command.
    problems: Vec<&'a Problem>,
    /// What does not.
    warnings: Vec<&'a Problem>,
}

impl Report {
    /// Adds problems.
    pub fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        self.problems.extend(problems);
    }

    /// Adds a file that problems may point into.
    pub fn source(&mut self, source: SourceFile) {
        if !self.sources.iter().any(|known| known.name == source.name) {
            self.sources.push(source);
        }
    }

    /// What the compiler printed; people see that instead of the problems, which say the same in fewer words.
    #[must_use]
    pub fn with_compiler_output(mut self, text: String) -> Self {
        self.compiler = Some(text);
        self
    }

    /// Sorts by place (f.yml first, as it was added first) and drops what is said twice, as several targets do.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        let rank = |problem: &Problem| {
            let file =
                problem.file.as_deref().and_then(|file| self.sources.iter().position(|known| known.name == file));
            (file.unwrap_or(usize::MAX), problem.line, problem.column, problem.severity, problem.code)
        };
        self.problems.sort_by_key(rank);
        let mut kept: Vec<Problem> = Vec::with_capacity(self.problems.len());
        for problem in self.problems {
            if !kept.contains(&problem) {
                kept.push(problem);
            }
        }
        self.problems = kept;
        self
    }

    /// The same, said of one of several.
    #[must_use]
    pub fn said_of(mut self, name: &str) -> Self {
        for problem in &mut self.problems {
            problem.message.insert_str(0, &format!("{name}: "));
        }
        self
    }

    /// Whether anything is an error.
    pub fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    /// The errors.
    pub fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| problem.severity == Severity::Error)
    }

    /// The warnings.
    pub fn warnings(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| problem.severity == Severity::Warning)
    }

    /// `{problems, warnings}`.
    pub fn data(&self) -> Problems<'_> {
        Problems { problems: self.errors().collect(), warnings: self.warnings().collect() }
    }

    /// For a terminal or a page; `None` when there is nothing to say.
    pub fn render(&self, colour: bool) -> Option<String> {
        if self.problems.is_empty() {
            return None;
        }
        if let Some(compiler) = &self.compiler {
            return Some(compiler.clone());
        }
        let mut text = String::new();
        for problem in &self.problems {
            let source = self.sources.iter().find(|source| Some(&source.name) == problem.file.as_ref());
            let drawn = match problem.file {
                Some(_) => fx_spec::render(problem, source, colour),
                None => placeless(problem, colour),
            };
            text.push_str(drawn.trim_end());
            // A drawing ends with an empty line, so that the next one stands apart.
            text.push_str(if problem.file.is_some() { "\n\n" } else { "\n" });
        }
        Some(text)
    }
}

/// A problem that has to do with no file: two lines are enough.
fn placeless(problem: &Problem, colour: bool) -> String {
    let (word, word_colour) = match problem.severity {
        Severity::Error => ("error", AnsiColor::BrightRed),
        Severity::Warning => ("warning", AnsiColor::Yellow),
    };
    let (word_style, bold) = (word_colour.on_default().bold(), Style::new().bold());
    let mut text = format!("{word_style}{word}[{}]{word_style:#}{bold}: {}{bold:#}", problem.code, problem.message);
    if let Some(help) = &problem.help {
        let style = AnsiColor::BrightCyan.on_default().bold();
        let _ = write!(text, "\n{style}help{style:#}: {help}");
    }
    if colour { text } else { anstream::adapter::strip_str(&text).to_string() }
}

impl From<Problem> for Report {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem], ..Self::default() }
    }
}
