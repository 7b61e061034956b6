//! Reading and parsing one Rust file, and turning places in its syntax tree into places in its text.

use std::{env, fs, ops::Range, path::Path};

use fx_spec::{Problem, SourceFile};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

use super::codes;

/// Larger files are not written by people, and would make every check slow.
const MOST_BYTES: u64 = 8 << 20;
/// The parser calls itself for every bracket, prefix operator and `else if`, so how deep one statement may go is bounded, in tokens.
/// Nobody gets near: this is what fits into [`super::STACK`].
const DEEPEST: usize = 20_000;
/// How many tokens a pair of brackets weighs.
const BRACKET: usize = 80;

const UNTIL_MENDED: &str = "until this is mended, the functions of this file are unknown";

/// A parsed file.
pub(crate) struct Parsed {
    pub(crate) file: syn::File,
    pub(crate) place: Place,
}

/// Turns spans of one file's syntax tree into byte ranges of its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Bytes that were cut off before parsing (a byte order mark).
    offset: usize,
}

impl Place {
    pub(crate) fn range(self, span: Span) -> Range<usize> {
        let range = span.byte_range();
        range.start + self.offset..range.end + self.offset
    }

    /// The range of an error; `otherwise` where an error has no place of its own.
    pub(crate) fn range_or(self, span: Span, otherwise: &Range<usize>) -> Range<usize> {
        match span.byte_range() {
            Range { start: 0, end: 0 } => otherwise.clone(),
            _ => self.range(span),
        }
    }
}

/// A file that cannot be used.
pub(crate) struct Refusal {
    /// Its text, if there is one, for drawing the place.
    pub(crate) source: Option<SourceFile>,
    pub(crate) problem: Problem,
}

/// The name people know a file by: relative to where the command was typed, if it is below.
pub(crate) fn display_name(path: &Path) -> String {
    let here = env::current_dir().ok();
    let relative = here.as_deref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
    let plain: std::path::PathBuf =
        relative.components().filter(|component| !matches!(component, std::path::Component::CurDir)).collect();
    if plain.as_os_str().is_empty() { ".".into() } else { plain.display().to_string() }
}

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<SourceFile, Box<Refusal>> {
    let name = display_name(path);
    let wrong = |reason: String| {
        let mut problem = Problem::error(codes::SYNTAX, format!("{name} cannot be read: {reason}"));
        problem.file = Some(name.clone());
        Box::new(Refusal { source: None, problem })
    };
    let metadata = fs::metadata(path).map_err(|error| wrong(error.to_string()))?;
    if metadata.len() > MOST_BYTES {
        return Err(wrong(format!("it is larger than {} MB", MOST_BYTES >> 20)));
    }
    let bytes = fs::read(path).map_err(|error| wrong(error.to_string()))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(SourceFile { name, text: text.into() }),
        Err(error) => {
            let sound = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let source = SourceFile { name, text: text.into() };
            let problem =
                Problem::error(codes::SYNTAX, "this is not UTF-8 text").help(UNTIL_MENDED).at(&source, sound..sound);
            Err(Box::new(Refusal { source: Some(source), problem }))
        }
    }
}

/// The syntax tree of a file.
pub(crate) fn parse(source: &SourceFile) -> Result<Parsed, Box<Problem>> {
    let whole: &str = &source.text;
    let text = whole.strip_prefix('\u{feff}').unwrap_or(whole);
    let place = Place { offset: whole.len() - text.len() };
    // A `#!/…` line is blanked out, so that everything after it keeps its place.
    let blanked = text.starts_with("#!") && !text[2..].trim_start().starts_with('[');
    let text = if blanked {
        let line = text.find('\n').unwrap_or(text.len());
        format!("{}{}", " ".repeat(line), &text[line..])
    } else {
        text.to_owned()
    };
    let tokens: TokenStream = text.parse().map_err(|error: proc_macro2::LexError| {
        let problem = Problem::error(
            codes::SYNTAX,
            "this is not Rust: a quote or bracket without its partner, or a character Rust has no use for",
        )
        .help(UNTIL_MENDED);
        Box::new(problem.at(source, place.range(error.span())))
    })?;
    if let Some(span) = too_deep(&tokens) {
        let problem = Problem::error(codes::SYNTAX, "this is nested too deep to be read")
            .help("take some of it out into functions or constants");
        return Err(Box::new(problem.at(source, place.range(span))));
    }
    let file = syn::parse2(tokens).map_err(|error| {
        let end = source.text.trim_end().len();
        let problem = Problem::error(codes::SYNTAX, format!("this is not Rust: {error}")).help(UNTIL_MENDED);
        Box::new(problem.at(source, place.range_or(error.span(), &(end..end))))
    })?;
    Ok(Parsed { file, place })
}

