//! Where a request comes from, as far as it can be known.

use std::{convert::Infallible, net::IpAddr, sync::Arc};

use fx::{
    axum::extract::{FromRef, FromRequestParts},
    prelude::*,
};

use crate::settings::Settings;

/// The other end of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Its address, if anybody trustworthy said.
    pub address: Option<IpAddr>,
    /// Whether it speaks https to whatever stands in front of us.
    pub https: bool,
}

impl Caller {
    /// Without proxies of our own it is whom the platform saw. With them, the last writes the last address of
    /// `X-Forwarded-For`, the one before it the one before. All further left is only what the caller claims.
    fn of(headers: &HeaderMap, peer: Option<IpAddr>, proxies: usize) -> Self {
        let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
        let address = match proxies {
            0 => peer,
            proxies => hops.len().checked_sub(proxies).and_then(|index| hops[index].parse().ok()),
        };
        // Whoever lies here only loses their own cookie.
        let https = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok()).is_some_and(|value| {
            value.split(',').next().is_some_and(|first| first.trim().eq_ignore_ascii_case("https"))
        });
        Self { address, https }
    }
}

impl<S> FromRequestParts<S> for Caller
where
    S: Sync,
    Arc<Settings>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut fx::axum::http::request::Parts, state: &S) -> Result<Self, Infallible> {
        let Ok(context) = Context::from_request_parts(parts, state).await;
        Ok(Self::of(&parts.headers, context.client_ip(), Arc::<Settings>::from_ref(state).proxies))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_what_our_own_proxies_wrote_is_believed() {
        let peer = Some(IpAddr::from([10, 0, 0, 1]));
        let claimed = headers(&[("x-forwarded-for", "1.1.1.1, 192.0.2.7"), ("x-forwarded-for", "10.0.0.9")]);
        let address = |proxies| Caller::of(&claimed, peer, proxies).address;
        assert_eq!(address(0), peer);
        assert_eq!(address(1), Some([10, 0, 0, 9].into()));
        assert_eq!(address(2), Some([192, 0, 2, 7].into()));
        assert_eq!(address(9), None);
        assert_eq!(Caller::of(&headers(&[("x-forwarded-for", "unknown")]), peer, 1).address, None);
    }

    #[test]
    fn https_is_what_the_front_says() {
        assert!(Caller::of(&headers(&[("x-forwarded-proto", "HTTPS, http")]), None, 0).https);
        assert!(!Caller::of(&headers(&[("x-forwarded-proto", "http")]), None, 0).https);
        assert!(!Caller::of(&HeaderMap::new(), None, 0).https);
    }
}
