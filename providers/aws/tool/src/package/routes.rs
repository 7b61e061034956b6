//! The routes of the API that joins several functions, in API Gateway's words.

use std::fmt;

use fx_build::artifact::{Document, document::RouteArtifact};
use fx_spec::route::{Segment, segments};

const ANY: &str = "ANY";

/// A route of an HTTP API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiRoute {
    /// `GET`, or `ANY`.
    pub method: String,
    /// `/todos/{id}`.
    pub path: String,
    /// The unit that answers.
    pub unit: String,
}

impl fmt::Display for ApiRoute {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

/// The routes of all units, each once.
///
/// API Gateway's wildcard takes at least one segment, fx's also none; and it knows nothing of `HEAD`, which fx answers with what answers
/// `GET`: for these there are routes of their own, unless f.yml has some.
pub(crate) fn joint(document: &Document) -> Vec<ApiRoute> {
    let mut routes: Vec<ApiRoute> = Vec::new();
    let all = || document.units.iter().flat_map(|unit| unit.routes.iter().map(|route| (unit.name.as_str(), route)));
    for (unit, route) in all() {
        let path = api_path(&route.path);
        add(&mut routes, unit, route, &path, |known, method| known == method);
    }
    for (unit, route) in all() {
        let path = api_path(&route.path);
        if let Some(above) = path.strip_suffix(WILDCARD) {
            let above = if above.is_empty() { "/" } else { above };
            add(&mut routes, unit, route, above, |known, method| known == method || known == ANY);
        }
    }
    let taken = |path: &str| routes.iter().any(|route| route.path == path && ["HEAD", ANY].contains(&&*route.method));
    let heads = routes.iter().filter(|route| route.method == "GET" && !taken(&route.path));
    let heads: Vec<ApiRoute> = heads.map(|route| ApiRoute { method: "HEAD".into(), ..route.clone() }).collect();
    routes.extend(heads);
    routes
}

const WILDCARD: &str = "/{proxy+}";

fn add(routes: &mut Vec<ApiRoute>, unit: &str, route: &RouteArtifact, path: &str, covers: impl Fn(&str, &str) -> bool) {
    for method in &route.methods {
        if !routes.iter().any(|known| known.path == path && covers(&known.method, method)) {
            routes.push(ApiRoute { method: method.clone(), path: path.to_owned(), unit: unit.to_owned() });
        }
    }
}

fn api_path(path: &str) -> String {
    let segment = |segment: Segment<'_>| match segment {
        Segment::Literal(text) => format!("/{text}"),
        Segment::Parameter(name) => format!("/{{{name}}}"),
        Segment::Wildcard => WILDCARD.to_owned(),
    };
    let path: String = segments(path).map(segment).collect();
    if path.is_empty() { "/".into() } else { path }
}

#[cfg(test)]
mod tests {
    use fx_provider::testing::artifact;

    use super::*;

    #[test]
    fn routes_are_said_in_the_apis_own_syntax_and_each_once() {
        let f_yml = "service: two\nfunctions:\n\
            \x20 pages: { handler: a.b, events: [ { http: { path: /*, method: get } } ] }\n\
            \x20 home: { handler: c.d, events: [ { http: { path: /, method: get } }, { http: { path: /u/:id, method: any } } ] }\n";
        let said: Vec<String> =
            joint(&artifact(f_yml, crate::provider())).iter().map(|route| format!("{route} {}", route.unit)).collect();
        assert_eq!(
            said,
            ["GET /{proxy+} pages", "ANY /u/{id} home", "GET / home", "HEAD /{proxy+} pages", "HEAD / home"]
        );
    }
}
