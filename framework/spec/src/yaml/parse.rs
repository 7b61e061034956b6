//! Text → tree, with every resource a hostile file could eat bounded beforehand.

use std::collections::{HashMap, hash_map::Entry as Slot};

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StructureStyle, Tag};

use super::node::{Entry, Node, Value};
use crate::{
    codes,
    problem::{Problem, Span},
};

/// The longest file that is read. Many times what a large service needs.
pub(crate) const MAX_BYTES: usize = 1 << 18;
/// Levels of nesting, aliases expanded. f.yml itself needs nine.
const MAX_DEPTH: usize = 64;
/// Values, aliases expanded; long text counts once per [`TEXT_UNIT`] bytes.
const MAX_VALUES: usize = 30_000;
const TEXT_UNIT: usize = 64;
/// Wrong tags that are reported.
const MOST_TAGS: usize = 50;

/// What was read, and what was wrong on the way. No tree = the file cannot be understood at all.
pub(crate) struct Parsed {
    pub(crate) root: Option<Node>,
    pub(crate) problems: Vec<Problem>,
}

/// Reads one YAML document. Problems carry a span, not yet a line.
pub(crate) fn parse(text: &str) -> Parsed {
    let mut builder = Builder { text, ..Builder::default() };
    let root = builder.read();
    let mut problems = builder.problems;
    match root {
        Ok(root) => Parsed { root: Some(root), problems },
        Err(problem) => {
            problems.push(*problem);
            Parsed { root: None, problems }
        }
    }
}

#[derive(Default)]
struct Builder<'t> {
    text: &'t str,
    open: Vec<Frame>,
    anchors: HashMap<usize, Measured>,
    values: usize,
    root: Option<Node>,
    problems: Vec<Problem>,
}

/// What people mostly mean when they run into an error.
fn remedy(error: &ErrorKind, before: &str) -> &'static str {
    let line = before.rsplit('\n').next().unwrap_or_default();
    match error {
        ErrorKind::TabInBlockIndentation | ErrorKind::TabNotAllowed | ErrorKind::TabInIndentation => {
            "indent with spaces, not with tabs"
        }
        ErrorKind::UnknownAnchor => "text that begins with `*` needs quotes",
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator if line.ends_with('$') => {
            "inside { } and [ ] a variable needs quotes: \"${env.X}\""
        }
        ErrorKind::MappingValueNotAllowed => "text with `: ` in it needs quotes",
        ErrorKind::UnexpectedCharacter { .. } => "text that begins with this character needs quotes",
        ErrorKind::UnclosedFlowCollection { .. } | ErrorKind::UnclosedQuotedScalar => "close it where it ends",
        _ => "look at the quotes, brackets and indentation around this place",
    }
}

/// A finished node with what it costs wherever it is used again.
#[derive(Clone)]
struct Measured {
    node: Node,
    values: usize,
    height: usize,
}

struct Frame {
    start: Span,
    flow: bool,
    anchor: usize,
    values: usize,
    height: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, seen: HashMap<String, Span>, key: Option<Key>, merges: Vec<Node> },
}

