//! `${env.X}`, `${env.X:-default}` and `${secret.X}` inside values.

use std::{collections::BTreeSet, fmt, ops::Range};

use crate::service::{Expression, Piece};

/// `${…}` that cannot be understood, and where inside the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExpressionError {
    /// In one sentence without a full stop.
    pub message: String,
    /// What to write instead.
    pub help: String,
    /// The offending bytes inside the text.
    pub range: Range<usize>,
}

/// A variable that an expression needs and that is not set (or empty).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {} {name} is not set", if *secret { "secret" } else { "environment variable" })]
pub struct MissingVariable {
    /// Its name.
    pub name: String,
    /// Whether it was asked for as `${secret.…}`.
    pub secret: bool,
}

impl Expression {
    /// Text without any `${…}` in it, kept as it is.
    pub fn literal(text: impl Into<String>) -> Self {
        Self { pieces: vec![Piece::Text(text.into())] }
    }

    /// Reads a value. Dollar signs that do not look like one of fx's expressions stay as they are.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let (parts, errors) = parts(text);
        match errors.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(Self { pieces: parts.into_iter().map(|(piece, _)| piece).collect() }),
        }
    }

    /// The value, with variables and secrets looked up through `variables`. An empty variable counts as unset.
    pub fn evaluate(&self, variables: &dyn Fn(&str) -> Option<String>) -> Result<String, MissingVariable> {
        let mut value = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => value.push_str(text),
                Piece::Env { name, default } => match (set(variables, name), default) {
                    (Some(text), _) => value.push_str(&text),
                    (None, Some(default)) => value.push_str(default),
                    (None, None) => return Err(MissingVariable { name: name.clone(), secret: false }),
                },
                Piece::Secret(name) => match set(variables, name) {
                    Some(text) => value.push_str(&text),
                    None => return Err(MissingVariable { name: name.clone(), secret: true }),
                },
            }
        }
        Ok(value)
    }

    /// Names of the environment variables it reads.
    pub fn variables(&self) -> BTreeSet<&str> {
        self.names(|piece| match piece {
            Piece::Env { name, .. } => Some(name),
            _ => None,
        })
    }

    /// Names of the secrets it reads.
    pub fn secrets(&self) -> BTreeSet<&str> {
        self.names(|piece| match piece {
            Piece::Secret(name) => Some(name),
            _ => None,
        })
    }

    fn names(&self, name: fn(&Piece) -> Option<&String>) -> BTreeSet<&str> {
        self.pieces.iter().filter_map(name).map(String::as_str).collect()
    }
}

fn set(variables: &dyn Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    variables(name).filter(|value| !value.is_empty())
}

/// As f.yml writes it: no variable is looked up, so no secret can show.
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => f.write_str(text),
            Piece::Env { name, default: None } => write!(f, "${{env.{name}}}"),
            Piece::Env { name, default: Some(default) } => write!(f, "${{env.{name}:-{default}}}"),
            Piece::Secret(name) => write!(f, "${{secret.{name}}}"),
        })
    }
}

/// A piece and its bytes in the text.
pub(crate) type Part = (Piece, Range<usize>);

/// Cuts a text into its pieces; what cannot be understood is reported and stays as text.
pub(crate) fn parts(text: &str) -> (Vec<Part>, Vec<ExpressionError>) {
    let mut parts: Vec<Part> = Vec::new();
    let mut errors = Vec::new();
    let mut plain_from = 0;
    let mut at = 0;
    while let Some(start) = text[at..].find("${").map(|found| at + found) {
        at = start + 2;
        let end = text[at..].find('}').map(|found| at + found + 1);
        let range = start..end.unwrap_or(text.len());
        match piece(&text[at..end.map_or(text.len(), |end| end - 1)], end.is_some()) {
            Ok(None) => {}
            Ok(Some(piece)) => {
                if plain_from < start {
                    parts.push((Piece::Text(text[plain_from..start].into()), plain_from..start));
                }
                at = range.end;
                plain_from = range.end;
                parts.push((piece, range));
            }
            Err((message, help)) => {
                at = range.end;
                errors.push(ExpressionError { message, help, range });
            }
        }
    }
    if plain_from < text.len() || parts.is_empty() {
        parts.push((Piece::Text(text[plain_from..].into()), plain_from..text.len()));
    }
    (parts, errors)
}

