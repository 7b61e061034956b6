//! HTTP routes: methods, path patterns, and the order in which they are tried.

mod order;
mod path;

use std::fmt;

use serde::Serialize;

pub use order::{dispatch_order, same_path};
pub use path::{PathError, Segment, check_path, segments};

use crate::problem::Span;

/// One route: a set of methods on one path pattern, answered by one function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Which methods.
    pub methods: Methods,
    /// The pattern as f.yml writes it: `/user/:id`, `/api/*`.
    pub path: String,
    /// Name of the function that answers.
    pub function: String,
    /// Where the path (or its event) stands in f.yml.
    pub span: Option<Span>,
}

/// A set of HTTP methods. Serialises as a list of names, all methods as `["ANY"]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "Vec<String>")]
pub enum Methods {
    /// All methods.
    Any,
    /// Some, upper-case, in the order GET POST PUT DELETE HEAD PATCH OPTIONS, without doubles.
    Some(Vec<Method>),
}

/// An HTTP method that f.yml can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Method {
    Get,
    Post,
    Put,
    Delete,
    Head,
    Patch,
    Options,
}

impl Method {
    /// All of them.
    pub const ALL: [Method; 7] =
        [Method::Get, Method::Post, Method::Put, Method::Delete, Method::Head, Method::Patch, Method::Options];

    /// Reads a name in any case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(name))
    }

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
            Method::Head => "HEAD",
            Method::Patch => "PATCH",
            Method::Options => "OPTIONS",
        }
    }
}

impl Methods {
    /// Both sets together.
    #[must_use]
    pub fn and(&self, other: &Methods) -> Methods {
        let (Methods::Some(mine), Methods::Some(theirs)) = (self, other) else { return Methods::Any };
        let both = Method::ALL.into_iter().filter(|method| mine.contains(method) || theirs.contains(method));
        Methods::Some(both.collect())
    }

    /// Whether a method is in the set.
    pub fn contains(&self, method: Method) -> bool {
        match self {
            Methods::Any => true,
            Methods::Some(methods) => methods.contains(&method),
        }
    }

    /// The first method that is in both sets.
    pub fn overlap(&self, other: &Methods) -> Option<Method> {
        Method::ALL.into_iter().find(|method| self.contains(*method) && other.contains(*method))
    }
}

/// `GET`, `GET, POST` or `ANY`.
impl fmt::Display for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Vec::<String>::from(self.clone()).join(", "))
    }
}

impl From<Methods> for Vec<String> {
    fn from(methods: Methods) -> Self {
        match methods {
            Methods::Any => vec!["ANY".into()],
            Methods::Some(list) => list.into_iter().map(|method| method.as_str().into()).collect(),
        }
    }
}
