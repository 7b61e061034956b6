//! `.env`: `NAME=value` lines that stand in for the deploying shell's environment while developing.

use std::{collections::BTreeMap, ops::Range, path::Path, sync::Arc};

use fx_spec::{Problem, SourceFile};

use crate::codes;

/// The variables of `.env` in `folder`; none when there is no such file.
pub fn load(folder: &Path, name: &str) -> Result<BTreeMap<String, String>, (SourceFile, Vec<Problem>)> {
    let empty = || SourceFile { name: name.to_owned(), text: Arc::from("") };
    let bytes = match std::fs::read(folder.join(".env")) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => {
            return Err((empty(), vec![Problem::error(codes::DOTENV, format!("cannot read {name}: {error}"))]));
        }
    };
    let Ok(text) = String::from_utf8(bytes) else {
        return Err((empty(), vec![Problem::error(codes::DOTENV, format!("{name} is not UTF-8 text"))]));
    };
    let source = SourceFile { name: name.to_owned(), text: text.into() };
    match parse(&source.text) {
        Ok(variables) => Ok(variables),
        Err(bad) => {
            let problem = |span| {
                Problem::error(codes::DOTENV_LINE, "this line is not NAME=value")
                    .help("write NAME=value, NAME='as it is' or NAME=\"with \\n escapes\"; # starts a comment")
                    .at(&source, span)
            };
            let problems = bad.into_iter().map(problem).collect();
            Err((source, problems))
        }
    }
}

/// The variables of a text, or the lines that cannot be understood.
fn parse(text: &str) -> Result<BTreeMap<String, String>, Vec<Range<usize>>> {
    let mut variables = BTreeMap::new();
    let mut bad = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if !content.is_empty() && !content.starts_with('#') {
            match assignment(content) {
                Some((name, value)) => {
                    variables.insert(name.to_owned(), value);
                }
                None => {
                    let from = start + (line.len() - line.trim_start().len());
                    bad.push(from..from + content.len());
                }
            }
        }
        start += line.len();
    }
    if bad.is_empty() { Ok(variables) } else { Err(bad) }
}

fn assignment(line: &str) -> Option<(&str, String)> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let plain = |character: char| character.is_ascii_alphanumeric() || character == '_';
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) || !name.chars().all(plain) {
        return None;
    }
    let value = value.trim();
    let value = match value.chars().next() {
        Some('\'') => {
            let (value, rest) = value[1..].split_once('\'')?;
            only_a_comment(rest).then(|| value.to_owned())?
        }
        Some('"') => double_quoted(&value[1..])?,
        _ => value.split(" #").next().unwrap_or_default().trim_end().to_owned(),
    };
    Some((name, value))
}

fn double_quoted(text: &str) -> Option<String> {
    let mut value = String::new();
    let mut characters = text.chars();
    loop {
        match characters.next()? {
            '"' => return only_a_comment(characters.as_str()).then_some(value),
            '\\' => match characters.next()? {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
}

fn only_a_comment(rest: &str) -> bool {
    let rest = rest.trim();
    rest.is_empty() || rest.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn understands_what_people_write() {
        let text =
            "# comment\n\nA=1\nexport B = two words # why\nC='a # b \\n'\nD=\"x\\n\\\"y\\\"\" # note\nE=\nF=a=b#c\r\n";
        let variables = parse(text).unwrap();
        let expected =
            [("A", "1"), ("B", "two words"), ("C", "a # b \\n"), ("D", "x\n\"y\""), ("E", ""), ("F", "a=b#c")];
        assert_eq!(variables, expected.map(|(name, value)| (name.into(), value.into())).into());
    }

    #[test]
    fn every_bad_line_is_reported_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".env"), "OK=1\n  no value\nQ=\"open\n1X=2\n").unwrap();
        let (_, problems) = load(folder.path(), ".env").unwrap_err();
        let places: Vec<_> = problems.iter().map(|problem| (problem.line, problem.column)).collect();
        assert_eq!(places, [(Some(2), Some(3)), (Some(3), Some(1)), (Some(4), Some(1))]);
    }

    #[test]
    fn no_file_means_no_variables() {
        assert!(load(tempfile::tempdir().unwrap().path(), ".env").unwrap().is_empty());
    }
}
