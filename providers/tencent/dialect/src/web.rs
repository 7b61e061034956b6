//! Web functions: requests come as they were sent, with headers of the platform beside the client's own.

use std::{sync::Arc, time::Duration};

use axum::{extract::Request, response::Response};
use fx_runtime::{
    client,
    context::Place,
    push,
    service::{Invocation, Service},
};
use http::HeaderMap;

use crate::platform::Platform;

/// Functions take 15 minutes at most: a larger number means milliseconds.
const MAX_SECONDS: u64 = 900;

/// Answers with more than this in their headers the platform does not pass on.
const MAX_HEADERS: usize = 4 * 1024;

/// Stands between the platform and the routes.
#[derive(Debug, Clone)]
pub struct Gate {
    believes: bool,
    /// Whether the variables have said where this is; else every request does.
    knows_the_place: bool,
}

impl Gate {
    /// A gate that believes the platform's headers where the platform is.
    pub fn new(platform: &Platform) -> Self {
        let place = &platform.place;
        Self { believes: platform.is_here, knows_the_place: place.region.is_some() && place.account.is_some() }
    }
}

impl push::Gate for Gate {
    async fn answer(&self, service: &Service, mut request: Request) -> Response {
        if !self.believes {
            let trace_id = push::trace_id(request.headers());
            return service.http(Invocation { trace_id, ..Invocation::default() }, request).await;
        }
        let told = invocation(request.headers());
        let told =
            if self.knows_the_place { told } else { Invocation { place: Some(place(request.headers())), ..told } };
        // The other end of the connection is the platform.
        let address = text(request.headers(), "x-scf-remote-addr").map(str::to_owned);
        client::named(request.extensions_mut(), address.as_deref());
        service.http_within(told, request, MAX_HEADERS).await
    }
}

fn invocation(headers: &HeaderMap) -> Invocation {
    let limit = text(headers, "x-scf-timeout").and_then(|limit| limit.parse().ok()).map(|limit: u64| match limit {
        0..=MAX_SECONDS => Duration::from_secs(limit),
        _ => Duration::from_millis(limit),
    });
    let told = Invocation {
        request_id: text(headers, "x-scf-request-id").map(Box::from),
        trace_id: push::trace_id(headers),
        ..Invocation::default()
    };
    match limit.filter(|limit| !limit.is_zero()) {
        Some(limit) => told.within(limit),
        None => told,
    }
}

/// Where a request says that it is answered.
fn place(headers: &HeaderMap) -> Arc<Place> {
    let said = |name: &str| text(headers, name).map(str::to_owned);
    Arc::new(Place { region: said("x-scf-region"), account: said("x-scf-appid") })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().filter(|text| !text.is_empty())
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
