//! [`HttpFunction`].

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context as Task, Poll},
};

use axum::{
    extract::Request,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{MethodRouter, Route, any_service},
};
use tower::{Layer, Service};

use crate::app::AppState;

/// What a companion's function returns.
pub type HttpFuture = Pin<Box<dyn Future<Output = Response> + Send>>;

/// An annotated function as an HTTP endpoint, waiting for the app's state.
pub struct HttpFunction<S> {
    build: Box<dyn FnOnce(&S) -> MethodRouter + Send>,
}

/// A function with `#[fx::middleware]`, by its name as a type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a middleware here",
    label = "one of its arguments is not an extractor, given the app's state `{S}`",
    note = "`State<T>` in a middleware needs `T: FromRef<{S}>`"
)]
pub trait Middleware<S> {
    /// Wraps an endpoint.
    fn wrap(state: &S, endpoint: MethodRouter) -> MethodRouter;
}

impl<S: AppState> HttpFunction<S> {
    /// From a function that extracts the arguments, calls the handler and makes a response of what it returns.
    pub fn new(answer: fn(Request, S) -> HttpFuture) -> Self {
        Self { build: Box::new(move |state| any_service(Handler { answer, state: state.clone() })) }
    }

    /// Puts a middleware around it, outside those it has already.
    #[must_use]
    pub fn wrapped_in(self, wrap: fn(&S, MethodRouter) -> MethodRouter) -> Self {
        Self { build: Box::new(move |state| wrap(state, (self.build)(state))) }
    }

    /// Puts a tower layer around it, outside those it has already.
    #[must_use]
    pub fn layered<L>(self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { build: Box::new(move |state| (self.build)(state).layer(layer)) }
    }

    pub(crate) fn build(self, state: &S) -> MethodRouter {
        (self.build)(state)
    }
}

/// Puts a function that extracts a middleware's arguments and calls it around an endpoint.
pub fn wrap<S: AppState>(state: &S, endpoint: MethodRouter, call: fn(Request, Next, S) -> HttpFuture) -> MethodRouter {
    let state = state.clone();
    endpoint.layer(from_fn(move |request, next| call(request, next, state.clone())))
}

struct Handler<S> {
    answer: fn(Request, S) -> HttpFuture,
    state: S,
}

impl<S: Clone> Clone for Handler<S> {
    fn clone(&self) -> Self {
        Self { answer: self.answer, state: self.state.clone() }
    }
}

impl<S: AppState> Service<Request> for Handler<S> {
    type Response = Response;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Task<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Answer {
        Answer((self.answer)(request, self.state.clone()))
    }
}

/// A handler at work.
struct Answer(HttpFuture);

impl Future for Answer {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(task).map(Ok)
    }
}