const FORMS: &str = "fx knows `${env.NAME}`, `${env.NAME:-default}` and `${secret.NAME}`";

/// What stands between the braces: a piece, or nothing of fx's, or a mistake.
fn piece(inside: &str, closed: bool) -> Result<Option<Piece>, (String, String)> {
    let trimmed = inside.trim();
    let ours = ["env.", "secret.", "self:", "env:"].iter().any(|start| trimmed.starts_with(start));
    if !closed {
        return match ours {
            true => Err(("`${` without its `}`".into(), FORMS.into())),
            false => Ok(None),
        };
    }
    if let Some(rest) = trimmed.strip_prefix("env.") {
        let (name, default) = match inside.trim_start()["env.".len()..].split_once(":-") {
            Some((name, default)) => (name, Some(default.to_owned())),
            None => (rest, None),
        };
        if is_word(name) {
            return Ok(Some(Piece::Env { name: name.into(), default }));
        }
    }
    if let Some(name) = trimmed.strip_prefix("secret.").filter(|name| is_word(name)) {
        return Ok(Some(Piece::Secret(name.into())));
    }
    let dotted = trimmed.split_once('.').is_some_and(|(before, after)| is_word(before) && is_word(after));
    match ours || dotted {
        true => Err((format!("fx cannot fill in `${{{inside}}}`"), FORMS.into())),
        false => Ok(None),
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, variables: &[(&str, &str)]) -> Result<String, MissingVariable> {
        let look_up =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Expression::parse(text).unwrap_or_else(|error| panic!("{error}")).evaluate(&look_up)
    }

    #[test]
    fn variables_are_filled_in() {
        let set = [("A", "1"), ("EMPTY", ""), ("S", "hush")];
        assert_eq!(value("x${env.A}y${ env.A }", &set), Ok("x1y1".into()));
        assert_eq!(value("${env.B:-2}${env.EMPTY:-3}", &set), Ok("23".into()));
        assert_eq!(value("${env.B:-a:-b}", &set), Ok("a:-b".into()));
        assert_eq!(value("${env.B:-}", &set), Ok(String::new()));
        assert_eq!(value("${secret.S}", &set), Ok("hush".into()));
        assert_eq!(value("${env.EMPTY}", &set), Err(MissingVariable { name: "EMPTY".into(), secret: false }));
        assert_eq!(
            value("${secret.T}", &set).map_err(|missing| missing.to_string()),
            Err("the secret T is not set".into())
        );
    }

    #[test]
    fn other_dollars_stay() {
        for text in ["", "$", "${", "${}", "${HOME}", "$5", "${a.b.c}", "{}", "a}b", "${x:-y}", "中${文}"] {
            assert_eq!(value(text, &[]), Ok(text.into()));
        }
    }

    #[test]
    fn mistakes_are_found_where_they_stand() {
        let range = |text: &str| Expression::parse(text).map_err(|error| error.range);
        assert_eq!(range("a ${self.service} b"), Err(2..17));
        assert_eq!(range("中${self:provider.name}"), Err(3..24));
        assert_eq!(range("${env.A"), Err(0..7));
        assert_eq!(range("${env.A, 'd'}"), Err(0..13));
        assert_eq!(range("${env.}"), Err(0..7));
    }

    #[test]
    fn shown_as_written() {
        for text in ["a${env.B}c", "${env.B:-x y}", "${secret.S}", "plain"] {
            let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(expression.to_string(), text);
        }
    }

    #[test]
    fn names_are_told_apart() {
        let expression = Expression::parse("${env.A}${secret.B}${env.C:-c}").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(expression.variables().into_iter().collect::<Vec<_>>(), ["A", "C"]);
        assert_eq!(expression.secrets().into_iter().collect::<Vec<_>>(), ["B"]);
    }
}
