//! Interpolation of values, after parsing.

use super::Checker;
use crate::{
    codes,
    expression::{ExpressionError, parts},
    problem::{Problem, Span},
    service::Piece,
    yaml::{MAX_BYTES, Node, Scalar, Value},
};

impl Checker<'_, '_> {
    /// A value with its variables filled in. Nothing = it is not known (reported, unless this part is only looked over).
    pub(super) fn interpolate(&mut self, node: &Node) -> Option<Node> {
        let Value::Scalar(scalar) = &node.value else { return Some(node.clone()) };
        if !scalar.text.contains("${") {
            return Some(node.clone());
        }
        let (parts, errors) = parts(&scalar.text);
        let mut known = errors.is_empty();
        self.report(errors, node, scalar);
        let alone = parts.len() == 1;
        let mut text = String::new();
        for (piece, range) in parts {
            let wrong = match piece {
                Piece::Text(literal) => {
                    text.push_str(&literal);
                    continue;
                }
                Piece::Env { name, default } => {
                    match (self.variables)(&name).filter(|value| !value.is_empty()).or(default) {
                        Some(value) => {
                            if text.len() <= MAX_BYTES {
                                text.push_str(&value);
                            }
                            continue;
                        }
                        None if self.only_looking => None,
                        None => Some(
                            Problem::error(codes::UNSET, format!("the environment variable {name} is not set"))
                                .help(format!("set {name}, or give a default: `${{env.{name}:-default}}`")),
                        ),
                    }
                }
                Piece::Secret(name) => Some(
                    Problem::error(codes::EXPRESSION, format!("the secret {name} would end up in the artifact"))
                        .help("secrets stand under `environment` only"),
                ),
            };
            known = false;
            if let Some(problem) = wrong
                && !self.problems.is_full()
            {
                let span = self.inside(node, &scalar.text, range);
                self.problems.push(problem.within(span));
            }
        }
        if text.len() > MAX_BYTES {
            let problem = Problem::error(codes::TOO_LARGE, "the value becomes longer than fx reads")
                .help(format!("at most {MAX_BYTES} bytes"));
            self.problems.push(problem.within(node.span.clone()));
            return None;
        }
        // A lone `"${env.X}"` needs its quotes inside `{ }`; they do not make a number text.
        known.then(|| Node::scalar(text, scalar.plain || alone, node.span.clone()))
    }

    /// Expressions of a value that stays an expression: only their form is looked at.
    pub(super) fn expressions(&mut self, node: &Node) {
        if let Value::Scalar(scalar) = &node.value {
            let (_, errors) = parts(&scalar.text);
            self.report(errors, node, scalar);
        }
    }

    fn report(&mut self, errors: Vec<ExpressionError>, node: &Node, scalar: &Scalar) {
        for error in errors {
            if self.problems.is_full() {
                return;
            }
            let span = self.inside(node, &scalar.text, error.range);
            self.problems.push(Problem::error(codes::EXPRESSION, error.message).help(error.help).within(span));
        }
    }

    /// Where a piece of a value's text stands in the file; the whole value when quotes or folding changed the text.
    pub(super) fn inside(&self, node: &Node, text: &str, range: std::ops::Range<usize>) -> Span {
        place_inside(self.source, node, text, range)
    }
}

const LONG_TEXT: usize = 2_000;

/// Where `text[range]` stands in the file, `text` being the value of `node`.
pub(crate) fn place_inside(source: &str, node: &Node, text: &str, range: std::ops::Range<usize>) -> Span {
    let (Some(raw), Some(wanted)) = (source.get(node.span.clone()), text.get(range.clone())) else {
        return node.span.clone();
    };
    // As it stands or between quotes; a long text in another form is not worth the search for all of it.
    let whole = [0, 1].into_iter().find(|skip| raw.get(*skip..).is_some_and(|raw| raw.starts_with(text)));
    let whole = whole.or_else(|| if raw.len() < LONG_TEXT { raw.find(text) } else { None });
    let offset = match whole {
        Some(start) => Some(start + range.start),
        // Escapes or folding: the piece itself is usually still there word for word.
        None => (!wanted.is_empty()).then(|| raw.find(wanted)).flatten(),
    };
    match offset {
        Some(offset) => node.span.start + offset..node.span.start + offset + wanted.len(),
        None => node.span.clone(),
    }
}
