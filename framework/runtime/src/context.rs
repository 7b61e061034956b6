//! [`Context`]: what a handler can know about the invocation it answers.

use std::{
    convert::Infallible,
    fmt,
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use axum::extract::FromRequestParts;
use http::request::Parts;

/// One invocation: its id, which function answers it, and how long there is. Cheap to clone; any handler can take it.
///
/// ```
/// use fx_runtime::{Context, Result};
///
/// async fn report(context: Context) -> Result<String> {
///     Ok(format!("{} has {:?} left", context.request_id(), context.remaining()))
/// }
/// # let _ = report(Context::for_test());
/// ```
#[derive(Clone)]
pub struct Context(Arc<Inner>);

struct Inner {
    request_id: Box<str>,
    trace_id: Option<Box<str>>,
    place: Arc<Place>,
    deadline: Option<Instant>,
    timeout: Duration,
    client: Option<IpAddr>,
    // Layers over all routes see the context before the route is known.
    function: OnceLock<&'static str>,
}

/// Where a function runs, as far as the platform says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The region.
    pub region: Option<String>,
    /// The account.
    pub account: Option<String>,
}

impl Context {
    pub(crate) fn new(
        request_id: Box<str>,
        trace_id: Option<Box<str>>,
        place: Arc<Place>,
        deadline: Option<Instant>,
        timeout: Duration,
    ) -> Self {
        let (client, function) = (None, OnceLock::new());
        Self(Arc::new(Inner { request_id, trace_id, place, deadline, timeout, client, function }))
    }

    /// Says who asks. Comes before anybody else has the context.
    pub(crate) fn asked_by(mut self, client: Option<IpAddr>) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.client = client;
        }
        self
    }

    /// A context for calling a handler in a unit test: id `test`, no deadline.
    pub fn for_test() -> Self {
        Self::called("test")
    }

    pub(crate) fn called(request_id: &str) -> Self {
        Self::new(request_id.into(), None, Arc::default(), None, Duration::MAX)
    }

    /// The platform's id of this invocation; it stands on every log line written meanwhile.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// Name of the function that answers; empty before a route was found.
    pub fn function(&self) -> &'static str {
        self.0.function.get().copied().unwrap_or_default()
    }

    /// When the platform stops waiting.
    pub fn deadline(&self) -> Option<Instant> {
        self.0.deadline
    }

    /// How long the platform still waits; zero when it no longer does.
    pub fn remaining(&self) -> Option<Duration> {
        self.0.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// The region it runs in, where there are regions.
    pub fn region(&self) -> Option<&str> {
        self.0.place.region.as_deref()
    }

    /// The account it runs for, by the number that the platform's names of things carry, where the platform says it.
    pub fn account(&self) -> Option<&str> {
        self.0.place.account.as_deref()
    }

    /// How long the platform was willing to wait when the invocation began.
    pub(crate) fn timeout(&self) -> Duration {
        self.0.timeout
    }

    /// The id of the distributed trace this invocation belongs to.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// The address of whoever sent the request: on a platform as the platform says, elsewhere the other end of the connection. `None`
    /// where nobody trustworthy says, and for events.
    ///
    /// What `X-Forwarded-For` claims does not count, for anybody can write it. Behind a proxy of your own this is the proxy, and
    /// the last address in that header is whom the proxy saw.
    pub fn client_ip(&self) -> Option<IpAddr> {
        self.0.client
    }

    pub(crate) fn answered_by(&self, function: &'static str) {
        // Set twice only if a layer sends one request through the routes again: the first answer stands.
        let _ = self.0.function.set(function);
    }
}

/// Never refuses: a request that did not come through fx has a [`Context::for_test`].
impl<S: Sync> FromRequestParts<S> for Context {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(Self::for_test))
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Context")
            .field("request_id", &self.request_id())
            .field("function", &self.function())
            .field("remaining", &self.remaining())
            .field("region", &self.region())
            .field("account", &self.account())
            .field("trace_id", &self.trace_id())
            .field("client_ip", &self.client_ip())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remaining_ends_at_zero() {
        let past = Instant::now();
        let context = Context::new("r".into(), None, Arc::default(), Some(past), Duration::ZERO);
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(context.remaining(), Some(Duration::ZERO));
        assert_eq!(Context::for_test().remaining(), None);
    }

    #[test]
    fn the_first_function_stands() {
        let context = Context::for_test();
        assert_eq!(context.function(), "");
        context.answered_by("one");
        context.answered_by("two");
        assert_eq!(context.clone().function(), "one");
    }
}