impl Builder<'_> {
    fn read(&mut self) -> Result<Node, Box<Problem>> {
        let mut options = granit_parser::options! { block_nesting_limit: MAX_DEPTH, flow_nesting_limit: MAX_DEPTH };
        options.set_emit_comments(false);
        let mut documents = 0_usize;
        for event in Parser::new_from_str_with_options(self.text, options) {
            let (event, place) = event.map_err(|error| self.syntax(&error))?;
            let span = place.byte_range().unwrap_or(0..0);
            match event {
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 {
                        return Err(Problem::error(codes::YAML, "a second YAML document begins here")
                            .help("f.yml is one document: remove the `---` and what follows it")
                            .within(span)
                            .into());
                    }
                }
                Event::Scalar(value, style, anchor, tag) => {
                    let values = 1 + value.len() / TEXT_UNIT;
                    self.spend(values, &span)?;
                    let plain = style == ScalarStyle::Plain && !self.says_text(tag.as_deref(), &place);
                    let span = if value.is_empty() && plain { span.start..span.start } else { span };
                    let node = Node::scalar(value, plain, span);
                    self.finish(Measured { node, values, height: 0 }, anchor)?;
                }
                Event::SequenceStart(style, anchor, tag) => {
                    self.says_text(tag.as_deref(), &place);
                    self.spend(1, &span)?;
                    self.begin(span, style, anchor, Content::List(Vec::new()))?;
                }
                Event::MappingStart(style, anchor, tag) => {
                    self.says_text(tag.as_deref(), &place);
                    self.spend(1, &span)?;
                    let content =
                        Content::Map { entries: Vec::new(), seen: HashMap::new(), key: None, merges: Vec::new() };
                    self.begin(span, style, anchor, content)?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.end(&span)?,
                Event::Alias(anchor) => {
                    let Some(target) = self.anchors.get(&anchor).cloned() else {
                        return Err(Problem::error(codes::YAML, "this alias stands inside the value it names")
                            .help("an anchor can be used after its value has ended")
                            .within(span)
                            .into());
                    };
                    self.spend(target.values, &span)?;
                    self.finish(target, 0)?;
                }
                _ => {}
            }
        }
        Ok(self.root.take().unwrap_or_else(|| Node::scalar("", true, 0..0)))
    }

    /// Whether a tag makes text of a plain scalar. Tags outside of YAML itself mean something to other tools only.
    fn says_text(&mut self, tag: Option<&Tag>, place: &granit_parser::Span) -> bool {
        let Some(tag) = tag else { return false };
        match tag.core_suffix() {
            Some(suffix) => suffix == "str",
            None if tag.handle().is_empty() && tag.suffix() == "!" => true,
            None => {
                let span = place.tag_span().and_then(|span| span.byte_range());
                let span = span.or_else(|| place.byte_range()).unwrap_or(0..0);
                let problem = Problem::error(codes::YAML, "fx knows no such tag")
                    .help("remove what begins with `!`, or quote it if it is text");
                if self.problems.len() < MOST_TAGS {
                    self.problems.push(problem.within(span));
                }
                false
            }
        }
    }

    fn syntax(&self, error: &ScanError) -> Box<Problem> {
        let start = error.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
            return Box::new(too_deep(start..start));
        }
        let text = error.kind().to_string();
        let text =
            text.strip_prefix("while ").and_then(|text| text.split_once(", ")).map_or(text.as_str(), |(_, what)| what);
        let problem = Problem::error(codes::YAML, format!("not valid YAML: {text}")).within(start..start);
        Box::new(problem.help(remedy(error.kind(), self.text.get(..start).unwrap_or_default())))
    }

    fn spend(&mut self, values: usize, span: &Span) -> Result<(), Box<Problem>> {
        self.values = self.values.saturating_add(values);
        if self.values > MAX_VALUES {
            return Err(Problem::error(codes::TOO_LARGE, "the file holds more values than fx reads")
                .help(format!("at most {MAX_VALUES} values, aliases counted wherever they are used"))
                .within(span.start..span.start)
                .into());
        }
        Ok(())
    }

    fn begin(
        &mut self,
        start: Span,
        style: StructureStyle,
        anchor: usize,
        content: Content,
    ) -> Result<(), Box<Problem>> {
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(start).into());
        }
        let flow = style == StructureStyle::Flow;
        self.open.push(Frame { start, flow, anchor, values: 1, height: 0, content });
        Ok(())
    }

    fn end(&mut self, end: &Span) -> Result<(), Box<Problem>> {
        let Some(frame) = self.open.pop() else { return Ok(()) };
        let start = frame.start.start;
        let node = match frame.content {
            Content::List(items) => {
                let last = items.last().map_or(start, |node| node.span.end);
                Node::list(items, start..if frame.flow { end.end } else { last.max(start) })
            }
            Content::Map { mut entries, mut seen, merges, .. } => {
                let last = entries.last().map_or(start, |entry| entry.value.span.end.max(entry.key_span.end));
                // What stands in the map itself wins over what is merged in, and earlier merges over later ones.
                for entry in merges.iter().flat_map(Node::entries) {
                    if let Slot::Vacant(free) = seen.entry(entry.key.clone()) {
                        free.insert(entry.key_span.clone());
                        entries.push(entry.clone());
                    }
                }
                Node::map(entries, start..if frame.flow { end.end } else { last.max(start) })
            }
        };
        self.finish(Measured { node, values: frame.values, height: frame.height + 1 }, frame.anchor)
    }

    /// Puts a finished node where it belongs: into the open list or map, or at the root.
    fn finish(&mut self, done: Measured, anchor: usize) -> Result<(), Box<Problem>> {
        if anchor != 0 {
            self.anchors.insert(anchor, done.clone());
        }
        if self.open.len() + done.height > MAX_DEPTH {
            return Err(too_deep(done.node.span).into());
        }
        let Some(frame) = self.open.last_mut() else {
            self.root = Some(done.node);
            return Ok(());
        };
        frame.values = frame.values.saturating_add(done.values);
        frame.height = frame.height.max(done.height);
        match &mut frame.content {
            Content::List(items) => items.push(done.node),
            Content::Map { entries, seen, key, merges } => match key.take() {
                None => *key = Some(Key::of(&done.node)?),
                Some(Key { merge: true, .. }) => merge(merges, done.node, &mut self.problems),
                Some(Key { name, span, .. }) => {
                    let mut value = done.node;
                    if value.is_nothing() && value.span.is_empty() {
                        // Nothing was written: the key is the nearest thing to point at.
                        value.span = span.clone();
                    }
                    match seen.entry(name) {
                        Slot::Vacant(free) => {
                            entries.push(Entry { key: free.key().clone(), key_span: span.clone(), value });
                            free.insert(span);
                        }
                        Slot::Occupied(first) => self.problems.push(duplicate(first.key(), span)),
                    }
                }
            },
        }
        Ok(())
    }
}

