//! Holds a tree against the tables: fills in variables, drops what is wrong and says so. What comes out has the right shape everywhere.

use super::{Effect, Key, Need, Shape, Table};
use crate::{
    codes,
    nearest::nearest,
    problem::Problem,
    problems::Problems,
    yaml::{Entry, Form, Node},
};

/// Everything that is the same for the whole file.
pub(crate) struct Checker<'a, 'p> {
    pub(crate) problems: &'p mut Problems,
    pub(crate) source: &'a str,
    pub(crate) variables: &'a dyn Fn(&str) -> Option<String>,
    /// Canonical name of the target a name stands for; nothing if there is no such target.
    pub(crate) targets: &'a dyn Fn(&str) -> Option<String>,
    /// All names of targets, for "did you mean".
    pub(crate) target_names: &'a [&'a str],
    /// Runtimes that fx's own binaries use: writing one down is no mistake.
    pub(crate) runtimes: &'a [&'a str],
    pub(crate) target: &'a str,
    /// Inside the overrides of a target this run is not about: shapes count, unset variables do not.
    pub(crate) only_looking: bool,
}

/// The file as it is read from here on.
pub(crate) fn check(checker: &mut Checker<'_, '_>, root: &Node, table: &'static Table) -> Node {
    match root.form() {
        Form::Map => checker.fields(root, table),
        Form::Nothing => Node::map(Vec::new(), root.span.clone()),
        form => {
            let problem = Problem::error(codes::SHAPE, format!("{} is a map of keys, found {form}", table.title))
                .help("it begins like this: `service: my-service`");
            checker.problems.push(problem.within(root.span.clone()));
            Node::broken(root.span.clone())
        }
    }
}

impl Checker<'_, '_> {
    fn fields(&mut self, node: &Node, table: &'static Table) -> Node {
        let mut kept = Vec::new();
        for entry in node.entries() {
            if table.title == "f.yml" && entry.key.starts_with("x-") {
                // The usual place for anchors that are merged in elsewhere.
                continue;
            }
            if table.title == "a function" && entry.key.starts_with('_') {
                self.node_only(entry);
                continue;
            }
            let (key, entry) = match (table.key(&entry.key), self.misspelt(entry, node, table)) {
                (Some(key), _) => (key, entry.clone()),
                // What cannot do without the key goes on as if it were spelt right: one mistake, one problem.
                (None, Some(key)) => (key, Entry { key: key.name.into(), ..entry.clone() }),
                (None, None) => {
                    self.unknown(entry, table);
                    continue;
                }
            };
            if self.has_effect(&entry, key) {
                // `events:` and `- http:` with nothing behind them mean "none", which is not the same as no key at all.
                let value = match entry.value.is_nothing() {
                    true => entry.value.clone(),
                    false => self.value(&entry.value, &key.shape, &quote(key.name)),
                };
                kept.push(Entry { value, ..entry.clone() });
            }
        }
        Node::map(kept, node.span.clone())
    }

