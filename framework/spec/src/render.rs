//! Draws a problem the way rustc does.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::problem::{Problem, Severity, SourceFile};

/// One problem as text: heading with code, ` --> f.yml:LINE:COL`, the line itself, help. No line break at the end.
pub fn render(problem: &Problem, source: Option<&SourceFile>, colour: bool) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(problem.message.as_str()).id(problem.code);
    let drawn = source.filter(|source| problem.file.as_ref() == Some(&source.name)).zip(problem.span.clone());
    let main = match (drawn, &problem.file) {
        (Some((source, span)), _) => {
            let span = first_line(&source.text, span);
            title.element(
                Snippet::source(source.text.as_ref())
                    .path(source.name.as_str())
                    .annotation(AnnotationKind::Primary.span(span)),
            )
        }
        (None, Some(file)) => {
            let mut origin = Origin::path(file.as_str());
            if let Some(line) = problem.line {
                origin = origin.line(line);
                if let Some(column) = problem.column {
                    origin = origin.char_column(column);
                }
            }
            title.element(origin)
        }
        (None, None) => Group::with_title(title),
    };
    let mut report = vec![main];
    if let Some(help) = &problem.help {
        report.push(Group::with_title(Level::HELP.secondary_title(help.as_str())));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&report)
}

/// A map or a long text is shown by its first line; nothing at all by the character behind it.
fn first_line(text: &str, span: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let boundary = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (boundary(span.start), boundary(span.end.max(span.start)));
    let inside = text.get(start..end).unwrap_or_default();
    let length = inside.find(['\n', '\r']).unwrap_or(inside.len());
    start..start + length
}
