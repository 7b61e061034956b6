//! Whether a trigger brings what the function takes.

use fx_spec::{
    Problem, SourceFile, Span,
    service::{Function, Trigger, TriggerKind},
};
use fx_syntax::{ArgumentKind, EventKind, TriggerWord};

use crate::scan::{FoundFunction, Scan, codes};

/// Extractors everybody knows to be about requests or shared state. A type of any other name may be an event under an alias:
/// the compiler judges that.
const KNOWN_PARTS: [&str; 15] = [
    "Path",
    "RawPathParams",
    "Query",
    "RawQuery",
    "State",
    "Extension",
    "Context",
    "HeaderMap",
    "Method",
    "Uri",
    "Version",
    "OriginalUri",
    "MatchedPath",
    "CookieJar",
    "ConnectInfo",
];

pub(super) fn compare(functions: &[&Function], document: &SourceFile, scan: &Scan) -> Vec<Problem> {
    let mut problems = Vec::new();
    for found in scan.functions.iter().filter(|found| !found.faulty) {
        let mut takes_events = false;
        for calling in triggers(found, functions) {
            takes_events |= calling.word != TriggerWord::Http;
            if let Some(problem) = misfit(found, calling.word, scan) {
                problems.push(match calling.place {
                    Place::Document(span) => problem.at(document, span),
                    Place::Code(span) => problem.at(&scan.sources[found.source], span),
                });
            }
        }
        problems.extend(own(found, takes_events, scan));
    }
    problems
}

/// A trigger that calls a function, and where it is written.
struct Calling {
    word: TriggerWord,
    place: Place,
}

enum Place {
    Document(Span),
    Code(Span),
}

/// The triggers that f.yml gives the function; those of its attribute only where f.yml gives none.
fn triggers(found: &FoundFunction, functions: &[&Function]) -> Vec<Calling> {
    let same = functions.iter().filter(|function| function.handler.value == found.handler);
    let written: Vec<Calling> = same
        .flat_map(|function| &function.triggers)
        .filter_map(|trigger| Some(Calling { word: word(trigger), place: Place::Document(trigger.span.clone()?) }))
        .collect();
    if !written.is_empty() {
        return written;
    }
    let in_code = found.triggers.iter();
    in_code.map(|trigger| Calling { word: trigger.word, place: Place::Code(trigger.span.clone()) }).collect()
}

fn word(trigger: &Trigger) -> TriggerWord {
    match trigger.kind {
        TriggerKind::Http(_) => TriggerWord::Http,
        TriggerKind::Timer { .. } => TriggerWord::Timer,
        TriggerKind::Object { .. } => TriggerWord::Object,
        TriggerKind::Message { .. } => TriggerWord::Message,
        TriggerKind::Log { .. } => TriggerWord::Log,
    }
}

fn misfit(found: &FoundFunction, word: TriggerWord, scan: &Scan) -> Option<Problem> {
    let function = format!("`{}`", found.code_path());
    let place = scan.place(found.source, &found.span);
    let trigger = article(word);
    let (message, help) = match (found.event(), EventKind::of_trigger(word)) {
        (None, None) => return None,
        (Some(event), _) if event.takes(word) => return None,
        (Some(event), None) => (
            format!("{trigger} trigger cannot call {function}, which takes {}", with_article(event)),
            format!(
                "{place}: an http function takes parts of the request (`Path`, `Query`, `Json`, …) and no event; make two functions of it"
            ),
        ),
        (Some(event), Some(right)) => (
            format!("{trigger} trigger cannot call {function}, which takes {}", with_article(event)),
            format!("{place}: make the first argument {}", with_article(right)),
        ),
        (None, Some(right)) => {
            let taken = match found.arguments.first() {
                None => "takes no event".to_owned(),
                Some(first) if first.kind == ArgumentKind::Body || KNOWN_PARTS.contains(&first.type_name.as_str()) => {
                    let body = found.arguments.iter().find(|argument| argument.kind == ArgumentKind::Body);
                    match body {
                        Some(body) => format!("takes a request body (`{}`)", body.type_name),
                        None => "takes no event".to_owned(),
                    }
                }
                Some(_) => return None,
            };
            (
                format!("{trigger} trigger cannot call {function}, which {taken}"),
                format!("{place}: make {} the first argument", with_article(right)),
            )
        }
    };
    Some(Problem::error(codes::MISFIT, message).help(help))
}

/// What does not fit within an event function itself.
fn own(found: &FoundFunction, takes_events: bool, scan: &Scan) -> Vec<Problem> {
    let Some(event) = found.event() else { return Vec::new() };
    let source = &scan.sources[found.source];
    let mut problems = Vec::new();
    if let Some(span) = &found.middleware {
        problems.push(
            Problem::error(
                codes::EVENT_MIDDLEWARE,
                format!("`{}` takes {}, and middleware is for requests", found.code_path(), with_article(event)),
            )
            .help("remove `middleware`; what it does for an event stands in the function")
            .at(source, span.clone()),
        );
    }
    if let (Some(span), true) = (&found.response, takes_events) {
        problems.push(
            Problem::error(
                codes::MISFIT,
                format!(
                    "`{}` takes {}, so there is no request to answer with this",
                    found.code_path(),
                    with_article(event)
                ),
            )
            .help("return `Result<()>`, or a `Result` of data to hand to the platform")
            .at(source, span.clone()),
        );
    }
    problems
}

fn article(word: TriggerWord) -> String {
    let article = if word == TriggerWord::Object || word == TriggerWord::Http { "an" } else { "a" };
    format!("{article} {}", word.as_str())
}

fn with_article(event: EventKind) -> String {
    let article = if event == EventKind::Object { "an" } else { "a" };
    format!("{article} `{}`", event.type_name())
}