    fn unknown(&mut self, entry: &Entry, table: &'static Table) {
        if self.problems.is_full() {
            return;
        }
        let help = match nearest(&entry.key, names(table)) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("{} takes: {}", table.title, names(table).collect::<Vec<_>>().join(", ")),
        };
        let message = format!("unknown key `{}` is ignored", clip(&entry.key));
        self.problems.push(Problem::warning(codes::UNKNOWN_KEY, message).help(help).within(entry.key_span.clone()));
    }

    /// The key that a key was probably meant to be, if the map cannot well do without it.
    fn misspelt(&mut self, entry: &Entry, node: &Node, table: &'static Table) -> Option<&'static Key> {
        if self.problems.is_full() || table.key(&entry.key).is_some() {
            return None;
        }
        let key = nearest(&entry.key, names(table))
            .and_then(|name| table.key(name))
            .filter(|key| key.need != Need::Optional)?;
        if node.entry(key.name).is_some() {
            return None;
        }
        let message = format!("unknown key `{}`", clip(&entry.key));
        let help = format!("did you mean `{}`?", key.name);
        self.problems.push(Problem::error(codes::UNKNOWN_KEY, message).help(help).within(entry.key_span.clone()));
        Some(key)
    }

    fn has_effect(&mut self, entry: &Entry, key: &'static Key) -> bool {
        let at = entry.key_span.clone();
        let name = key.name;
        match key.effect {
            Effect::Read => return true,
            Effect::Quiet => {}
            Effect::Node => self.node_only(entry),
            Effect::Runtime => self.runtime(entry),
            Effect::NoTrigger => self.problems.push(
                Problem::warning(codes::NO_TRIGGER, format!("no target has a trigger `{name}`: it is ignored"))
                    .help("remove the event, or use http, timer, os, mq or log")
                    .within(at),
            ),
            Effect::None(why) => self.problems.push_once(
                Problem::warning(codes::NO_EFFECT, format!("`{name}` is ignored: {why}"))
                    .help(format!("remove `{name}`"))
                    .within(at),
            ),
        }
        false
    }

    fn node_only(&mut self, entry: &Entry) {
        self.problems.push_once(
            Problem::warning(codes::NODE_ONLY, format!("`{}` is ignored: it is about packaging for Node", entry.key))
                .help(format!("remove `{}`", entry.key))
                .within(entry.key_span.clone()),
        );
    }

    fn runtime(&mut self, entry: &Entry) {
        let text = entry.value.text().unwrap_or_default();
        let own = text.starts_with("custom") || self.runtimes.contains(&text);
        if own || entry.value.is_nothing() {
            return;
        }
        self.problems.push_once(
            Problem::warning(codes::RUNTIME, "`runtime` is ignored: a compiled binary brings its own")
                .help("remove `runtime`; fx chooses the target's custom runtime")
                .within(entry.value.span.clone()),
        );
    }

    fn value(&mut self, node: &Node, shape: &'static Shape, what: &str) -> Node {
        let value = self.interpolate(node).and_then(|node| self.shaped(&node, shape, what));
        value.unwrap_or_else(|| Node::broken(node.span.clone()))
    }

    fn shaped(&mut self, node: &Node, shape: &'static Shape, what: &str) -> Option<Node> {
        if node.is_nothing() {
            return Some(node.clone());
        }
        if !shape.takes(node) {
            self.wrong(node, shape, what);
            return None;
        }
        match shape {
            Shape::Fields(table) => Some(self.fields(node, table)),
            Shape::List(inner) => Some(self.list(node, inner, what)),
            Shape::Texts if node.form() == Form::List => Some(self.list(node, &Shape::Text, what)),
            Shape::Named(inner) => Some(self.named(node, inner, what)),
            Shape::Targets(table) => Some(self.overrides(node, table)),
            Shape::Environment => Some(self.environment(node)),
            Shape::Any => self.anything(node),
            Shape::Either(shapes) => {
                let shape = shapes.iter().find(|shape| shape.takes(node))?;
                self.shaped(node, shape, what)
            }
            Shape::Text | Shape::Number | Shape::Flag | Shape::No | Shape::Word(_) | Shape::Texts => Some(node.clone()),
        }
    }

    fn list(&mut self, node: &Node, shape: &'static Shape, what: &str) -> Node {
        let each = format!("each of {what}");
        let items = node.items().iter().map(|item| self.value(item, shape, &each)).collect();
        Node::list(items, node.span.clone())
    }

    fn named(&mut self, node: &Node, shape: &'static Shape, of: &str) -> Node {
        let mut kept = Vec::new();
        for entry in node.entries() {
            if entry.key.is_empty() || entry.key.contains("${") {
                let problem = Problem::error(codes::EXPRESSION, format!("this is not a name in {of}"))
                    .help("names are written out: variables are filled into values only");
                self.problems.push(problem.within(entry.key_span.clone()));
                continue;
            }
            // `index:` with nothing behind it is an entry that leaves everything to the defaults.
            let empty = Node::map(Vec::new(), entry.value.span.clone());
            let value = if entry.value.is_nothing() { &empty } else { &entry.value };
            kept.push(Entry { value: self.value(value, shape, &quote(&entry.key)), ..entry.clone() });
        }
        Node::map(kept, node.span.clone())
    }

    /// Looks at the overrides of all targets, keeps those of the one at hand.
    fn overrides(&mut self, node: &Node, table: &'static Table) -> Node {
        let mut kept = Vec::new();
        for entry in node.entries() {
            let Some(name) = (self.targets)(&entry.key) else {
                self.unknown_target(entry);
                continue;
            };
            let before = self.only_looking;
            self.only_looking = before || name != self.target;
            if entry.value.form() == Form::Map {
                let value = self.fields(&entry.value, table);
                if !self.only_looking {
                    kept.push(Entry { value, ..entry.clone() });
                }
            } else if !entry.value.is_nothing() {
                self.wrong(&entry.value, &Shape::Fields(table), &quote(&entry.key));
            }
            self.only_looking = before;
        }
        Node::map(kept, node.span.clone())
    }

    fn unknown_target(&mut self, entry: &Entry) {
        if self.problems.is_full() {
            return;
        }
        let help = match nearest(&entry.key, self.target_names.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("fx knows: {}", self.target_names.join(", ")),
        };
        self.problems.push(
            Problem::warning(codes::UNKNOWN_KEY, format!("unknown target `{}` is ignored", clip(&entry.key)))
                .help(help)
                .within(entry.key_span.clone()),
        );
    }

    fn environment(&mut self, node: &Node) -> Node {
        let mut kept = Vec::new();
        for entry in node.entries() {
            let key = &entry.key;
            let named = !key.is_empty() && !key.contains(['=', '\0']) && !key.contains("${");
            if !named {
                let problem = Problem::error(codes::VALUE, "this is not a name for an environment variable")
                    .help("letters, digits and _, not beginning with a digit");
                self.problems.push(problem.within(entry.key_span.clone()));
                continue;
            }
            if matches!(entry.value.form(), Form::List | Form::Map) {
                self.wrong(&entry.value, &Shape::Text, &quote(key));
                continue;
            }
            self.expressions(&entry.value);
            kept.push(entry.clone());
        }
        Node::map(kept, node.span.clone())
    }

    /// Plain data whose keys only a target understands.
    fn anything(&mut self, node: &Node) -> Option<Node> {
        match node.form() {
            Form::List => {
                let items = node.items().iter().filter_map(|item| self.interpolate(item)).collect::<Vec<_>>();
                let items = items.iter().filter_map(|item| self.anything(item)).collect();
                Some(Node::list(items, node.span.clone()))
            }
            Form::Map => {
                let mut kept = Vec::new();
                for entry in node.entries() {
                    if let Some(value) = self.interpolate(&entry.value).and_then(|value| self.anything(&value)) {
                        kept.push(Entry { value, ..entry.clone() });
                    }
                }
                Some(Node::map(kept, node.span.clone()))
            }
            _ => Some(node.clone()),
        }
    }

    fn wrong(&mut self, node: &Node, shape: &Shape, what: &str) {
        if self.problems.is_full() {
            return;
        }
        let found = match (node.form(), node.text()) {
            (Form::Text | Form::Number | Form::Flag, Some(text)) => format!("`{}`", clip(text)),
            (form, _) => form.to_string(),
        };
        let message = format!("{what} takes {}, not {found}", shape.describe());
        let word = matches!(shape, Shape::Word(_)) && matches!(node.form(), Form::Text | Form::Number | Form::Flag);
        let code = if word { codes::VALUE } else { codes::SHAPE };
        self.problems.push(Problem::error(code, message).help(shape.help(node)).within(node.span.clone()));
    }
}

