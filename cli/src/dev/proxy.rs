//! The public port: every request goes to the process that answers it, bodies stream both ways.

use std::{
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, Version,
    header::{self, CONNECTION, CONTENT_TYPE, UPGRADE},
};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo, TokioTimer},
};

use super::{
    board::{Reader, Seen},
    generation::Visit,
    page,
};

/// A browser that asks for a page sees after this time that the service is being built; programs simply wait.
const PATIENCE: Duration = Duration::from_secs(2);
/// Headers that speak about one connection and end there.
const HOP_BY_HOP: [HeaderName; 8] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    UPGRADE,
];

/// What goes back: a text of ours, or a unit's answer as it comes in.
pub type Answer = Response<Either<Full<Bytes>, Visited>>;

/// The proxy behind the public port.
#[derive(Debug)]
pub struct Proxy {
    board: Reader,
    client: Client<HttpConnector, Incoming>,
}

impl Proxy {
    /// A proxy that does what the board says.
    pub fn new(board: Reader) -> Arc<Self> {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector);
        Arc::new(Self { board, client })
    }

    /// Answers one request.
    pub async fn answer(self: Arc<Self>, request: Request<Incoming>, peer: SocketAddr) -> Answer {
        self.answer_from(self.board.clone(), request, peer).await
    }

    async fn answer_from(&self, mut board: Reader, request: Request<Incoming>, peer: SocketAddr) -> Answer {
        if let Some(version) = request.headers().get(page::WAIT_HEADER) {
            if let Some(version) = version.to_str().ok().and_then(|version| version.parse().ok()) {
                board.past(version).await;
            }
            return plain(StatusCode::NO_CONTENT, String::new());
        }
        if request.uri().path().starts_with("/__fx/") {
            return plain(StatusCode::NOT_FOUND, "fx keeps /__fx/ for itself, on another port\n".to_owned());
        }
        let page_wanted = request.method() == Method::GET && accepts_html(request.headers());
        loop {
            match board.look() {
                (_, Seen::Ready(visit)) => return self.forward(request, peer, visit).await,
                (version, Seen::Broken(report)) => {
                    let text = report.render(true).unwrap_or_default();
                    return if page_wanted {
                        html(StatusCode::INTERNAL_SERVER_ERROR, page::broken(version, &text))
                    } else {
                        plain(StatusCode::INTERNAL_SERVER_ERROR, anstream::adapter::strip_str(&text).to_string())
                    };
                }
                (version, Seen::Waiting(what)) => {
                    let patience = if page_wanted { PATIENCE } else { Duration::MAX };
                    match tokio::time::timeout(patience, board.changed()).await {
                        Ok(true) => {}
                        Ok(false) => return plain(StatusCode::SERVICE_UNAVAILABLE, "fx dev is ending\n".to_owned()),
                        Err(_) => return html(StatusCode::SERVICE_UNAVAILABLE, page::waiting(version, what)),
                    }
                }
            }
        }
    }

    async fn forward(&self, mut request: Request<Incoming>, peer: SocketAddr, visit: Visit) -> Answer {
        let Some(unit) = visit.unit_for_request(request.method().as_str(), request.uri().path()) else {
            return plain(StatusCode::NOT_FOUND, "f.yml has no functions\n".to_owned());
        };
        let target = request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let Ok(uri) = format!("http://{}{target}", unit.http).parse::<Uri>() else {
            return plain(StatusCode::BAD_REQUEST, "this is not a path\n".to_owned());
        };
        let name = unit.unit.clone();
        *request.uri_mut() = uri;
        *request.version_mut() = Version::HTTP_11;
        let upgrade = wanted_upgrade(request.headers());
        let from_client = upgrade.is_some().then(|| hyper::upgrade::on(&mut request));
        end_hop(request.headers_mut(), upgrade.as_ref());
        // The body is read as it arrives: whoever waits for a go-ahead gets it from this side of the proxy.
        request.headers_mut().remove(header::EXPECT);
        say_forwarded(request.headers_mut(), peer);

        let mut response = match self.client.request(request).await {
            Ok(response) => response,
            Err(error) => return plain(StatusCode::BAD_GATEWAY, went_away(&name, &error)),
        };
        let switched = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        if let (true, Some(from_client)) = (switched, from_client) {
            let from_unit = hyper::upgrade::on(&mut response);
            tokio::spawn(async move {
                let _visit = visit;
                if let (Ok(client), Ok(unit)) = tokio::join!(from_client, from_unit) {
                    let (mut client, mut unit) = (TokioIo::new(client), TokioIo::new(unit));
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut unit).await;
                }
            });
            return response.map(|_| Either::Left(Full::default()));
        }
        end_hop(response.headers_mut(), None);
        response.map(|body| Either::Right(Visited { body, _visit: visit }))
    }
}

