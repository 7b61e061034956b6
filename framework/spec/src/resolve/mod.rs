//! From the checked tree to a [`Service`]: overrides, settings, events, aggregations, routes.

mod aggregation;
mod code;
mod events;
mod function;
mod http;
mod message;
mod object;
mod overrides;
mod routes;
mod service;
mod settings;
mod site;
mod target;
mod timer;
mod unit;

pub(crate) use service::service;

use crate::{
    codes,
    problem::{Problem, Span},
    problems::Problems,
    service::Located,
    shape::clip,
    yaml::{Entry, Node},
};

/// What every step needs.
struct Context<'a> {
    problems: &'a mut Problems,
    source: &'a str,
    /// What may still be spent on comparing names with patterns.
    patience: usize,
    /// The handler whose attribute is read at the moment: there is no place in the file to point at.
    attribute: Option<String>,
}

/// Far beyond what a real service needs, and soon over for a file made to keep fx busy.
const PATIENCE: usize = 300_000;
/// Values that all units may hold together.
const MOST_SETTINGS: usize = 500_000;

impl<'a> Context<'a> {
    fn new(problems: &'a mut Problems, source: &'a str) -> Self {
        Self { problems, source, patience: PATIENCE, attribute: None }
    }

    /// Whether `work` is still affordable; if not, that is reported at `span`.
    fn affords(&mut self, work: usize, span: Span) -> bool {
        let affordable = work <= self.patience;
        self.patience = self.patience.saturating_sub(work);
        if !affordable {
            self.problems.push_once(
                Problem::error(codes::TOO_LARGE, "there is more to combine here than fx does")
                    .help("fewer functions, patterns or shared settings")
                    .within(span),
            );
        }
        affordable
    }

    /// A key that cannot be left out is not there, unless what stands there was reported already.
    fn missing(&mut self, entry: &Entry, key: &str, help: &str) {
        if !entry.value.is_broken(key) {
            let problem = Problem::error(codes::MISSING, format!("`{}` has no `{key}`", clip(&entry.key)));
            self.problems.push(problem.help(help).within(entry.key_span.clone()));
        }
    }

    fn report(&mut self, problem: Problem, span: Option<Span>) {
        self.problems.push(match span {
            Some(span) => problem.within(span),
            None => match &self.attribute {
                Some(handler) => Problem { message: format!("#[func(\"{handler}\")]: {}", problem.message), ..problem },
                None => problem,
            },
        });
    }
}

/// A non-empty text under `key`.
fn text(node: &Node, key: &str) -> Option<Located<String>> {
    let value = node.get(key)?;
    let text = value.text().filter(|text| !text.is_empty())?;
    Some(Located::at(text.to_owned(), value.span.clone()))
}

/// A number under `key` that is not zero: zero means absent.
fn number(node: &Node, key: &str) -> Option<Located<u32>> {
    let value = node.get(key)?;
    value.number().filter(|number| *number != 0).map(|number| Located::at(number, value.span.clone()))
}

/// A flag under `key`.
fn flag(node: &Node, key: &str) -> Option<Located<bool>> {
    let value = node.get(key)?;
    value.flag().map(|flag| Located::at(flag, value.span.clone()))
}

/// A text or a list of texts under `key`, without the empty ones.
fn texts(node: &Node, key: &str) -> Vec<Located<String>> {
    let Some(value) = node.get(key) else { return Vec::new() };
    let one = std::slice::from_ref(value);
    let items = if value.text().is_some() { one } else { value.items() };
    let text = |item: &Node| {
        item.text().filter(|text| !text.is_empty()).map(|text| Located::at(text.to_owned(), item.span.clone()))
    };
    items.iter().filter_map(text).collect()
}

/// Keys that only some targets understand, as plain data.
fn extra(node: &Node, keys: &[&str]) -> std::collections::BTreeMap<String, Located<serde_json::Value>> {
    let read = |key: &&str| {
        let entry = node.entry(key).filter(|entry| !entry.value.is_nothing())?;
        Some(((*key).to_owned(), Located::at(entry.value.to_json(), entry.value.span.clone())))
    };
    keys.iter().filter_map(read).collect()
}
