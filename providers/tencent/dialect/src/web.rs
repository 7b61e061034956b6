//! Web functions: requests come as they were sent, with headers of the platform beside the client's own.

use std::time::Duration;

use axum::{extract::Request, response::Response};
use fx_runtime::{
    push,
    service::{Invocation, Service},
};
use http::HeaderMap;

use crate::platform::Platform;

/// Functions take 15 minutes at most: a larger number means milliseconds.
const MAX_SECONDS: u64 = 900;

/// Stands between the platform and the routes.
#[derive(Debug, Clone)]
pub struct Gate {
    believes: bool,
}

impl Gate {
    /// A gate that believes the platform's headers where the platform is.
    pub fn new(platform: &Platform) -> Self {
        Self { believes: platform.is_here }
    }
}

impl push::Gate for Gate {
    async fn answer(&self, service: &Service, request: Request) -> Response {
        let invocation = if self.believes {
            invocation(request.headers())
        } else {
            Invocation { trace_id: push::trace_id(request.headers()), ..Invocation::default() }
        };
        service.http(invocation, request).await
    }
}

fn invocation(headers: &HeaderMap) -> Invocation {
    let text = |name: &str| headers.get(name)?.to_str().ok().filter(|text| !text.is_empty());
    let limit = text("x-scf-timeout").and_then(|limit| limit.parse().ok()).map(|limit: u64| match limit {
        0..=MAX_SECONDS => Duration::from_secs(limit),
        _ => Duration::from_millis(limit),
    });
    Invocation {
        request_id: text("x-scf-request-id").map(Box::from),
        trace_id: push::trace_id(headers),
        deadline: limit.filter(|limit| !limit.is_zero()).and_then(Invocation::deadline_within),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use http::{HeaderName, HeaderValue};

    use super::*;

    fn told(pairs: &[(&'static str, &'static str)]) -> Invocation {
        let pair = |&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
        invocation(&pairs.iter().map(pair).collect())
    }

    #[test]
    fn headers_become_an_invocation() {
        let told = told(&[("x-scf-request-id", "r-1"), ("x-scf-timeout", "60")]);
        assert_eq!(told.request_id.as_deref(), Some("r-1"));
        let left = told.deadline.unwrap() - Instant::now();
        assert!((55..=60).contains(&left.as_secs()), "{left:?}");
    }

    #[test]
    fn a_limit_in_milliseconds_is_one_too() {
        let left = told(&[("x-scf-timeout", "3000")]).deadline.unwrap() - Instant::now();
        assert!((2..=3).contains(&left.as_secs()), "{left:?}");
        assert!(told(&[("x-scf-timeout", "0")]).deadline.is_none());
        assert!(told(&[("x-scf-timeout", "soon"), ("x-scf-request-id", "")]).request_id.is_none());
    }
}