fn went_away(unit: &str, error: &hyper_util::client::legacy::Error) -> String {
    let mut text = format!("`{unit}` gave no answer: its process ended or closed the connection ({error}");
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text.push_str(")\n");
    text
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT).iter().any(|value| value.to_str().is_ok_and(|value| value.contains("text/html")))
}

fn wanted_upgrade(headers: &HeaderMap) -> Option<HeaderValue> {
    let asked = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|token| token.trim().eq_ignore_ascii_case("upgrade"));
    if asked { headers.get(UPGRADE).cloned() } else { None }
}

/// Takes away what was meant for one connection, also what its `Connection` header names; a wanted upgrade is kept.
fn end_hop(headers: &mut HeaderMap, upgrade: Option<&HeaderValue>) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
    if let Some(upgrade) = upgrade {
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, upgrade.clone());
    }
}

/// Tells the function who asked, and for which host and scheme.
fn say_forwarded(headers: &mut HeaderMap, peer: SocketAddr) {
    const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
    const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
    const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
    let peer = peer.ip().to_canonical().to_string();
    let chain = match headers.get(FOR).and_then(|value| value.to_str().ok()) {
        Some(before) => format!("{before}, {peer}"),
        None => peer,
    };
    if let Ok(chain) = HeaderValue::from_str(&chain) {
        headers.insert(FOR, chain);
    }
    if !headers.contains_key(HOST)
        && let Some(host) = headers.get(header::HOST).cloned()
    {
        headers.insert(HOST, host);
    }
    if !headers.contains_key(PROTO) {
        headers.insert(PROTO, HeaderValue::from_static("http"));
    }
}

fn plain(status: StatusCode, text: String) -> Answer {
    answer(status, "text/plain; charset=utf-8", text)
}

fn html(status: StatusCode, text: String) -> Answer {
    answer(status, "text/html; charset=utf-8", text)
}

fn answer(status: StatusCode, kind: &'static str, text: String) -> Answer {
    let mut response = Response::new(Either::Left(Full::from(text)));
    *response.status_mut() = status;
    if status != StatusCode::NO_CONTENT {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A body on its way: the visit ends with its last byte.
#[derive(Debug)]
pub struct Visited {
    body: Incoming,
    _visit: Visit,
}

impl Body for Visited {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn headers_of_one_connection_end_there() {
        let mut found = headers(&[
            ("connection", "close, X-Secret"),
            ("x-secret", "1"),
            ("transfer-encoding", "chunked"),
            ("keep-alive", "timeout=5"),
            ("x-kept", "1"),
        ]);
        end_hop(&mut found, None);
        assert_eq!(found, headers(&[("x-kept", "1")]));
    }

    #[test]
    fn a_wanted_upgrade_passes() {
        let mut found = headers(&[("connection", "keep-alive, Upgrade"), ("upgrade", "websocket")]);
        let upgrade = wanted_upgrade(&found);
        end_hop(&mut found, upgrade.as_ref());
        assert_eq!(found, headers(&[("connection", "upgrade"), ("upgrade", "websocket")]));
        assert_eq!(wanted_upgrade(&headers(&[("upgrade", "h2c")])), None);
    }

    #[test]
    fn the_function_learns_who_asked() {
        let mut found = headers(&[("host", "localhost:3001"), ("x-forwarded-for", "10.0.0.1")]);
        say_forwarded(&mut found, "[::ffff:127.0.0.1]:5".parse().unwrap());
        assert_eq!(found.get("x-forwarded-for").unwrap(), "10.0.0.1, 127.0.0.1");
        assert_eq!(found.get("x-forwarded-host").unwrap(), "localhost:3001");
        assert_eq!(found.get("x-forwarded-proto").unwrap(), "http");
    }
}
