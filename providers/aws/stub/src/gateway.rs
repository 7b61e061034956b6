//! Which route of an HTTP API a request takes.

use serde_json::Value;

/// How well a route fits, the best first: the whole path, the beginning of it, anything; and the method, or any.
type Fit = (u8, Vec<u8>, bool);

/// The route that a request takes.
pub(crate) fn route<'a>(routes: &'a [Value], method: &str, path: &str) -> Option<&'a Value> {
    let fits = routes.iter().filter_map(|route| Some((fit(route["routeKey"].as_str()?, method, path)?, route)));
    fits.min_by(|(one, _), (other, _)| one.cmp(other)).map(|(_, route)| route)
}

fn fit(key: &str, method: &str, path: &str) -> Option<Fit> {
    let Some((own, pattern)) = key.split_once(' ') else { return (key == "$default").then(|| (2, vec![], true)) };
    if ![method, "ANY"].contains(&own) {
        return None;
    }
    let (mut parts, mut pieces) = (path.split('/'), vec![]);
    for wanted in pattern.split('/') {
        if wanted.starts_with('{') && wanted.ends_with("+}") {
            let rest: Vec<&str> = parts.collect();
            return rest.first().is_some_and(|first| !first.is_empty()).then_some((1, pieces, own == "ANY"));
        }
        let part = parts.next()?;
        match wanted.starts_with('{') {
            true if part.is_empty() => return None,
            false if part != wanted => return None,
            placeholder => pieces.push(placeholder.into()),
        }
    }
    parts.next().is_none().then_some((0, pieces, own == "ANY"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_most_specific_route_takes_a_request() {
        let keys = ["$default", "ANY /a/{proxy+}", "GET /a/{id}", "GET /a/new", "POST /a", "ANY /a"];
        let routes = keys.map(|key| json!({ "routeKey": key }));
        let taken = |method, path| route(&routes, method, path).map(|route| route["routeKey"].clone());
        assert_eq!(taken("GET", "/a/new"), Some("GET /a/new".into()));
        assert_eq!(taken("GET", "/a/7"), Some("GET /a/{id}".into()));
        assert_eq!(taken("PUT", "/a/7"), Some("ANY /a/{proxy+}".into()));
        assert_eq!(taken("GET", "/a/7/b"), Some("ANY /a/{proxy+}".into()));
        assert_eq!((taken("POST", "/a"), taken("GET", "/a")), (Some("POST /a".into()), Some("ANY /a".into())));
        // Another path than `/a`, and none below it.
        assert_eq!(taken("GET", "/a/"), Some("$default".into()));
        assert_eq!(route(&routes[1..], "GET", "/b"), None);
    }
}
