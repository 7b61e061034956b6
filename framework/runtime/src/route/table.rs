//! [`Table`]: which route answers a method on a path.

use http::{HeaderValue, Method};

use super::pattern::Pattern;

/// All routes of a unit, in the order they are tried.
#[derive(Debug, Default)]
pub struct Table {
    routes: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    methods: Methods,
    pattern: Pattern,
}

#[derive(Debug, PartialEq, Eq)]
enum Methods {
    Any,
    Some(Vec<Method>),
}

/// What the table says of a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Match {
    /// The route with this index answers.
    Route(usize),
    /// The path exists, with other methods: these.
    WrongMethod(HeaderValue),
    /// There is no such path.
    Nothing,
}

impl Table {
    /// Adds a route, to be tried after those already there.
    ///
    /// # Errors
    /// A method's name is none; it is given back.
    pub fn push<'a>(&mut self, methods: &[&'a str], path: &str) -> Result<(), &'a str> {
        let methods = if methods.contains(&"ANY") {
            Methods::Any
        } else {
            let parse = |name: &&'a str| Method::from_bytes(name.as_bytes()).map_err(|_| *name);
            Methods::Some(methods.iter().map(parse).collect::<Result<_, _>>()?)
        };
        self.routes.push(Entry { methods, pattern: Pattern::parse(path) });
        Ok(())
    }

    /// The first route that has this path and this method.
    pub fn find(&self, method: &Method, path: &str) -> Match {
        let mut path_exists = false;
        for (index, route) in self.routes.iter().enumerate() {
            if route.pattern.matches(path) {
                if route.methods.answer(method) {
                    return Match::Route(index);
                }
                path_exists = true;
            }
        }
        if path_exists { Match::WrongMethod(self.allow(path)) } else { Match::Nothing }
    }

    /// The methods a path has; HEAD is among them wherever GET is.
    fn allow(&self, path: &str) -> HeaderValue {
        let mut names: Vec<&str> = Vec::new();
        let mut add = |name| {
            if !names.contains(&name) {
                names.push(name);
            }
        };
        for route in self.routes.iter().filter(|route| route.pattern.matches(path)) {
            if let Methods::Some(methods) = &route.methods {
                for method in methods {
                    add(method.as_str());
                    if method == Method::GET {
                        add("HEAD");
                    }
                }
            }
        }
        // Names of methods are tokens, and tokens may stand in a header.
        HeaderValue::from_str(&names.join(", ")).unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    pub(super) fn axum_paths(&self, index: usize) -> Vec<String> {
        self.routes[index].pattern.axum_paths()
    }
}

impl Methods {
    fn answer(&self, method: &Method) -> bool {
        match self {
            Self::Any => true,
            Self::Some(methods) => {
                methods.contains(method) || (method == Method::HEAD && methods.contains(&Method::GET))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::default();
        for (methods, path) in [
            (&["GET"][..], "/user/me"),
            (&["GET", "PUT"], "/user/:id"),
            (&["DELETE"], "/user/*"),
            (&["ANY"], "/any/:x"),
        ] {
            table.push(methods, path).unwrap();
        }
        table
    }

    #[test]
    fn a_method_the_first_path_lacks_falls_through() {
        let table = table();
        assert_eq!(table.find(&Method::GET, "/user/me"), Match::Route(0));
        assert_eq!(table.find(&Method::PUT, "/user/me"), Match::Route(1));
        assert_eq!(table.find(&Method::DELETE, "/user/me"), Match::Route(2));
        assert_eq!(table.find(&Method::HEAD, "/user/7/"), Match::Route(1));
        assert_eq!(table.find(&Method::from_bytes(b"PURGE").unwrap(), "/any/1"), Match::Route(3));
    }

    #[test]
    fn allow_is_the_union() {
        let allow = |path| match table().find(&Method::POST, path) {
            Match::WrongMethod(allow) => allow.to_str().unwrap().to_owned(),
            other => panic!("{other:?}"),
        };
        assert_eq!(allow("/user/me"), "GET, HEAD, PUT, DELETE");
        assert_eq!(allow("/user"), "DELETE");
        assert_eq!(table().find(&Method::POST, "/nothing"), Match::Nothing);
    }

    #[test]
    fn a_bad_method_is_given_back() {
        assert_eq!(Table::default().push(&["GE T"], "/"), Err("GE T"));
    }
}
