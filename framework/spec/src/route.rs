//! HTTP routes: methods, path patterns, and the order in which they are tried.

use serde::Serialize;

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

impl From<Methods> for Vec<String> {
    fn from(methods: Methods) -> Self {
        match methods {
            Methods::Any => vec!["ANY".into()],
            Methods::Some(list) => list.into_iter().map(|method| method.as_str().into()).collect(),
        }
    }
}
