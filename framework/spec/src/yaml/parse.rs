//! Text → tree, with every resource a hostile file could eat bounded beforehand.

use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Parser, ScalarStyle, ScanError, StructureStyle};

use super::node::{Entry, Map, Node, Scalar, Value};
use crate::problem::{Problem, Span, codes};

/// The longest file that is read. A hundred times what a large service needs.
pub(crate) const MAX_BYTES: usize = 1 << 20;
/// Levels of nesting, aliases expanded. f.yml itself needs nine.
const MAX_DEPTH: usize = 64;
/// Values, aliases expanded; long text counts once per [`TEXT_UNIT`] bytes.
const MAX_VALUES: usize = 50_000;
const TEXT_UNIT: usize = 64;

/// What was read, and what was wrong on the way. No tree = the file cannot be understood at all.
pub(crate) struct Parsed {
    pub(crate) root: Option<Node>,
    pub(crate) problems: Vec<Problem>,
}

/// Reads one YAML document. Problems carry a span, not yet a line.
pub(crate) fn parse(text: &str) -> Parsed {
    let mut builder = Builder { text_len: text.len(), ..Builder::default() };
    let root = builder.read(text);
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
struct Builder {
    text_len: usize,
    open: Vec<Frame>,
    anchors: HashMap<usize, Measured>,
    values: usize,
    root: Option<Node>,
    problems: Vec<Problem>,
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
    Map { entries: Vec<Entry>, seen: HashSet<String>, key: Option<(String, Span, bool)>, merges: Vec<Node> },
}

impl Builder {
    fn read(&mut self, text: &str) -> Result<Node, Box<Problem>> {
        let mut options = granit_parser::options! { block_nesting_limit: MAX_DEPTH, flow_nesting_limit: MAX_DEPTH };
        options.set_emit_comments(false);
        let mut documents = 0_usize;
        for event in Parser::new_from_str_with_options(text, options) {
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
                Event::Scalar(value, style, anchor, _) => {
                    let values = 1 + value.len() / TEXT_UNIT;
                    self.spend(values, &span)?;
                    let plain = style == ScalarStyle::Plain;
                    let span = if value.is_empty() && plain { span.start..span.start } else { span };
                    let node = Node::scalar(value, plain, span);
                    self.finish(Measured { node, values, height: 0 }, anchor)?;
                }
                Event::SequenceStart(style, anchor, _) => {
                    self.spend(1, &span)?;
                    self.begin(span, style, anchor, Content::List(Vec::new()))?;
                }
                Event::MappingStart(style, anchor, _) => {
                    self.spend(1, &span)?;
                    let content =
                        Content::Map { entries: Vec::new(), seen: HashSet::new(), key: None, merges: Vec::new() };
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

    fn syntax(&self, error: &ScanError) -> Box<Problem> {
        let start = error.marker().byte_offset().unwrap_or(self.text_len).min(self.text_len);
        if matches!(error.kind(), granit_parser::ErrorKind::RecursionLimitExceeded) {
            return Box::new(too_deep(start..start));
        }
        Box::new(Problem::error(codes::YAML, format!("not valid YAML: {}", error.kind())).within(start..start))
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

    fn begin(&mut self, start: Span, style: StructureStyle, anchor: usize, content: Content) -> Result<(), Box<Problem>> {
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
                for entry in merges.iter().flat_map(Node::entries) {
                    // What stands in the map itself wins over what is merged in, and earlier merges over later ones.
                    if seen.insert(entry.key.clone()) {
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
                None => *key = Some(self.problems_for_key(done.node)),
                Some((name, key_span, true)) if name == "<<" => {
                    let _ = key_span;
                    merge(merges, done.node, &mut self.problems);
                }
                Some((name, key_span, _)) => {
                    let mut value = done.node;
                    if value.is_nothing() && value.span.is_empty() {
                        value.span = key_span.clone();
                    }
                    if seen.insert(name.clone()) {
                        entries.push(Entry { key: name, key_span, value });
                    } else {
                        let first = entries.iter().find(|entry| entry.key == name).map(|entry| entry.key_span.clone());
                        self.problems.push(duplicate(&name, key_span, first));
                    }
                }
            },
        }
        Ok(())
    }
}
