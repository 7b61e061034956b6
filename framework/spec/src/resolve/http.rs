//! `http` and `apigw` events in all their forms.

use std::ops::Range;

use super::Context;
use crate::{
    codes,
    nearest::nearest,
    problem::{Problem, Span},
    route::{Method, Methods, PathError, Route, check_path},
    shape::{clip, place_inside},
    yaml::{Entry, Form, Node},
};

/// What an event without a path answers.
const EVERYTHING: &str = "/*";

/// The route of one event; nothing for `http: false` and for what cannot be understood.
pub(super) fn read(context: &mut Context<'_>, entry: &Entry, function: &str) -> Option<Route> {
    let node = &entry.value;
    match node.form() {
        Form::Map if node.is_broken("method") || node.is_broken("path") => None,
        Form::Map => {
            // Both are looked at before either gives up, so that both mistakes show.
            let methods = node.get("method").map_or(Some(Methods::Any), |methods| listed(context, methods));
            let path = match node.get("path").filter(|path| path.text() != Some("")) {
                Some(path) => written(context, path, path.text()?),
                None => Some(EVERYTHING.into()),
            };
            let (methods, path) = (methods?, path?);
            let span = node.entry("path").map_or(entry.key_span.clone(), |path| path.value.span.clone());
            Some(Route { methods, path, function: function.into(), span: Some(span) })
        }
        Form::Flag if node.flag() == Some(false) => None,
        Form::Flag => Some(Route {
            methods: Methods::Any,
            path: EVERYTHING.into(),
            function: function.into(),
            span: Some(entry.key_span.clone()),
        }),
        _ => {
            let route = short(context, node.text()?, Some(node), function)?;
            context.problems.push(
                Problem::warning(codes::NOT_MIDWAY, "Midway takes this for a catch-all route")
                    .help("fx understands it; for Midway as well, write `http: { method: …, path: … }`")
                    .within(node.span.clone()),
            );
            Some(route)
        }
    }
}

/// `GET /path`, `get,post /path` or `/path`, in f.yml or in an attribute (then without a node).
pub(super) fn short(context: &mut Context<'_>, text: &str, node: Option<&Node>, function: &str) -> Option<Route> {
    let source = context.source;
    let place = |range: Range<usize>| node.map(|node| place_inside(source, node, text, range));
    let words: Vec<&str> = text.split_whitespace().collect();
    let (methods, path) = match words.as_slice() {
        [path] if path.starts_with('/') => (None, *path),
        [methods, path] => (Some(*methods), *path),
        _ => {
            let span = node.map(|node| node.span.clone());
            let problem = Problem::error(codes::PATH, format!("`{}` is not a method and a path", clip(text)));
            context.report(problem.help("write it like `GET /users/:id`"), span);
            return None;
        }
    };
    let methods = match methods {
        Some(methods) => collect(context, split(methods).map(|word| (word, offset(text, word))), &place),
        None => Some(Methods::Any),
    };
    let start = offset(text, path).start;
    let path_ok = checked(context, path, |range| place(start + range.start..start + range.end));
    let span = place(offset(text, path));
    let (methods, path) = (methods?, path_ok?);
    Some(Route { methods, path, function: function.into(), span })
}

fn offset(whole: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr() as usize - whole.as_ptr() as usize;
    start..start + part.len()
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ']).filter(|word| !word.is_empty())
}

/// `method:` as a word, as `get,post` or as a list.
fn listed(context: &mut Context<'_>, node: &Node) -> Option<Methods> {
    let source = context.source;
    let mut methods = Some(Methods::Some(Vec::new()));
    let one = std::slice::from_ref(node);
    for node in if node.text().is_some() { one } else { node.items() } {
        let text = node.text().unwrap_or_default();
        let words = split(text).map(|word| (word, offset(text, word)));
        let more = collect(context, words, &|range| Some(place_inside(source, node, text, range)));
        methods = methods.zip(more).map(|(methods, more)| methods.and(&more));
    }
    // An empty list is what Midway makes all methods of.
    let methods = methods.map(|methods| if methods == Methods::Some(Vec::new()) { Methods::Any } else { methods })?;
    if let Some(text) = node.text().filter(|text| split(text).count() > 1) {
        context.problems.push(
            Problem::warning(codes::NOT_MIDWAY, format!("Midway does not understand `{}`", clip(text)))
                .help("fx does; for Midway as well, write a list: `[get, post]`")
                .within(node.span.clone()),
        );
    }
    Some(methods)
}

fn collect<'w>(
    context: &mut Context<'_>,
    words: impl Iterator<Item = (&'w str, Range<usize>)>,
    place: &dyn Fn(Range<usize>) -> Option<Span>,
) -> Option<Methods> {
    let mut methods = Methods::Some(Vec::new());
    let mut understood = true;
    for (word, range) in words {
        if ["any", "all", "*"].iter().any(|all| word.eq_ignore_ascii_case(all)) {
            methods = Methods::Any;
        } else if let Some(method) = Method::parse(word) {
            methods = methods.and(&Methods::Some(vec![method]));
        } else {
            understood = false;
            if context.problems.is_full() {
                continue;
            }
            let known = Method::ALL.map(Method::as_str);
            let help = match nearest(word, known) {
                Some(name) => format!("did you mean `{}`?", name.to_lowercase()),
                None => format!("fx knows {} and any", known.join(", ").to_lowercase()),
            };
            let problem = Problem::error(codes::METHOD, format!("there is no HTTP method `{}`", clip(word)));
            context.report(problem.help(help), place(range));
        }
    }
    understood.then_some(methods)
}

fn written(context: &mut Context<'_>, node: &Node, text: &str) -> Option<String> {
    let source = context.source;
    checked(context, text, |range| Some(place_inside(source, node, text, range)))
}

fn checked(context: &mut Context<'_>, path: &str, place: impl Fn(Range<usize>) -> Option<Span>) -> Option<String> {
    match check_path(path) {
        Ok(()) => Some(path.to_owned()),
        Err(PathError { message, help, range }) => {
            context.report(Problem::error(codes::PATH, message).help(help), place(range));
            None
        }
    }
}
