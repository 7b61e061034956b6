//! Collects what is wrong with a file, and gives every problem its line at the end, in one pass over the text.

use std::collections::HashSet;

use crate::problem::{Problem, Severity, SourceFile};

/// More problems than anybody reads; the bound keeps hostile files cheap.
const MAX_PROBLEMS: usize = 200;
const LONG: usize = 20;

#[derive(Default)]
pub(crate) struct Problems {
    found: Vec<Problem>,
    once: HashSet<(&'static str, String)>,
}

impl Problems {
    pub(crate) fn push(&mut self, problem: Problem) {
        if !self.is_full() {
            self.found.push(problem);
        }
    }

    /// Reports what would say the same words in many places only at the first of them.
    pub(crate) fn push_once(&mut self, problem: Problem) {
        if !self.is_full() && self.once.insert((problem.code, problem.message.clone())) {
            self.found.push(problem);
        }
    }

    /// Whether anything found so far is an error.
    pub(crate) fn has_errors(&self) -> bool {
        self.found.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Whether there are so many that suggestions help no more.
    pub(crate) fn is_long(&self) -> bool {
        self.found.len() >= LONG
    }

    /// Whether looking for more is a waste of time.
    pub(crate) fn is_full(&self) -> bool {
        self.found.len() >= MAX_PROBLEMS
    }

    /// All problems, placed and in the order of the file; those without a place come last.
    pub(crate) fn finish(self, source: &SourceFile) -> Vec<Problem> {
        let mut found = self.found;
        found.sort_by_key(|problem| (problem.span.as_ref().map_or(usize::MAX, |span| span.start), problem.severity));
        let mut placed = Vec::with_capacity(found.len());
        let mut place = Place::default();
        for problem in found {
            placed.push(match problem.span.clone() {
                Some(span) => place.put(problem, source, span.start),
                None => Problem { file: Some(source.name.clone()), ..problem },
            });
        }
        placed
    }
}

/// Walks forward through the text, counting lines and characters.
#[derive(Default)]
struct Place {
    at: usize,
    line: usize,
    column: usize,
}

impl Place {
    fn put(&mut self, mut problem: Problem, source: &SourceFile, start: usize) -> Problem {
        let mut start = start.min(source.text.len());
        while !source.text.is_char_boundary(start) {
            start -= 1;
        }
        for c in source.text.get(self.at..start).unwrap_or_default().chars() {
            if c == '\n' {
                self.line += 1;
                self.column = 0;
            } else {
                self.column += 1;
            }
        }
        self.at = self.at.max(start);
        problem.file = Some(source.name.clone());
        problem.line = Some(self.line + 1);
        problem.column = Some(self.column + 1);
        problem
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes;

    #[test]
    fn places_are_the_same_as_one_by_one() {
        let source = SourceFile { name: "f.yml".into(), text: "名: 字\r\nb: c\r\n\r\n d: é x\n".into() };
        let mut problems = Problems::default();
        for start in (0..source.text.len() + 3).rev() {
            problems.push(Problem::error(codes::VALUE, "x").within(start..start + 1));
        }
        for problem in problems.finish(&source) {
            let span = problem.span.clone().unwrap_or_default();
            let alone = Problem::error(codes::VALUE, "x").at(&source, span);
            assert_eq!((problem.line, problem.column), (alone.line, alone.column));
        }
    }
}
