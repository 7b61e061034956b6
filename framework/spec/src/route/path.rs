//! Path patterns: literal segments, `:parameters`, and a `*` at the end.

use std::{collections::HashSet, ops::Range};

/// One segment of a path pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Segment<'a> {
    /// Exactly this text.
    Literal(&'a str),
    /// Anything, under this name.
    Parameter(&'a str),
    /// Whatever follows, also nothing. Only the last segment.
    Wildcard,
}

/// The segments of a pattern. A trailing slash makes no difference.
pub fn segments(path: &str) -> impl Iterator<Item = Segment<'_>> {
    path.trim_matches('/').split('/').filter(|segment| !segment.is_empty()).map(|segment| match segment {
        "*" => Segment::Wildcard,
        _ => segment.strip_prefix(':').map_or(Segment::Literal(segment), Segment::Parameter),
    })
}

/// Why a path cannot be routed, and where inside it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PathError {
    /// In one sentence without a full stop.
    pub message: String,
    /// What to write instead.
    pub help: String,
    /// The offending bytes.
    pub range: Range<usize>,
}

/// Whether a pattern can be routed.
pub fn check_path(path: &str) -> Result<(), PathError> {
    let error = |range: Range<usize>, message: &str, help: &str| {
        Err(PathError { message: message.into(), help: help.into(), range })
    };
    let whole = 0..path.len();
    let Some(rest) = path.strip_prefix('/') else {
        return error(whole, "a path begins with a slash", &format!("write `/{path}`"));
    };
    if let Some(at) = path.find(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '?' | '#' | '\\')) {
        return error(
            at..at + 1,
            "this character cannot stand in a path",
            "a path has no spaces, no query and no fragment",
        );
    }
    let mut names = HashSet::new();
    let mut start = 1;
    let last = rest.matches('/').count();
    for (index, segment) in rest.split('/').enumerate() {
        let range = start..start + segment.len();
        start = range.end + 1;
        if segment.is_empty() && index != last {
            return error(range.start - 1..range.end + 1, "an empty segment", "write one slash instead of two");
        }
        if segment.contains('*') && (segment != "*" || index != last) {
            let help = "`/*` at the end takes everything below; inside a path use a parameter, `:name`";
            return error(range, "`*` can only be the whole last segment", help);
        }
        if segment.contains(['{', '}', '(', ')', '<', '>']) {
            return error(range, "not a path fx routes", "a parameter is written `:name`, a rest `*`");
        }
        if let Some(name) = segment.strip_prefix(':') {
            if name.is_empty()
                || !name.chars().all(|c| c.is_alphanumeric() || c == '_')
                || name.starts_with(|c: char| c.is_ascii_digit())
            {
                return error(range, "a parameter needs a name", "letters, digits and _ after the colon: `:id`");
            }
            if !names.insert(name) {
                return error(range, "two parameters of one name", "give each parameter of a path its own name");
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_read() {
        let read = |path| segments(path).collect::<Vec<_>>();
        assert_eq!(read("/"), []);
        assert_eq!(read("/user/:id/*"), [Segment::Literal("user"), Segment::Parameter("id"), Segment::Wildcard]);
        assert_eq!(read("/a/"), read("/a"));
    }

    #[test]
    fn what_cannot_be_routed_is_pointed_at() {
        let range = |path| check_path(path).map_err(|error| error.range);
        for fine in ["/", "/*", "/a", "/a/", "/用户/:id", "/a/:b/:c/*", "/a.b-c_d~e", "/@x/$y"] {
            assert_eq!(range(fine), Ok(()), "{fine}");
        }
        assert_eq!(range("user"), Err(0..4));
        assert_eq!(range(""), Err(0..0));
        assert_eq!(range("/a b"), Err(2..3));
        assert_eq!(range("/a?x=1"), Err(2..3));
        assert_eq!(range("/a//b"), Err(2..4));
        assert_eq!(range("/*/b"), Err(1..2));
        assert_eq!(range("/a*"), Err(1..3));
        assert_eq!(range("/{id}"), Err(1..5));
        assert_eq!(range("/:"), Err(1..2));
        assert_eq!(range("/:a/:a"), Err(4..6));
        assert_eq!(range("/:id?"), Err(4..5));
    }
}
