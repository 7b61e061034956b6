//! Who asks, as a platform sees it.

use std::net::{IpAddr, Ipv4Addr};

use http::HeaderMap;

/// The address of whoever sent a request. On this machine requests come through fx's proxy, which writes whom it saw behind all that the
/// client may have written into `X-Forwarded-For`; without the proxy it is fx itself that asks.
pub fn client(headers: &HeaderMap) -> IpAddr {
    let lines = headers.get_all("x-forwarded-for").iter().next_back();
    let last = lines.and_then(|line| line.to_str().ok()).and_then(|line| line.rsplit(',').next());
    last.and_then(|last| last.trim().parse().ok()).unwrap_or_else(|| Ipv4Addr::LOCALHOST.into())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn it_is_whom_the_proxy_saw() {
        let seen = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", HeaderValue::from_static(line));
            }
            client(&headers).to_string()
        };
        assert_eq!(seen(&["203.0.113.66", "203.0.113.67, 127.0.0.5"]), "127.0.0.5");
        assert_eq!((seen(&[]), seen(&["nobody"])), ("127.0.0.1".into(), "127.0.0.1".into()));
    }
}
