//! References in a page: the attributes that make a browser load something, and what style sheets and scripts inside of it say.

use std::ops::Range;

use super::Search;

/// A tag's attributes: their names in lower case, and where their values are.
type Attributes = Vec<(String, Range<usize>)>;

/// Kinds of links that must stay where the page is: browsers want them from the same site, or they are no files to load.
const STAY: [&str; 5] = ["alternate", "author", "canonical", "manifest", "search"];

pub(super) fn search(search: &mut Search<'_>) {
    let text = search.text;
    let mut at = 0;
    while let Some(start) = text[at..].find('<').map(|found| at + found) {
        let rest = &text[start..];
        if rest.starts_with("<!--") {
            at = rest.find("-->").map_or(text.len(), |end| start + end + 3);
            continue;
        }
        if !rest[1..].starts_with(|first: char| first.is_ascii_alphabetic()) {
            at = start + 1;
            continue;
        }
        let (name, attributes, end) = tag(text, start + 1);
        in_tag(search, &name, &attributes);
        at = end;
        if matches!(name.as_str(), "script" | "style" | "textarea" | "title") {
            let close = format!("</{name}");
            let length = text[end..].to_ascii_lowercase().find(&close).unwrap_or(text.len() - end);
            in_element(search, &name, &attributes, end..end + length);
            at = end + length;
        }
    }
}

/// The tag whose name begins here: its name in lower case, its attributes, and where it ends.
fn tag(text: &str, start: usize) -> (String, Attributes, usize) {
    let until = |at: usize, ends: &[char]| text[at..].find(ends).map_or(text.len(), |found| at + found);
    let blank = |at: usize| at + (text[at..].len() - text[at..].trim_start().len());
    const ENDS: [char; 7] = [' ', '\t', '\n', '\r', '\u{c}', '/', '>'];
    let mut at = until(start, &ENDS);
    let name = text[start..at].to_ascii_lowercase();
    let mut attributes = Attributes::new();
    loop {
        at = blank(at);
        match text[at..].chars().next() {
            None => return (name, attributes, at),
            Some('>') => return (name, attributes, at + 1),
            Some('/') => at += 1,
            Some(first) => {
                // An equals sign at the beginning is part of the name, as strange as that is.
                let begin = at;
                at = until(at + first.len_utf8(), &[ENDS.as_slice(), &['=']].concat());
                let attribute = text[begin..at].to_ascii_lowercase();
                let equals = blank(at);
                if !text[equals..].starts_with('=') {
                    continue;
                }
                at = blank(equals + 1);
                let value = match text[at..].chars().next() {
                    Some(quote @ ('"' | '\'')) => at + 1..until(at + 1, &[quote]),
                    _ => at..until(at, &[' ', '\t', '\n', '\r', '\u{c}', '>']),
                };
                at = if value.start > at { (value.end + 1).min(text.len()) } else { value.end };
                attributes.push((attribute, value));
            }
        }
    }
}

fn in_tag(search: &mut Search<'_>, name: &str, attributes: &Attributes) {
    let rel = value(search.text, attributes, "rel").unwrap_or_default().to_ascii_lowercase();
    if name == "link" && rel.split_whitespace().any(|word| STAY.contains(&word)) {
        return;
    }
    for (attribute, range) in attributes {
        match (name, attribute.as_str()) {
            ("link" | "image", "href") | ("object", "data") => take(search, range),
            ("audio" | "embed" | "img" | "input" | "script" | "source" | "track" | "video", "src") => {
                take(search, range);
            }
            ("video", "poster") => take(search, range),
            ("img" | "source", "srcset") | ("link", "imagesrcset") => candidates(search, range),
            (_, "style") => search.css(range.clone()),
            _ => {}
        }
    }
}

fn in_element(search: &mut Search<'_>, name: &str, attributes: &Attributes, content: Range<usize>) {
    match (name, value(search.text, attributes, "type").unwrap_or_default()) {
        ("style", _) => search.css(content),
        ("script", "importmap") => search.import_map(content),
        ("script", "" | "module" | "text/javascript") => search.script(content),
        _ => {}
    }
}

fn value<'a>(text: &'a str, attributes: &Attributes, wanted: &str) -> Option<&'a str> {
    let (_, range) = attributes.iter().find(|(name, _)| name == wanted)?;
    Some(text[range.clone()].trim())
}

/// A value without the blanks around it.
fn take(search: &mut Search<'_>, range: &Range<usize>) {
    let value = &search.text[range.clone()];
    let start = range.start + (value.len() - value.trim_start().len());
    search.take(start..start + value.trim().len());
}

/// `a.png 1x, b.png 2x`.
fn candidates(search: &mut Search<'_>, range: &Range<usize>) {
    let mut start = range.start;
    for candidate in search.text[range.clone()].split(',') {
        let blank = candidate.len() - candidate.trim_start().len();
        let length = candidate.trim_start().find(char::is_whitespace).unwrap_or(candidate.trim_start().len());
        search.take(start + blank..start + blank + length);
        start += candidate.len() + 1;
    }
}
