//! Draws a problem the way rustc does.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::problem::{Problem, Severity, SourceFile};

/// Longer lines are not drawn: nobody could read them, and trimming them takes long.
const LONGEST_LINE: usize = 2_000;

/// One problem as text: heading with code, ` --> f.yml:LINE:COL`, the line itself, help. No line break at the end.
pub fn render(problem: &Problem, source: Option<&SourceFile>, colour: bool) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(problem.message.as_str()).id(problem.code);
    let drawn = source.filter(|source| problem.file.as_ref() == Some(&source.name)).zip(problem.span.clone());
    let drawn = drawn.map(|(source, span)| (source, first_line(&source.text, span)));
    let main = match (drawn, &problem.file) {
        (Some((source, (line, span))), _) if line.len() <= LONGEST_LINE => title.element(
            // Only the one line: drawing the problems of a long file costs no more than those of a short one.
            Snippet::source(line)
                .line_start(problem.line.unwrap_or(1))
                .path(source.name.as_str())
                .annotation(AnnotationKind::Primary.span(span)),
        ),
        (_, Some(file)) => {
            let mut origin = Origin::path(file.as_str());
            if let Some(line) = problem.line {
                origin = origin.line(line);
                if let Some(column) = problem.column {
                    origin = origin.char_column(column);
                }
            }
            title.element(origin)
        }
        (_, None) => Group::with_title(title),
    };
    let mut report = vec![main];
    if let Some(help) = &problem.help {
        report.push(Group::with_title(Level::HELP.secondary_title(help.as_str())));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&report)
}

/// The line a span begins in, and the part of it that belongs to the span: a map or a long text is shown by its first line.
fn first_line(text: &str, span: std::ops::Range<usize>) -> (&str, std::ops::Range<usize>) {
    let boundary = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (boundary(span.start), boundary(span.end.max(span.start)));
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[line_start..].split('\n').next().unwrap_or_default();
    let line = line.strip_suffix('\r').unwrap_or(line);
    let line_end = line_start + line.len();
    (line, start.min(line_end) - line_start..end.min(line_end) - line_start)
}
