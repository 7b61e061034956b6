//! Who sent a request, as far as somebody trustworthy says.
//!
//! [`ConnectInfo`] holds the answer, for axum's own extractor and for [`Context::client_ip`](crate::Context::client_ip): the other
//! end of the connection, or in its place whom the platform names, when that end is the platform itself. What stands in
//! `X-Forwarded-For` anybody can write, so it is no answer.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::Extensions;

/// Puts the client that the platform names in place of the other end of the connection. If it names none, or nothing that is an
/// address, nobody is known: whoever delivered the request is not who asked for it.
pub fn named(extensions: &mut Extensions, address: Option<&str>) {
    match address.and_then(parse) {
        Some(ip) => drop(extensions.insert(ConnectInfo(SocketAddr::new(ip, 0)))),
        None => drop(extensions.remove::<ConnectInfo<SocketAddr>>()),
    }
}

pub(crate) fn of(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical())
}

/// An address, with or without a port.
fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platforms_word_stands_in_place_of_the_platform() {
        let client = |said: Option<&str>| {
            let mut extensions = Extensions::new();
            extensions.insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 4711))));
            named(&mut extensions, said);
            of(&extensions).map(|ip| ip.to_string())
        };
        for (said, known) in [
            ("203.0.113.7", "203.0.113.7"),
            (" 203.0.113.7:4711", "203.0.113.7"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
        ] {
            assert_eq!(client(Some(said)).as_deref(), Some(known));
        }
        for nobody in [None, Some(""), Some("unknown"), Some("203.0.113.7, 10.0.0.2")] {
            assert_eq!(client(nobody), None, "{nobody:?}");
        }
    }
}
