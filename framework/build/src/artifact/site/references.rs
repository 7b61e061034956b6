//! References to other files of a folder, in pages, style sheets and scripts.
//!
//! Only what leads to a file of the folder is one, so a text that merely looks like a reference does no harm: it would have to name a
//! file that is there. Scripts are searched where a reference must stand (`import`, `from`, `new URL(…, import.meta.url)`); other
//! texts in them are the script's own business.

mod html;

use std::{collections::BTreeMap, ops::Range};

/// A reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The bytes of its path, without what follows `?` or `#`.
    pub range: Range<usize>,
    /// The file it leads to.
    pub target: String,
}

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    Html,
    Css,
    Script,
}

impl Syntax {
    /// By the end of its name; `None`: nothing that references are looked for in.
    pub fn of(name: &str) -> Option<Self> {
        let (_, end) = name.rsplit_once('.')?;
        match end.to_ascii_lowercase().as_str() {
            "html" | "htm" | "xhtml" => Some(Self::Html),
            "css" => Some(Self::Css),
            "js" | "mjs" => Some(Self::Script),
            _ => None,
        }
    }
}

/// The references in a file, in order.
pub(super) fn find(name: &str, bytes: &[u8], files: &BTreeMap<String, Vec<u8>>) -> Vec<Found> {
    let (Some(syntax), Ok(text)) = (Syntax::of(name), std::str::from_utf8(bytes)) else { return Vec::new() };
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut search = Search { text, folder, files, found: Vec::new() };
    match syntax {
        Syntax::Html => html::search(&mut search),
        Syntax::Css => search.css(0..text.len()),
        Syntax::Script => search.script(0..text.len()),
    }
    search.found.sort_by_key(|found| found.range.start);
    let mut end = 0;
    search.found.retain(|found| {
        let follows = found.range.start >= end;
        end = end.max(found.range.end);
        follows
    });
    search.found
}

struct Search<'a> {
    text: &'a str,
    /// The folder of the file that is searched.
    folder: &'a str,
    files: &'a BTreeMap<String, Vec<u8>>,
    found: Vec<Found>,
}

impl Search<'_> {
    /// Takes a reference if it leads to a file.
    fn take(&mut self, range: Range<usize>) {
        let reference = &self.text[range.clone()];
        let path = reference.find(['?', '#']).map_or(reference, |end| &reference[..end]);
        if let Some(target) = resolve(self.folder, path).filter(|target| self.files.contains_key(target)) {
            self.found.push(Found { range: range.start..range.start + path.len(), target });
        }
    }

    /// `url(…)` and `@import "…"`.
    fn css(&mut self, range: Range<usize>) {
        let text = self.text;
        for word in ["url(", "@import"] {
            for start in starts(text, &range, word) {
                let at = start + word.len() + blanks(&text[start + word.len()..range.end]);
                match text[at..range.end].chars().next() {
                    Some(quote @ ('"' | '\'')) => {
                        if let Some(length) = text[at + 1..range.end].find([quote, '\n']) {
                            self.take(at + 1..at + 1 + length);
                        }
                    }
                    Some(_) if word == "url(" => {
                        if let Some(length) = text[at..range.end].find(')') {
                            self.take(at..at + text[at..at + length].trim_end().len());
                        }
                    }
                    _ => {}
                }
            }
        }
        self.map(range);
    }

    /// The texts after `import` and `from`, and that of `new URL("…", import.meta.url)`.
    fn script(&mut self, range: Range<usize>) {
        for literal in literals(self.text, &range) {
            let before = self.text[range.start..literal.start - 1].trim_end();
            let after = self.text[literal.end + 1..range.end].trim_start();
            let text = &self.text[literal.clone()];
            // A bare name is a package's.
            let is_path = text.starts_with(['.', '/']);
            let imported = ["import", "from"].iter().any(|word| ends_in_word(before, word))
                || before.strip_suffix('(').is_some_and(|before| ends_in_word(before.trim_end(), "import"));
            let located = before.strip_suffix('(').is_some_and(|before| ends_in_word(before.trim_end(), "URL"))
                && after.strip_prefix(',').is_some_and(|after| after.trim_start().starts_with("import.meta.url"));
            if located || (imported && is_path) {
                self.take(literal);
            }
        }
        self.map(range);
    }

    /// All texts that begin like a path: an import map's.
    fn import_map(&mut self, range: Range<usize>) {
        for literal in literals(self.text, &range) {
            if self.text[literal.clone()].starts_with(['.', '/']) {
                self.take(literal);
            }
        }
    }

    /// Where the source map is.
    fn map(&mut self, range: Range<usize>) {
        const WORD: &str = "sourceMappingURL=";
        for start in starts(self.text, &range, WORD) {
            let rest = &self.text[start + WORD.len()..range.end];
            let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
            self.take(start + WORD.len()..start + WORD.len() + length);
        }
    }
}

fn starts(text: &str, range: &Range<usize>, word: &str) -> Vec<usize> {
    text[range.clone()].match_indices(word).map(|(start, _)| range.start + start).collect()
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// Everything between two like quotes on one line. Which of them are texts and which lie between two texts is not asked: that would take
/// a whole parser, and only those are taken that stand after the right word and lead to a file.
fn literals(text: &str, range: &Range<usize>) -> Vec<Range<usize>> {
    let inside = &text[range.clone()];
    let quotes = inside.match_indices(['"', '\'', '`']);
    quotes
        .filter_map(|(at, quote)| {
            let start = at + 1;
            let length = inside[start..].find([quote.chars().next()?, '\n', '\\'])?;
            let closed = inside[start + length..].starts_with(quote);
            closed.then(|| range.start + start..range.start + start + length)
        })
        .collect()
}

fn ends_in_word(text: &str, word: &str) -> bool {
    let part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$' | '.');
    text.strip_suffix(word).is_some_and(|before| !before.ends_with(part))
}

/// The file that a path leads to from a folder; `None`: out of it, or to another site.
fn resolve(folder: &str, path: &str) -> Option<String> {
    if path.is_empty() || path.starts_with("//") || path.split('/').next().is_some_and(|first| first.contains(':')) {
        return None;
    }
    let mut parts: Vec<&str> = match path.starts_with('/') {
        true => Vec::new(),
        false => folder.split('/').filter(|part| !part.is_empty()).collect(),
    };
    let path = decode(path)?;
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// `%20` as the letter it stands for.
fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

/// A name as a part of an address that needs no quotes anywhere.
pub(super) fn encode(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => text.push(char::from(byte)),
            _ => text += &format!("%{byte:02X}"),
        }
    }
    text
}