impl Shape {
    /// What to write instead of something of the wrong shape.
    fn help(&self, node: &Node) -> String {
        let text = node.text().unwrap_or_default();
        match self {
            Shape::Word(words) => match nearest(text, words.iter().copied()) {
                Some(word) => format!("did you mean `{word}`?"),
                None => "write one of these words".into(),
            },
            Shape::Number if text.parse::<f64>().is_ok() => "write a whole number, without sign or fraction".into(),
            Shape::Number => "write digits only, without a unit".into(),
            Shape::Flag => "write true or false, without quotes".into(),
            Shape::Text if node.form() == Form::Flag => format!("if text is meant, quote it: \"{text}\""),
            Shape::Text => "write one text behind the key".into(),
            Shape::List(_) => "the items of a list begin with `- `".into(),
            Shape::Fields(table) => {
                let names: Vec<&str> = names(table).take(3).collect();
                format!("below it come keys such as {}, indented by two spaces", names.join(", "))
            }
            Shape::Named(_) | Shape::Targets(_) | Shape::Environment => {
                "below it come `name: value` lines, indented by two spaces".into()
            }
            Shape::Either(shapes) => shapes.first().map_or_else(String::new, |shape| shape.help(node)),
            Shape::No | Shape::Texts | Shape::Any => format!("write {}", self.describe()),
        }
    }
}

/// The keys of a table that do something.
fn names(table: &'static Table) -> impl Iterator<Item = &'static str> {
    table.keys().filter(|key| matches!(key.effect, Effect::Read)).map(|key| key.name)
}

fn quote(name: &str) -> String {
    format!("`{}`", clip(name))
}

/// Names in messages stay readable, however long they are in the file.
pub(crate) fn clip(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut clipped: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        clipped.push('…');
    }
    clipped
}