/// Where the parser would have to call itself too often: within one statement, for every bracket, prefix operator and `else if`.
fn too_deep(tokens: &TokenStream) -> Option<Span> {
    let mut open = vec![Level { tokens: tokens.clone().into_iter(), outer: 0, depth: 0, after_block: false }];
    while let Some(level) = open.last_mut() {
        let Some(token) = level.tokens.next() else {
            open.pop();
            continue;
        };
        let goes_on = matches!(&token, TokenTree::Ident(word) if word == "else");
        if std::mem::take(&mut level.after_block) && !goes_on {
            level.depth = level.outer;
        }
        level.depth += 1;
        match &token {
            TokenTree::Group(group) => {
                level.after_block = group.delimiter() == Delimiter::Brace;
                level.depth += BRACKET;
                let outer = level.depth;
                open.push(Level { tokens: group.stream().into_iter(), outer, depth: outer, after_block: false });
            }
            TokenTree::Punct(punct) if matches!(punct.as_char(), ';' | ',') => level.depth = level.outer,
            TokenTree::Ident(_) | TokenTree::Literal(_) | TokenTree::Punct(_) => {}
        }
        if open.last().is_some_and(|level| level.depth > DEEPEST) {
            return Some(token.span());
        }
    }
    None
}

/// The inside of one pair of brackets.
struct Level {
    tokens: proc_macro2::token_stream::IntoIter,
    /// The depth the brackets themselves are at.
    outer: usize,
    /// The depth here: grows within a statement, falls back at its end.
    depth: usize,
    after_block: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> SourceFile {
        SourceFile { name: "lib.rs".into(), text: text.into() }
    }

    fn problem(text: &str) -> Problem {
        *parse(&source(text)).err().expect("a problem")
    }

    #[test]
    fn places_are_in_characters() {
        let problem = problem("// 中文\nconst 名字: &str = \"中文\"; fn (");
        assert_eq!((problem.line, problem.column), (Some(2), Some(27)));
    }

    #[test]
    fn a_mark_or_a_shebang_moves_nothing() {
        assert_eq!(problem("\u{feff}fn f() {} ?").span, Some(13..14));
        assert_eq!(problem("#!/usr/bin/env cargo\nfn f() {} ?").line, Some(2));
        assert!(parse(&source("#![allow(unused)]\nfn f() {}")).is_ok());
    }

    #[test]
    fn a_text_that_ends_too_early_is_reported_at_its_end() {
        assert_eq!(problem("fn f() {}\n\npub async fn\n").line, Some(3));
    }

    #[test]
    fn bottomless_code_is_refused() {
        std::thread::Builder::new()
            .stack_size(super::super::STACK)
            .spawn(|| {
                let deep = |open: &str, close: &str, times: usize| {
                    format!("const A: u8 = {}1{};", open.repeat(times), close.repeat(times))
                };
                for text in [
                    deep("(", ")", 100_000),
                    deep("!", "", 300_000),
                    deep("{", "}", 100_000),
                    format!("fn f() {{ if a {{}} {} }}", "else if a {}".repeat(100_000)),
                ] {
                    assert!(problem(&text).message.contains("too deep"), "{}", &text[..40]);
                }
                for text in [deep("(", ")", 100), deep("!", "", 5_000), deep("{", "}", 100), "fn f() {}".repeat(50_000)]
                {
                    assert!(parse(&source(&text)).is_ok(), "{}", &text[..40]);
                }
            })
            .unwrap()
            .join()
            .unwrap();
    }
}
