//! [`Service`]: a unit brought to life, and what happens around every invocation of it.
//!
//! A runtime (the server in [`push`](crate::push), a platform's polling loop) hands in invocations and gets answers back. In between, the
//! same for all: the context, the panic guard, the deadline, the request log.

mod deliver;
mod event;
mod http;
mod taker;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::extract::Request;
use futures_util::FutureExt;
use thiserror::Error;
use tower::util::BoxCloneSyncService;

use crate::{
    app::{AppState, Endpoint},
    context::{Context, Place},
    env::Env,
    error::Error as AppError,
    event::{Source, TriggerKind},
    function::EventHandler,
    id,
    panic::Panic,
    route::{Dispatch, RouteError},
    unit::{HttpEntry, Unit},
};

pub(crate) use self::event::late;

/// Why a unit does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// `#[fx::app]` returned an error.
    #[error("the app could not be built: {message}")]
    App {
        /// The error's message.
        message: String,
        /// What was underneath.
        detail: Option<String>,
    },
    /// Something panicked on the way.
    #[error("panic at start: {0}")]
    Panic(String),
    /// The function's event type is not one that its trigger has.
    #[error(
        "function `{function}` (handler {handler}) has a {kind} trigger, and its first argument is another kind of event"
    )]
    Event {
        /// Its name.
        function: &'static str,
        /// Its handler.
        handler: &'static str,
        /// The trigger's kind.
        kind: TriggerKind,
    },
    /// A route's method is none.
    #[error(transparent)]
    Route(#[from] BadRoute),
}

/// A route that cannot be.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct BadRoute(RouteError);

/// One invocation as the platform describes it.
#[derive(Debug, Clone, Default)]
pub struct Invocation {
    /// The platform's id; one is made up where there is none.
    pub request_id: Option<Box<str>>,
    /// The distributed trace it belongs to.
    pub trace_id: Option<Box<str>>,
    /// When the platform stops waiting; by default the unit's timeout from now.
    pub deadline: Option<Instant>,
    /// How long the platform waits in all, where it says so; by default the unit's timeout.
    pub timeout: Option<Duration>,
    /// Where it runs, if that is only known by the invocation.
    pub place: Option<Arc<Place>>,
    /// What else the platform says, for extractors of the dialect's own: it is among the request's extensions.
    pub extensions: ::http::Extensions,
}

impl Invocation {
    /// The same, that the platform waits for no longer than this from now on.
    #[must_use]
    pub fn within(self, timeout: Duration) -> Self {
        Self { deadline: Self::deadline_within(timeout), timeout: Some(timeout), ..self }
    }

    /// When to give up on work that the platform waits `limit` for, from now on. It is a little earlier than the platform gives up, whose
    /// clock began to run before: so it hears what happened, and the process lives on.
    pub fn deadline_within(limit: Duration) -> Option<Instant> {
        const MARGIN: Duration = Duration::from_millis(50);
        Instant::now().checked_add(limit - MARGIN.min(limit / 2))
    }
}

type Hook = Box<dyn FnOnce() -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A unit with its app built and its functions ready. Cheap to clone.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    http: Front,
    events: Vec<EventRoute>,
    timeout: Duration,
    place: Arc<Place>,
    hooks: std::sync::Mutex<Vec<Hook>>,
}

enum Front {
    /// Without layers around all routes, the table is called directly.
    Plain(Dispatch),
    Layered(Endpoint),
}

struct EventRoute {
    function: &'static str,
    handler: &'static str,
    kind: TriggerKind,
    sources: Vec<Source>,
    call: EventHandler,
}

impl Service {
    /// Builds the app and, for its state, every function of the unit.
    ///
    /// # Errors
    /// The app refused, something panicked, or the unit makes no sense.
    pub async fn start<S: AppState>(unit: Unit<S>, env: Env, place: Option<Place>) -> Result<Self, StartError> {
        let place = place.unwrap_or_default();
        let built = std::panic::AssertUnwindSafe(build(unit, env, place)).catch_unwind().await;
        built.unwrap_or_else(|payload| Err(StartError::Panic(Panic::from_payload(payload.as_ref()).message)))
    }

    /// How long an invocation may take.
    pub(crate) fn timeout(&self) -> Duration {
        self.0.timeout
    }

    /// Runs what the app wants done at the end; once, however often it is called.
    pub async fn shutdown(&self) {
        let hooks = self.0.hooks.lock().map(|mut hooks| std::mem::take(&mut *hooks)).unwrap_or_default();
        for hook in hooks {
            let ended = std::panic::AssertUnwindSafe(async { hook().await }).catch_unwind().await;
            if let Err(payload) = ended {
                tracing::error!(target: "fx", "panic at shutdown: {}", Panic::from_payload(payload.as_ref()).message);
            }
        }
    }

    fn context(&self, invocation: Invocation, started: Instant) -> Context {
        let Invocation { request_id, trace_id, deadline, timeout, place, .. } = invocation;
        let timeout = timeout.unwrap_or(self.0.timeout);
        let deadline = deadline.or_else(|| started.checked_add(timeout));
        let place = place.unwrap_or_else(|| self.0.place.clone());
        Context::new(request_id.unwrap_or_else(id::generate), trace_id, place, deadline, timeout)
    }
}

async fn build<S: AppState>(unit: Unit<S>, env: Env, place: Place) -> Result<Service, StartError> {
    let app = (unit.app)(env)
        .await
        .map_err(|error: AppError| StartError::App { message: error.message().to_owned(), detail: error.detail() })?;

    let endpoint = |entry: &HttpEntry<S>| (entry.function, entry.routes, (entry.build)().build(&app.state));
    let functions: Vec<_> = unit.http.iter().map(endpoint).collect();
    let dispatch = Dispatch::new(&functions, app.body_limit).map_err(BadRoute)?;
    let http = if app.layers.is_empty() {
        Front::Plain(dispatch)
    } else {
        let endpoint: BoxCloneSyncService<Request, _, _> = BoxCloneSyncService::new(dispatch);
        Front::Layered(app.layers.into_iter().fold(endpoint, |inside, wrap| wrap(inside)))
    };

    let mut events = Vec::with_capacity(unit.events.len());
    for entry in unit.events {
        let function = (entry.build)();
        if !function.kinds().contains(&entry.kind) {
            let (kind, handler) = (entry.kind, entry.handler);
            return Err(StartError::Event { function: entry.function, handler, kind });
        }
        events.push(EventRoute {
            function: entry.function,
            handler: entry.handler,
            kind: entry.kind,
            sources: entry.sources.iter().map(|source| source.topic_as(unit.topic)).collect(),
            call: function.build(&app.state),
        });
    }
    let hooks = std::sync::Mutex::new(app.hooks);
    Ok(Service(Arc::new(Inner { http, events, timeout: unit.timeout, place: Arc::new(place), hooks })))
}