struct Key {
    name: String,
    span: Span,
    merge: bool,
}

impl Key {
    fn of(node: &Node) -> Result<Self, Box<Problem>> {
        match &node.value {
            Value::Scalar(scalar) => {
                let merge = scalar.plain && scalar.text == "<<";
                Ok(Self { name: scalar.text.clone(), span: node.span.clone(), merge })
            }
            _ => Err(Problem::error(codes::YAML, format!("a key is text, not {}", node.form()))
                .help("text that begins with `{` or `[` needs quotes")
                .within(node.span.clone())
                .into()),
        }
    }
}

fn merge(merges: &mut Vec<Node>, value: Node, problems: &mut Vec<Problem>) {
    match &value.value {
        Value::Map(_) => merges.push(value),
        Value::List(items) if items.iter().all(|item| matches!(item.value, Value::Map(_))) => {
            merges.extend(items.iter().cloned());
        }
        _ => problems.push(
            Problem::error(codes::SHAPE, format!("`<<` merges a map or a list of maps, found {}", value.form()))
                .help("write `<<: *name` where `&name` stands at a map")
                .within(value.span),
        ),
    }
}

fn duplicate(name: &str, span: Span) -> Problem {
    Problem::error(codes::DUPLICATE_KEY, format!("the key `{name}` stands here a second time"))
        .help("a map holds each key once: remove or rename one of the two")
        .within(span)
}

fn too_deep(span: Span) -> Problem {
    Problem::error(codes::TOO_LARGE, "nested too deeply")
        .help(format!("at most {MAX_DEPTH} levels, aliases expanded"))
        .within(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Node {
        let parsed = parse(text);
        assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
        parsed.root.unwrap_or_else(|| panic!("no tree"))
    }

    fn refusal(text: &str) -> Problem {
        let parsed = parse(text);
        assert!(parsed.root.is_none());
        parsed.problems.last().cloned().unwrap_or_else(|| panic!("no problem"))
    }

    #[test]
    fn keys_and_values_know_their_place() {
        let text = "名称: 服务\r\nmap:\r\n  key: [a, \"b\"]\r\nempty:\r\n";
        let root = tree(text);
        let at = |span: &Span| &text[span.clone()];
        assert_eq!(at(&root.entries()[0].key_span), "名称");
        assert_eq!(at(&root.entries()[0].value.span), "服务");
        let list = &root.entries()[1].value.entries()[0].value;
        assert_eq!(at(&list.span), "[a, \"b\"]");
        assert_eq!(at(&list.items()[1].span), "\"b\"");
        assert_eq!(at(&root.entries()[2].value.span), "empty");
    }

    #[test]
    fn merge_keys_give_way_to_written_ones_and_to_earlier_merges() {
        let root = tree("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}\n");
        let c = root.get("c").unwrap_or_else(|| panic!("no c"));
        let read = |key: &str| c.get(key).and_then(Node::number);
        assert_eq!((read("x"), read("y"), read("z")), (Some(3), Some(1), Some(2)));
        assert_eq!(c.entries().len(), 3);
    }

    #[test]
    fn a_repeated_key_is_pointed_at_and_the_rest_still_read() {
        let parsed = parse("a: 1\nb: 2\na: 3\n");
        assert_eq!(parsed.problems.len(), 1);
        assert_eq!(parsed.problems[0].span, Some(10..11));
        assert_eq!(parsed.root.map(|root| root.entries().len()), Some(2));
    }

    #[test]
    fn alias_bombs_and_deep_nesting_are_refused() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for level in 1..20 {
            let before = level - 1;
            bomb += &format!("a{level}: &a{level} [{}]\n", vec![format!("*a{before}"); 9].join(", "));
        }
        assert_eq!(refusal(&bomb).code, codes::TOO_LARGE);
        assert_eq!(refusal(&"[".repeat(100_000)).code, codes::TOO_LARGE);
        let steps: String = (0..2_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        assert_eq!(refusal(&steps).code, codes::TOO_LARGE);
        let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(500_000), vec!["*a"; 10_000].join(","));
        assert_eq!(refusal(&text).code, codes::TOO_LARGE);
    }

    #[test]
    fn an_alias_inside_its_own_anchor_is_refused() {
        assert_eq!(refusal("a: &a [*a]\n").code, codes::YAML);
    }

    #[test]
    fn a_second_document_is_refused() {
        let problem = refusal("service: a\n---\nservice: b\n");
        assert_eq!(problem.span.map(|span| span.start), Some(11));
    }
}
