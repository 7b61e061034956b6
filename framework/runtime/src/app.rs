//! [`App`]: what all functions of a crate share, built once at cold start.

use std::{convert::Infallible, future::Future, pin::Pin};

use axum::{extract::Request, response::Response};
use tower::{Layer, Service, ServiceExt, util::BoxCloneSyncService};

use crate::{
    env::Env,
    error::{Error, Result},
};

/// What a state has to be: axum clones it for every request, so hold large things in an `Arc`.
pub trait AppState: Clone + Send + Sync + 'static {}

impl<S: Clone + Send + Sync + 'static> AppState for S {}

/// The whole service as one tower service; what a layer over all routes wraps.
pub type Endpoint = BoxCloneSyncService<Request, Response, Infallible>;

type Wrap = Box<dyn FnOnce(Endpoint) -> Endpoint + Send>;
type Hook = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// The state all functions share, the layers around all routes, and what to do at the end.
///
/// ```
/// use axum::middleware::{Next, from_fn};
/// use fx_runtime::{App, Env, Result};
///
/// #[derive(Clone)]
/// struct AppState {
///     greeting: String,
/// }
///
/// async fn app(env: Env) -> Result<App<AppState>> {
///     let state = AppState { greeting: env.get("GREETING").unwrap_or("Hello").to_owned() };
///     let logged = from_fn(|request, next: Next| async move { next.run(request).await });
///     Ok(App::new(state).layer(logged).on_shutdown(async || println!("bye")))
/// }
/// # let _ = app(Env::default());
/// ```
#[must_use]
pub struct App<S = ()> {
    pub(crate) state: S,
    pub(crate) layers: Vec<Wrap>,
    pub(crate) hooks: Vec<Hook>,
    pub(crate) body_limit: Option<usize>,
}

impl<S: AppState> App<S> {
    /// An app with this state; a part of it reaches a handler through axum's `FromRef`.
    pub fn new(state: S) -> Self {
        Self { state, layers: Vec::new(), hooks: Vec::new(), body_limit: None }
    }

    /// Wraps everything, the answers to unknown paths included, in a tower layer. A later layer is outside an earlier one.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Endpoint> + Send + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: axum::response::IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        self.layers.push(Box::new(move |inside| {
            let service = layer.layer(inside);
            Endpoint::new(service.map_response(axum::response::IntoResponse::into_response).map_err(Into::into))
        }));
        self
    }

    /// How large a body an extractor reads before it answers 413; 2 MB unless set.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = Some(bytes);
        self
    }

    /// Runs when the process is told to stop, after the last request was answered. Several run in the order given.
    pub fn on_shutdown<F, Fut>(mut self, hook: F) -> Self
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.hooks.push(Box::new(move || Box::pin(hook())));
        self
    }

    /// The state, for a unit test of the function that builds the app.
    pub fn state(&self) -> &S {
        &self.state
    }
}

/// What a function with `#[fx::app]` may return: an [`App`], or a `Result` of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an app",
    label = "a #[fx::app] function returns `App<State>` or `Result<App<State>>`",
    note = "the error type of that `Result` has to be `fx::Error` or convert into it"
)]
pub trait IntoApp {
    /// The state of the app.
    type State: AppState;

    /// The app, or why there is none.
    ///
    /// # Errors
    /// The function failed; the process then does not start.
    fn into_app(self) -> Result<App<Self::State>>;
}

impl<S: AppState> IntoApp for App<S> {
    type State = S;

    fn into_app(self) -> Result<Self> {
        Ok(self)
    }
}

impl<S: AppState, E: Into<Error>> IntoApp for std::result::Result<App<S>, E> {
    type State = S;

    fn into_app(self) -> Result<App<S>> {
        self.map_err(Into::into)
    }
}

/// A function that builds an app, boxed; what `#[fx::app]` makes.
pub type AppFuture<S> = Pin<Box<dyn Future<Output = Result<App<S>>> + Send>>;

/// What a function with `#[fx::app]` may take.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not known before the first request",
    label = "a #[fx::app] function takes `Env` or nothing"
)]
pub trait FromEnv {
    /// Takes it from the environment.
    fn from_env(env: Env) -> Self;
}

impl FromEnv for Env {
    fn from_env(env: Env) -> Self {
        env
    }
}
