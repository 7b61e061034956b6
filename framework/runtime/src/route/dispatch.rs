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

use super::table::{Match, Table};
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
        if !is_utf8_when_decoded(path) {
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

/// A path may hold any bytes, percent-encoded; handlers get text.
fn is_utf8_when_decoded(path: &str) -> bool {
    if !path.contains('%') {
        return true;
    }
    let bytes = path.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        let digits = bytes.get(index + 1..index + 3).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.filter(|_| byte == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(value) => {
                decoded.push(value);
                index += 3;
            }
            None => {
                decoded.push(byte);
                index += 1;
            }
        }
    }
    std::str::from_utf8(&decoded).is_ok()
}
