//! Which unit takes a request. Inside a unit its own router decides; between several units f.yml's routes do.

use fx_spec::{
    Service,
    route::{Methods, Route, Segment, dispatch_order, segments},
};

/// The routes of all units in the order in which they are tried.
#[derive(Debug, Clone, Default)]
pub struct Dispatch {
    routes: Vec<Route>,
    functions: Vec<(String, usize)>,
}

impl Dispatch {
    /// The table of a service.
    pub fn new(service: &Service) -> Self {
        let mut routes = Vec::new();
        let mut functions = Vec::new();
        for (index, unit) in service.units.iter().enumerate() {
            routes.extend(unit.routes.iter().cloned());
            functions.extend(unit.functions.iter().map(|function| (function.name.value.clone(), index)));
        }
        dispatch_order(&mut routes);
        Self { routes, functions }
    }

    /// The first unit whose route fits path and method; else one whose path fits (it knows the right 405); else the first.
    pub fn unit(&self, method: &str, path: &str) -> usize {
        let fits = || self.routes.iter().filter(|route| fits_path(&route.path, path));
        let first = fits().find(|route| fits_method(&route.methods, method)).or_else(|| fits().next());
        first.and_then(|route| self.unit_of(&route.function)).unwrap_or_default()
    }

    /// The unit that holds a function.
    pub fn unit_of(&self, function: &str) -> Option<usize> {
        self.functions.iter().find(|(name, _)| name == function).map(|(_, unit)| *unit)
    }
}

fn fits_method(methods: &Methods, method: &str) -> bool {
    match methods {
        Methods::Any => true,
        // HEAD is answered by GET.
        Methods::Some(list) => {
            list.iter().any(|known| known.as_str() == method || (method == "HEAD" && known.as_str() == "GET"))
        }
    }
}

fn fits_path(pattern: &str, path: &str) -> bool {
    let mut path = path.trim_matches('/').split('/').filter(|segment| !segment.is_empty());
    for expected in segments(pattern) {
        let fits = match (expected, path.next()) {
            (Segment::Wildcard, _) => return true,
            (Segment::Parameter(_), found) => found.is_some(),
            (Segment::Literal(expected), found) => found == Some(expected),
        };
        if !fits {
            return false;
        }
    }
    path.next().is_none()
}

#[cfg(test)]
mod tests {
    use fx_spec::route::Method;

    use super::*;

    fn dispatch(routes: &[(Methods, &str, usize)]) -> Dispatch {
        let route = |(methods, path, unit): &(Methods, &str, usize)| Route {
            methods: methods.clone(),
            path: (*path).into(),
            function: format!("f{unit}"),
            span: None,
        };
        let functions = (0..3).map(|unit| (format!("f{unit}"), unit)).collect();
        Dispatch { routes: routes.iter().map(route).collect(), functions }
    }

    #[test]
    fn paths_fit_as_f_yml_means_them() {
        for (pattern, path) in
            [("/", "/"), ("/a/:id", "/a/7"), ("/a/:id", "/a/7/"), ("/*", "/"), ("/*", "/x/y"), ("/a/*", "/a")]
        {
            assert!(fits_path(pattern, path), "{pattern} should take {path}");
        }
        for (pattern, path) in [("/", "/a"), ("/a/:id", "/a"), ("/a/:id", "/a/7/8"), ("/a/*", "/b"), ("/A", "/a")] {
            assert!(!fits_path(pattern, path), "{pattern} should not take {path}");
        }
    }

    #[test]
    fn the_method_falls_through_to_the_next_route_that_has_it() {
        let get = || Methods::Some(vec![Method::Get]);
        let table = dispatch(&[(get(), "/user/:id", 1), (Methods::Any, "/*", 2)]);
        assert_eq!(table.unit("GET", "/user/1"), 1);
        assert_eq!(table.unit("HEAD", "/user/1"), 1);
        assert_eq!(table.unit("DELETE", "/user/1"), 2);
        let table = dispatch(&[(get(), "/user/:id", 1)]);
        assert_eq!(table.unit("DELETE", "/user/1"), 1, "its 405 is the right answer");
        assert_eq!(table.unit("GET", "/nowhere"), 0);
    }
}
