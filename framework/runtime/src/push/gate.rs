//! [`Gate`]: what stands between a connection and the routes.

use std::{future::Future, sync::Arc};

use axum::{extract::Request, response::Response};
use http::{HeaderMap, HeaderName};

use crate::{
    id,
    service::{Invocation, Service, StartError},
};

/// How a platform speaks to the server: it sees every request first, and decides what is meant.
///
/// The plain server has one that lets everything through. A platform's own knows its headers, and which requests are not for the routes.
pub trait Gate: Clone + Send + Sync + 'static {
    /// Answers one request; what is meant for the routes by [`Service::http`].
    fn answer(&self, service: &Service, request: Request) -> impl Future<Output = Response> + Send;

    /// What requests are told when the unit does not start. A platform that asks whether it did learns the reason from the answer; the
    /// process ends after it. Without an excuse it ends at once.
    fn excuse(&self, _: &StartError) -> Option<Excuse> {
        None
    }
}

/// The answer of a unit that does not start.
pub type Excuse = Arc<dyn Fn(&Request) -> Response + Send + Sync>;

/// Lets everything through.
#[derive(Clone)]
pub(super) struct Open {
    /// Whether a caller may choose the request id.
    pub(super) trust_request_id: bool,
}

impl Gate for Open {
    fn answer(&self, service: &Service, request: Request) -> impl Future<Output = Response> + Send {
        let headers = request.headers();
        let request_id = if self.trust_request_id { headers.get("x-request-id") } else { None };
        let request_id = request_id.and_then(|value| value.to_str().ok()).filter(|id| id::is_sane(id)).map(Box::from);
        let invocation = Invocation { request_id, trace_id: trace_id(headers), ..Invocation::default() };
        service.http(invocation, request)
    }
}

/// The trace a request belongs to, as W3C's `traceparent` says it: version-trace-parent-flags.
pub fn trace_id(headers: &HeaderMap) -> Option<Box<str>> {
    const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
    let parent = headers.get(TRACEPARENT)?.to_str().ok()?;
    let id = parent.split('-').nth(1)?;
    (id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| id.into())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_trace_is_told_only_by_what_can_be_one() {
        let of = |parent: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("traceparent", HeaderValue::from_static(parent));
            trace_id(&headers)
        };
        let id = of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        assert_eq!(id.as_deref(), Some("0af7651916cd43dd8448eb211c80319c"));
        for nonsense in ["", "00", "00-0af7-b7ad-01", "00-0af7651916cd43dd8448eb211c80319x-b7ad6b7169203331-01"] {
            assert_eq!(of(nonsense), None, "{nonsense}");
        }
        assert_eq!(trace_id(&HeaderMap::new()), None);
    }
}
