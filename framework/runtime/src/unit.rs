//! [`Unit`]: what is in this binary, as the generated `main` writes it down.

use std::{io, time::Duration};

use tokio::runtime::{Builder, Runtime};

use crate::{
    app::{App, AppFuture, AppState},
    blocking,
    env::Env,
    event::{Source, TriggerKind},
    function::{EventFunction, HttpFunction},
};

/// A unit: one deployed function with one or several handlers.
///
/// Nobody writes this by hand; `fx build` does, from f.yml:
///
/// ```
/// # use fx_runtime::{Unit, function::{EventFunction, HttpFunction}, event::{Source, TriggerKind}};
/// # fn __fx_http_get() -> HttpFunction<()> { HttpFunction::new(|_, _| unreachable!()) }
/// # fn __fx_event_purge() -> EventFunction<()> { EventFunction::new(&[TriggerKind::Timer], |_, _, _| unreachable!()) }
/// let unit = Unit::new("shop", "shop-api")
///     .timeout(10)
///     .http("getItem", "item.get", &[(0, &["GET"], "/item/:id")], __fx_http_get)
///     .event("purge", "item.purge", TriggerKind::Timer, __fx_event_purge)
///     .sources(&[Source::Timer { name: "nightly" }]);
/// # let _ = unit;
/// ```
#[must_use]
pub struct Unit<S = ()> {
    pub(crate) service: &'static str,
    pub(crate) name: &'static str,
    pub(crate) timeout: Duration,
    pub(crate) threads: usize,
    pub(crate) streaming: bool,
    pub(crate) web: bool,
    pub(crate) topic: fn(&'static str) -> &'static str,
    pub(crate) runtime: fn(usize) -> io::Result<Runtime>,
    pub(crate) app: fn(Env) -> AppFuture<S>,
    pub(crate) http: Vec<HttpEntry<S>>,
    pub(crate) events: Vec<EventEntry<S>>,
}

/// A route as f.yml means it: its rank among all routes of the unit, its methods (`ANY` for all), its path.
pub type RouteEntry = (usize, &'static [&'static str], &'static str);

pub(crate) struct HttpEntry<S> {
    pub(crate) function: &'static str,
    pub(crate) routes: &'static [RouteEntry],
    pub(crate) build: fn() -> HttpFunction<S>,
}

pub(crate) struct EventEntry<S> {
    pub(crate) function: &'static str,
    pub(crate) handler: &'static str,
    pub(crate) kind: TriggerKind,
    pub(crate) sources: &'static [Source],
    pub(crate) build: fn() -> EventFunction<S>,
}

impl Unit<()> {
    /// A unit without functions and without state.
    pub fn new(service: &'static str, name: &'static str) -> Self {
        Self {
            service,
            name,
            timeout: Duration::from_secs(3),
            threads: 1,
            streaming: false,
            web: false,
            topic: |written| written,
            runtime: one_thread,
            app: |_| Box::pin(async { Ok(App::new(())) }),
            http: Vec::new(),
            events: Vec::new(),
        }
    }

    /// The crate's app. Comes before the functions, which are made for its state.
    pub fn app<S: AppState>(self, app: fn(Env) -> AppFuture<S>) -> Unit<S> {
        debug_assert!(self.http.is_empty() && self.events.is_empty(), "the app comes before the functions");
        let Self { service, name, timeout, threads, streaming, web, topic, runtime, .. } = self;
        let (http, events) = (Vec::new(), Vec::new());
        Unit { service, name, timeout, threads, streaming, web, topic, runtime, app, http, events }
    }
}

impl<S: AppState> Unit<S> {
    /// Seconds an invocation may take.
    pub fn timeout(mut self, seconds: u32) -> Self {
        self.timeout = Duration::from_secs(u64::from(seconds));
        self
    }

    /// Worker threads. One is the cheapest by far.
    #[inline]
    pub fn threads(mut self, threads: u32) -> Self {
        // A pointer to a function and not a number: where no `main` asks for more threads, the linker leaves their scheduler out.
        self.runtime = if threads > 1 { many_threads } else { one_thread };
        self.threads = threads.max(1) as usize;
        self
    }

    /// Answers go to the client while they are made, on platforms where that is something to ask for.
    pub fn streaming(mut self, streaming: bool) -> Self {
        self.streaming = streaming;
        self
    }

    /// It is to be a server, on platforms that also have functions which ask for their events.
    pub fn web(mut self, web: bool) -> Self {
        self.web = web;
        self
    }

    /// A function that answers HTTP requests, with its routes.
    pub fn http(
        mut self,
        function: &'static str,
        _handler: &'static str,
        routes: &'static [RouteEntry],
        build: fn() -> HttpFunction<S>,
    ) -> Self {
        self.http.push(HttpEntry { function, routes, build });
        self
    }

    /// A function that takes one kind of event. A function with triggers of several kinds is named once for each.
    pub fn event(
        mut self,
        function: &'static str,
        handler: &'static str,
        kind: TriggerKind,
        build: fn() -> EventFunction<S>,
    ) -> Self {
        self.events.push(EventEntry { function, handler, kind, sources: &[], build });
        self
    }
}

impl<S: AppState> Unit<S> {
    /// The triggers of the event function named last: by them a unit with several takers of one kind tells events apart.
    pub fn sources(mut self, sources: &'static [Source]) -> Self {
        debug_assert!(!self.events.is_empty(), "the function comes before its triggers");
        if let Some(entry) = self.events.last_mut() {
            entry.sources = sources;
        }
        self
    }

    /// How events of a platform call the topic that f.yml calls so, where they leave out a part of its name. A platform's dialect says it.
    pub fn topics_as(self, topic: fn(&'static str) -> &'static str) -> Self {
        Self { topic, ..self }
    }

    /// How long an invocation may take.
    pub fn time_limit(&self) -> Duration {
        self.timeout
    }

    /// Whether it is to be a server.
    pub fn is_web(&self) -> bool {
        self.web
    }

    /// Whether answers are to be streamed.
    pub fn is_streaming(&self) -> bool {
        self.streaming
    }
}

fn one_thread(_: usize) -> io::Result<Runtime> {
    Builder::new_current_thread().max_blocking_threads(BLOCKING_THREADS).enable_all().build()
}

fn many_threads(threads: usize) -> io::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(threads).max_blocking_threads(BLOCKING_THREADS).enable_all().build()
}

/// Room for `fx::blocking`, however large somebody makes it, and beside it for what tokio itself and users' libraries run on the same
/// pool. How large it is by default takes several system calls to find out, which a start can do without.
const BLOCKING_THREADS: usize = blocking::MOST + 16;
