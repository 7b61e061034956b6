//! Path patterns as f.yml writes them: `/user/:id`, `/api/*`.

use std::fmt::Write;

/// A parsed pattern.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    segments: Vec<Segment>,
    wildcard: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Segment {
    /// Spelled as it is on the wire: percent-encoded.
    Literal(String),
    Parameter(String),
}

impl Pattern {
    pub(super) fn parse(path: &str) -> Self {
        let path = path.strip_prefix('/').unwrap_or(path);
        let (path, wildcard) = match path.strip_suffix('*') {
            Some(prefix) if prefix.is_empty() || prefix.ends_with('/') => (prefix, true),
            _ => (path, false),
        };
        let path = path.strip_suffix('/').unwrap_or(path);
        let segment = |text: &str| match text.strip_prefix(':') {
            Some(name) if !name.is_empty() => Segment::Parameter(name.to_owned()),
            _ => Segment::Literal(encode(text)),
        };
        let segments = if path.is_empty() { Vec::new() } else { path.split('/').map(segment).collect() };
        Self { segments, wildcard }
    }

    /// Whether the pattern has this path (as it came over the wire, without query).
    pub(super) fn matches(&self, path: &str) -> bool {
        let Some(rest) = path.strip_prefix('/') else { return false };
        // A trailing slash is the same path; below a wildcard it is part of the rest.
        let rest = rest.strip_suffix('/').unwrap_or(rest).as_bytes();
        let mut left = (!rest.is_empty()).then_some(rest);
        for segment in &self.segments {
            let Some(rest) = left else { return false };
            let (text, behind) = match rest.iter().position(|byte| *byte == b'/') {
                Some(end) => (&rest[..end], Some(&rest[end + 1..])),
                None => (rest, None),
            };
            let fits = match segment {
                Segment::Literal(literal) => literal.as_bytes() == text,
                Segment::Parameter(_) => !text.is_empty(),
            };
            if !fits {
                return false;
            }
            left = behind;
        }
        self.wildcard || left.is_none()
    }

    /// The paths that an axum router needs to have for it.
    pub(super) fn axum_paths(&self) -> Vec<String> {
        let mut path = String::new();
        for segment in &self.segments {
            path.push('/');
            match segment {
                Segment::Literal(text) => path.push_str(&text.replace('{', "{{").replace('}', "}}")),
                Segment::Parameter(name) => {
                    let _ = write!(path, "{{{name}}}");
                }
            }
        }
        let slashed = format!("{path}/");
        let rest = format!("{path}/{{*path}}");
        match (path.is_empty(), self.wildcard) {
            (true, false) => vec![slashed],
            (true, true) => vec![slashed, rest],
            (false, false) => vec![path, slashed],
            (false, true) => vec![path, slashed, rest],
        }
    }
}

/// Percent-encodes what cannot stand in a path, and leaves what is encoded already.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%{}".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matches() {
        for (pattern, path, expected) in [
            ("/", "/", true),
            ("/", "/a", false),
            ("/*", "/", true),
            ("/*", "/a/b/", true),
            ("/a", "/a", true),
            ("/a", "/a/", true),
            ("/a/", "/a", true),
            ("/a", "/a//", false),
            ("/a", "/A", false),
            ("/user/:id", "/user/7", true),
            ("/user/:id", "/user/7/", true),
            ("/user/:id", "/user/", false),
            ("/user/:id", "/user", false),
            ("/user/:id", "/user/7/mail", false),
            ("/:a/:b", "//x", false),
            ("/api/*", "/api", true),
            ("/api/*", "/api/", true),
            ("/api/*", "/api/x/y", true),
            ("/api/*", "/apix", false),
            ("/caf\u{e9} au lait", "/caf%C3%A9%20au%20lait", true),
            ("/a%20b", "/a%20b", true),
            ("/a", "*", false),
        ] {
            assert_eq!(Pattern::parse(pattern).matches(path), expected, "{pattern} and {path}");
        }
    }

    #[test]
    fn what_axum_is_told() {
        assert_eq!(Pattern::parse("/").axum_paths(), ["/"]);
        assert_eq!(Pattern::parse("/*").axum_paths(), ["/", "/{*path}"]);
        assert_eq!(Pattern::parse("/user/:id").axum_paths(), ["/user/{id}", "/user/{id}/"]);
        assert_eq!(Pattern::parse("/api/*").axum_paths(), ["/api", "/api/", "/api/{*path}"]);
        assert_eq!(Pattern::parse("/{x}").axum_paths(), ["/{{x}}", "/{{x}}/"]);
    }
}
