//! `handler:` ⇄ `#[func]`, by name.

use fx_spec::{Problem, SourceFile, service::Function};
use fx_syntax::{EventKind, nearest};

use crate::scan::{FoundFunction, Scan, codes};

/// How many names a message lists.
const LISTED: usize = 8;

pub(super) fn compare(functions: &[&Function], document: &SourceFile, scan: &Scan) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut suggested: Vec<&str> = Vec::new();
    for function in functions {
        let handler = function.handler.value.as_str();
        if scan.function(handler).is_some() {
            continue;
        }
        let close = nearest(handler, scan.functions.iter().map(|found| found.handler.as_str()));
        // Of two mistyped ends, one is enough: the function meant is not reported as unused as well.
        suggested.extend(close.first());
        if !may_be_unread(handler, !close.is_empty(), scan) {
            problems.push(unknown(function, &close, document, scan));
        }
    }
    for found in &scan.functions {
        let handler = found.handler.as_str();
        let named = functions.iter().any(|function| function.handler.value == handler);
        let excused = found.faulty || suggested.contains(&handler) || is_written(handler, &document.text);
        if !named && !excused && found.triggers.is_empty() && first(found, scan) {
            problems.push(unused(found, scan));
        }
    }
    problems
}

/// Whether f.yml says `handler: name` somewhere, though in an entry with a mistake that keeps it out of the service.
fn is_written(handler: &str, text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.split(" #").next().unwrap_or_default();
        line.match_indices("handler").any(|(start, word)| {
            let rest = line[start + word.len()..].trim_start_matches(['"', '\'', ' ']);
            let value = rest.strip_prefix(':').unwrap_or_default().trim_start_matches(['"', '\'', ' ']);
            let ends =
                |rest: &str| !rest.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '.' | '_' | '-'));
            value.strip_prefix(handler).is_some_and(ends)
        })
    })
}

/// Of several functions with one name, which is a problem already, only the first is spoken of.
fn first(found: &FoundFunction, scan: &Scan) -> bool {
    scan.function(&found.handler).is_some_and(|first| std::ptr::eq(first, found))
}

/// Whether the function may be where nobody could read it; that is the problem then, and it has been reported.
fn may_be_unread(handler: &str, like_another: bool, scan: &Scan) -> bool {
    scan.unread.iter().any(|unread| {
        let module = unread.module.join(".").replace("r#", "");
        let inside = module.is_empty() || handler.strip_prefix(&module).is_some_and(|rest| rest.starts_with('.'));
        inside || unread.text.contains(&format!("\"{handler}\"")) || !like_another
    }) || is_misplaced(handler, scan)
}

/// Whether a function that stands in the wrong place is the one.
fn is_misplaced(handler: &str, scan: &Scan) -> bool {
    let name = handler.rsplit('.').next().unwrap_or(handler);
    scan.strays.iter().any(|&stray| {
        let text = &scan.sources[stray].text;
        text.contains(&format!("\"{handler}\"")) || text.contains(&format!("fn {name}("))
    })
}

fn unknown(function: &Function, close: &[&str], document: &SourceFile, scan: &Scan) -> Problem {
    let handler = function.handler.value.as_str();
    let mut help = match close {
        [] => from_nothing(handler, scan),
        [best, others @ ..] => {
            let place =
                scan.function(best).map(|found| scan.place(found.source, &found.handler_span)).unwrap_or_default();
            let others: String = others.iter().map(|other| format!(" or `{other}`")).collect();
            format!("did you mean `{best}`{others}? `{best}` is at {place}")
        }
    };
    if scan.includes {
        help.push_str("; functions that come through `include!` are not seen");
    }
    let message = match function.handler.span {
        Some(_) => format!("no function in the code is called `{handler}`"),
        None => format!("`{}` names no handler, and no function in the code is called `{handler}`", *function.name),
    };
    let problem = Problem::error(codes::UNKNOWN_HANDLER, message).help(help);
    match function.handler.span.clone().or_else(|| function.name.span.clone()) {
        Some(span) => problem.at(document, span),
        None => problem,
    }
}

/// What to do about a handler that is like no other.
fn from_nothing(handler: &str, scan: &Scan) -> String {
    if let Some(plain) = scan.plain.iter().find(|plain| plain.handler == handler) {
        return format!("the function at {} has no #[func] above it", scan.place(plain.source, &plain.span));
    }
    let write = format!("write one: `#[func(\"{handler}\")] pub async fn …`");
    if scan.functions.is_empty() {
        return format!("the code has no #[func] at all; {write}");
    }
    let mut names: Vec<&str> = scan.functions.iter().map(|found| found.handler.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let more = names.len().saturating_sub(LISTED);
    names.truncate(LISTED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("the code has `{}`{more}; {write}", names.join("`, `"))
}

fn unused(found: &FoundFunction, scan: &Scan) -> Problem {
    let handler = &found.handler;
    let trigger = found.event().map_or("http = \"GET /…\"", trigger_for);
    Problem::error(
        codes::UNUSED_FUNCTION,
        format!("nothing calls `{handler}`: f.yml has no function with this handler"),
    )
    .help(format!("add one to f.yml (`handler: {handler}`), or a trigger here: #[func(\"{handler}\", {trigger})]"))
    .at(&scan.sources[found.source], found.handler_span.clone())
}

/// The trigger that suits an event, as one would write it.
fn trigger_for(event: EventKind) -> &'static str {
    match event {
        EventKind::Timer => "timer = \"…\"",
        EventKind::Object => "object = \"bucket\"",
        EventKind::Log => "log = \"store\"",
        EventKind::Message | EventKind::Cloud | EventKind::Raw => "message = \"topic\"",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_a_mistake_hides() {
        for text in [
            "a: { handler: user.get, x: 1 }",
            "  handler: 'user.get'",
            "\"handler\": \"user.get\"",
            "handler: user.get # x",
        ] {
            assert!(is_written("user.get", text), "{text}");
        }
        for text in [
            "handler: user.get.all",
            "handler: user.gets",
            "x: 1 # handler: user.get",
            "user.get: 1",
            "handler user.get",
        ] {
            assert!(!is_written("user.get", text), "{text}");
        }
    }
}
