//! [`Dispatch`]: the table, and behind each of its routes an axum router with this one path.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::Arc,
    task::{Context as Task, Poll},
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    response::Response,
    routing::{MethodRouter, future::RouteFuture},
};
use futures_util::future::Either;
use http::{StatusCode, header};
use thiserror::Error;
use tower::Service;

use super::{
    decode::decode,
    table::{Match, Table},
};
use crate::{context::Context, error, unit::RouteEntry};

/// A route that cannot be.
#[derive(Debug, Error)]
pub(crate) enum RouteError {
    /// A method's name is none.
    #[error("`{0}` is not an HTTP method")]
    Method(&'static str),
}

/// All routes of a unit as one service.
#[derive(Clone)]
pub(crate) struct Dispatch(Arc<Inner>);

struct Inner {
    table: Table,
    routes: Vec<Endpoint>,
}

struct Endpoint {
    function: &'static str,
    router: Router,
}

impl Dispatch {
    /// From functions and their routes, in any order: each route carries its rank.
    pub(crate) fn new(
        functions: &[(&'static str, &'static [RouteEntry], MethodRouter)],
        body_limit: Option<usize>,
    ) -> Result<Self, RouteError> {
        let mut ranked: Vec<_> = functions
            .iter()
            .flat_map(|(function, routes, endpoint)| routes.iter().map(move |route| (route, *function, endpoint)))
            .collect();
        ranked.sort_by_key(|((rank, ..), ..)| *rank);

        let mut table = Table::default();
        let mut routes = Vec::with_capacity(ranked.len());
        for (index, ((_, methods, path), function, endpoint)) in ranked.into_iter().enumerate() {
            table.push(methods, path).map_err(RouteError::Method)?;
            // A literal segment may begin with `:` or `*`, which axum takes for the spelling of its older versions.
            let mut router = Router::new().without_v07_checks();
            for path in table.axum_paths(index) {
                router = router.route(&path, endpoint.clone());
            }
            if let Some(bytes) = body_limit {
                router = router.layer(DefaultBodyLimit::max(bytes));
            }
            routes.push(Endpoint { function, router });
        }
        Ok(Self(Arc::new(Inner { table, routes })))
    }
}

impl Service<Request> for Dispatch {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<RouteFuture<Infallible>, Ready<Result<Response, Infallible>>>;

    fn poll_ready(&mut self, _: &mut Task<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let answer = |status, message| Either::Right(ready(Ok(error::answer(status, message))));
        let path = request.uri().path();
        if decode(path).is_none() {
            return answer(StatusCode::BAD_REQUEST, "the path is not UTF-8");
        }
        match self.0.table.find(request.method(), path) {
            Match::Route(index) => {
                let route = &self.0.routes[index];
                if let Some(context) = request.extensions().get::<Context>() {
                    context.answered_by(route.function);
                }
                Either::Left(route.router.clone().call(request))
            }
            Match::WrongMethod(allow) => {
                let mut response = error::answer(StatusCode::METHOD_NOT_ALLOWED, "this path does not have this method");
                response.headers_mut().insert(header::ALLOW, allow);
                Either::Right(ready(Ok(response)))
            }
            Match::Nothing => answer(StatusCode::NOT_FOUND, "not found"),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, routing};
    use http::Method;
    use proptest::prelude::*;
    use tower::ServiceExt;

    use super::*;

    fn status(pattern: &'static str, path: &str) -> StatusCode {
        let routes: &'static [RouteEntry] = Box::leak(Box::new([(0, &["GET"][..], pattern)]));
        let dispatch = Dispatch::new(&[("function", routes, routing::any(|| async {}))], None).unwrap();
        let request = Request::builder().method(Method::GET).uri(path).body(Body::empty()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(dispatch.oneshot(request)).unwrap().status()
    }

    fn patterns() -> impl Strategy<Value = String> {
        let segment =
            prop::sample::select(vec!["a", "b.c", ":x", ":", "*", "{y}", "caf\u{e9}", "1 2", "%2F", "a*", ""]);
        (prop::collection::vec(segment, 0..4), any::<bool>()).prop_map(|(segments, wildcard)| {
            // An axum path has a parameter's name once.
            let named = segments.iter().enumerate().map(|(index, segment)| match *segment {
                ":x" => format!(":x{index}"),
                other => other.to_owned(),
            });
            let path: String = named.map(|segment| format!("/{segment}")).collect();
            if wildcard || path.is_empty() { path + "/*" } else { path }
        })
    }

    fn paths() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "a",
            "b.c",
            "7",
            ":",
            "*",
            "{y}",
            "%7By%7D",
            "caf%C3%A9",
            "1%202",
            "%2F",
            "a*",
            "",
        ]);
        prop::collection::vec(piece, 1..5).prop_map(|pieces| pieces.iter().map(|piece| format!("/{piece}")).collect())
    }

    proptest! {
        // The table decides, and then axum's router must find the same: else a route would answer 404 for a path it has.
        #[test]
        fn the_table_and_axum_agree(pattern in patterns(), path in paths()) {
            let pattern: &'static str = pattern.leak();
            let mut table = Table::default();
            table.push(&["GET"], pattern).unwrap();
            let expected = match table.find(&Method::GET, &path) {
                Match::Route(_) => StatusCode::OK,
                _ => StatusCode::NOT_FOUND,
            };
            prop_assert_eq!(status(pattern, &path), expected, "{} and {}", pattern, path);
        }
    }
}
