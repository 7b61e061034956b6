//! The order in which routes are tried: the first that fits path and method answers.
//!
//! Deeper paths come before shallower ones (a trailing `*` adds no depth), at the same depth a literal segment comes before
//! a parameter and a parameter before the wildcard, from left to right. Midway tries `/items/*` before `/items/:id`; fx does not.

use std::cmp::Reverse;

use super::{Route, Segment, segments};

/// Sorts routes into dispatch order; equal ones keep their order.
pub fn dispatch_order(routes: &mut [Route]) {
    routes.sort_by_cached_key(|route| Rank::of(&route.path));
}

/// Two paths that differ in the names of their parameters, or in a trailing slash, are the same path; this text stands for it.
pub fn same_path(path: &str) -> String {
    let mut same = String::with_capacity(path.len());
    for segment in segments(path) {
        same.push('/');
        match segment {
            Segment::Literal(text) => same.push_str(text),
            Segment::Parameter(_) => same.push(':'),
            Segment::Wildcard => same.push('*'),
        }
    }
    same
}

/// Orders what answers less before what answers more.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    depth: Reverse<usize>,
    classes: Vec<Class>,
    /// Among unrelated paths the longer text comes first, as in Midway.
    length: Reverse<usize>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Literal,
    Parameter,
    Wildcard,
}

impl Rank {
    fn of(path: &str) -> Self {
        let class = |segment| match segment {
            Segment::Literal(_) => Class::Literal,
            Segment::Parameter(_) => Class::Parameter,
            Segment::Wildcard => Class::Wildcard,
        };
        let classes: Vec<Class> = segments(path).map(class).collect();
        let depth = classes.iter().filter(|class| **class != Class::Wildcard).count();
        Self { depth: Reverse(depth), classes, length: Reverse(path.chars().count()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::Methods;

    fn sorted(paths: &[&str]) -> Vec<String> {
        let route =
            |path: &&str| Route { methods: Methods::Any, path: (*path).into(), function: String::new(), span: None };
        let mut routes: Vec<Route> = paths.iter().map(route).collect();
        dispatch_order(&mut routes);
        routes.into_iter().map(|route| route.path).collect()
    }

    #[test]
    fn specific_routes_come_first() {
        assert_eq!(
            sorted(&[
                "/*",
                "/",
                "/api/items",
                "/api/items/*",
                "/api/items/:id",
                "/api/items/mine",
                "/api/:kind",
                "/api/*"
            ]),
            ["/api/items/mine", "/api/items/:id", "/api/items", "/api/items/*", "/api/:kind", "/api/*", "/", "/*"],
        );
    }

    #[test]
    fn earlier_segments_weigh_more() {
        assert_eq!(sorted(&["/:a/b/c", "/a/:b/c", "/a/b/:c"]), ["/a/b/:c", "/a/:b/c", "/:a/b/c"]);
    }

    #[test]
    fn parameter_names_and_trailing_slashes_do_not_tell_paths_apart() {
        assert_eq!(same_path("/user/:id/"), same_path("/user/:name"));
        assert_ne!(same_path("/user/:id"), same_path("/user/*"));
        assert_ne!(same_path("/user"), same_path("/User"));
        assert_eq!(same_path("/"), "");
    }
}
