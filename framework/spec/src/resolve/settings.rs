//! The settings that a provider, a function and an aggregation share.

use std::collections::{BTreeMap, HashSet};

use super::{Context, extra, flag, number, text};
use crate::{
    codes,
    problem::Problem,
    service::{Arch, Expression, FunctionKind, Link, Located, Piece},
    yaml::{Form, Node},
};

/// What stands in one place; nothing where nothing is written.
#[derive(Debug, Clone, Default)]
pub(super) struct Settings {
    pub(super) memory_size: Option<Located<u32>>,
    pub(super) timeout: Option<Located<u32>>,
    pub(super) init_timeout: Option<Located<u32>>,
    pub(super) concurrency: Option<Located<u32>>,
    pub(super) threads: Option<Located<u32>>,
    pub(super) arch: Option<Located<Arch>>,
    pub(super) link: Option<Located<Link>>,
    pub(super) streaming: Option<Located<bool>>,
    pub(super) kind: Option<Located<FunctionKind>>,
    pub(super) environment: BTreeMap<String, Located<Expression>>,
    pub(super) layers: Vec<Located<String>>,
    pub(super) extra: BTreeMap<String, Located<serde_json::Value>>,
}

/// Function-level keys that only some targets understand.
const EXTRA: [&str; 3] = ["authType", "role", "stage"];

impl Settings {
    pub(super) fn read(context: &mut Context<'_>, node: &Node) -> Self {
        Self {
            memory_size: number(node, "memorySize"),
            timeout: number(node, "timeout"),
            init_timeout: number(node, "initTimeout"),
            concurrency: number(node, "concurrency"),
            threads: number(node, "threads"),
            arch: word(node, "arch", |word| match word {
                "aarch64" | "arm64" => Arch::Aarch64,
                _ => Arch::X86_64,
            }),
            link: word(node, "link", |word| if word == "dynamic" { Link::Dynamic } else { Link::Static }),
            streaming: flag(node, "streaming"),
            kind: word(node, "type", |word| if word == "web" { FunctionKind::Web } else { FunctionKind::Event }),
            environment: environment(node),
            layers: layers(context, node),
            extra: extra(node, &EXTRA),
        }
    }

    /// What it costs to give these settings to one more unit, in values.
    pub(super) fn weight(&self) -> usize {
        const BYTES: usize = 8;
        let environment = self.environment.iter().map(|(name, value)| {
            let length = |piece: &Piece| match piece {
                Piece::Text(text) | Piece::Secret(text) => text.len(),
                Piece::Env { name, default } => name.len() + default.as_ref().map_or(0, String::len),
            };
            2 + (name.len() + value.pieces.iter().map(length).sum::<usize>()) / BYTES + value.pieces.len()
        });
        let layers = self.layers.iter().map(|layer| 1 + layer.value.len() / BYTES);
        let extra = self.extra.values().map(|value| 1 + value.value.as_str().map_or(0, str::len) / BYTES);
        environment.chain(layers).chain(extra).sum()
    }

    /// These settings, and where they are silent those `below`.
    pub(super) fn over(mut self, below: &Settings) -> Self {
        macro_rules! fall_back {
            ($($field:ident),*) => { $(self.$field = self.$field.or_else(|| below.$field.clone());)* };
        }
        fall_back!(memory_size, timeout, init_timeout, concurrency, threads, arch, link, streaming, kind);
        for (name, value) in &below.environment {
            self.environment.entry(name.clone()).or_insert_with(|| value.clone());
        }
        for (name, value) in &below.extra {
            self.extra.entry(name.clone()).or_insert_with(|| value.clone());
        }
        add_layers(&mut self.layers, &below.layers);
        self
    }
}

fn word<T>(node: &Node, key: &str, meaning: impl Fn(&str) -> T) -> Option<Located<T>> {
    text(node, key).map(|word| Located { value: meaning(&word.value), span: word.span })
}

fn environment(node: &Node) -> BTreeMap<String, Located<Expression>> {
    let mut environment = BTreeMap::new();
    for entry in node.get("environment").map(Node::entries).unwrap_or_default() {
        let text = if entry.value.form() == Form::Nothing { "" } else { entry.value.text().unwrap_or_default() };
        // What is wrong with an expression has been reported by the check.
        let value = Expression::parse(text).unwrap_or_else(|_| Expression::literal(text));
        environment.insert(entry.key.clone(), Located::at(value, entry.value.span.clone()));
    }
    environment
}

/// Layers of a list, or of a map from names to paths.
pub(super) fn layers(context: &mut Context<'_>, node: &Node) -> Vec<Located<String>> {
    let Some(layers) = node.get("layers") else { return Vec::new() };
    let mut found = Vec::new();
    for item in layers.items() {
        found.extend(item.text().map(|path| Located::at(path.to_owned(), item.span.clone())));
    }
    for entry in layers.entries() {
        match text(&entry.value, "path") {
            Some(path) => found.push(path),
            None => match entry.value.text() {
                Some(path) => found.push(Located::at(path.to_owned(), entry.value.span.clone())),
                None => context.report(
                    Problem::warning(
                        codes::NO_EFFECT,
                        format!("the layer `{}` is ignored: it has no `path`", entry.key),
                    )
                    .help("add `path:` with the layer's ARN"),
                    Some(entry.key_span.clone()),
                ),
            },
        }
    }
    found.retain(|layer| {
        let npm = layer.value.starts_with("npm:");
        if npm {
            context.problems.push_once(
                Problem::warning(
                    codes::NODE_ONLY,
                    format!("the layer `{}` is ignored: it is a Node package", layer.value),
                )
                .help("remove it; what a crate needs stands in its Cargo.toml")
                .within(layer.span.clone().unwrap_or_default()),
            );
        }
        !npm
    });
    found
}

pub(super) fn add_layers(layers: &mut Vec<Located<String>>, more: &[Located<String>]) {
    let mut known: HashSet<String> = layers.iter().map(|layer| layer.value.clone()).collect();
    layers.extend(more.iter().filter(|layer| known.insert(layer.value.clone())).cloned());
}
