//! Which functions an aggregation takes.

use std::collections::{BTreeSet, HashMap, HashSet};

use globset::{GlobBuilder, GlobMatcher};

use crate::{
    codes,
    nearest::nearest,
    problem::Problem,
    resolve::{Context, flag, function::Member, texts},
    service::Located,
    shape::clip,
    yaml::{Entry, Node},
};

/// The longest pattern that is compiled.
const LONGEST_PATTERN: usize = 256;
/// What compiling a pattern costs, in comparisons.
const COMPILING: usize = 1_000;

/// The names in `functions`.
pub(super) struct Names<'a> {
    /// `functions` itself was wrong, so there are none to be found.
    broken: bool,
    known: HashMap<&'a str, usize>,
    /// Also those of functions that could not be understood.
    written: HashSet<&'a str>,
}

impl<'a> Names<'a> {
    pub(super) fn of(root: &'a Node, members: &'a [Member]) -> Self {
        let known = members.iter().enumerate().rev().map(|(index, member)| (member.key.as_str(), index)).collect();
        let written = root.get("functions").map(Node::entries).unwrap_or_default();
        let written = written.iter().map(|entry| entry.key.as_str()).collect();
        Self { broken: root.is_broken("functions"), known, written }
    }
}

/// Indices of the members, in the order of the file.
///
/// A name in `functions` brings that function in, whatever invokes it. A pattern chooses among the functions with an http
/// event, with `eventTrigger` among the others. Either way a function taken by an earlier aggregation is gone.
pub(super) fn choose(
    context: &mut Context<'_>,
    names: &Names<'_>,
    entry: &Entry,
    node: &Node,
    members: &[Member],
    pool: &[bool],
) -> Vec<usize> {
    if node.is_broken("functions") || node.is_broken("functionsPattern") || names.broken {
        return Vec::new();
    }
    if node.get("functions").is_some() {
        return listed(context, names, &texts(node, "functions"), members, pool);
    }
    let patterns = texts(node, "functionsPattern");
    if patterns.is_empty() {
        let problem =
            Problem::error(codes::MEMBERS, format!("the aggregation `{}` names no functions", clip(&entry.key)))
                .help("add `functions: [a, b]`, or `functionsPattern: ['*']`");
        context.report(problem, Some(entry.key_span.clone()));
        return Vec::new();
    }
    let events = flag(node, "eventTrigger").is_some_and(|flag| flag.value);
    let work = patterns.len().saturating_mul(members.len() + COMPILING);
    if !context.affords(work, entry.key_span.clone()) {
        return Vec::new();
    }
    let Some(patterns) = compile(context, &patterns) else { return Vec::new() };
    let free = |index: usize| pool.get(index).copied().unwrap_or(false);
    let fits = |member: &Member| patterns.iter().all(|pattern| pattern.fits(&member.key));
    let chosen =
        members.iter().enumerate().filter(|(index, member)| free(*index) && member.has_http != events && fits(member));
    let chosen: Vec<usize> = chosen.map(|(index, _)| index).collect();
    // Something that could not be understood may well be what the pattern means.
    if chosen.is_empty() && !context.problems.has_errors() {
        let kind = if events { "without an http event" } else { "with an http event" };
        let problem = Problem::warning(codes::MEMBERS, format!("the aggregation `{}` is empty", clip(&entry.key)))
            .help(format!("the pattern chooses among functions {kind} that no earlier aggregation has taken"));
        context.report(problem, Some(entry.key_span.clone()));
    }
    chosen
}

fn listed(
    context: &mut Context<'_>,
    names: &Names<'_>,
    wanted: &[Located<String>],
    members: &[Member],
    pool: &[bool],
) -> Vec<usize> {
    let mut chosen = BTreeSet::new();
    for name in wanted {
        let key = name.value.as_str();
        let problem = match names.known.get(key) {
            Some(index) if chosen.contains(index) => {
                Problem::warning(codes::MEMBERS, format!("`{}` stands here twice", clip(key)))
                    .help("remove one of the two")
            }
            Some(index) if pool.get(*index).copied().unwrap_or(false) => {
                chosen.insert(*index);
                continue;
            }
            Some(_) => Problem::error(codes::MEMBERS, format!("`{}` is in an earlier aggregation already", clip(key)))
                .help("a function belongs to one aggregation"),
            // It is there, but it could not be understood: that was reported.
            None if names.written.contains(key) => continue,
            None if context.problems.is_full() => break,
            None => {
                let known = members.iter().map(|member| member.key.as_str());
                let problem = Problem::error(codes::MEMBERS, format!("there is no function `{}`", clip(key)));
                // Suggestions cost a comparison with every name.
                let suggestion = if context.problems.is_long() { None } else { nearest(key, known) };
                match suggestion {
                    Some(name) => problem.help(format!("did you mean `{name}`?")),
                    None => problem.help("name a key of `functions`"),
                }
            }
        };
        context.report(problem, name.span.clone());
    }
    chosen.into_iter().collect()
}

struct Pattern {
    glob: GlobMatcher,
    negated: bool,
}

impl Pattern {
    fn fits(&self, name: &str) -> bool {
        self.glob.is_match(name) != self.negated
    }
}

fn compile(context: &mut Context<'_>, patterns: &[Located<String>]) -> Option<Vec<Pattern>> {
    let mut compiled = Vec::new();
    let mut all = true;
    for pattern in patterns {
        let (negated, text) = match pattern.value.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, pattern.value.as_str()),
        };
        if text.len() > LONGEST_PATTERN {
            all = false;
            let problem = Problem::error(codes::VALUE, "the pattern is too long")
                .help(format!("at most {LONGEST_PATTERN} bytes"));
            context.report(problem, pattern.span.clone());
            continue;
        }
        match GlobBuilder::new(text).literal_separator(true).build() {
            Ok(glob) => compiled.push(Pattern { glob: glob.compile_matcher(), negated }),
            Err(error) => {
                all = false;
                let problem = Problem::error(codes::VALUE, format!("not a pattern: {}", error.kind()))
                    .help("`*` stands for any letters, `!` before the pattern negates it");
                context.report(problem, pattern.span.clone());
            }
        }
    }
    all.then_some(compiled)
}
