//! Connections: accepted, served, and let go.

use std::{convert::Infallible, future::Future, io, net::SocketAddr, pin::pin, time::Duration};

use axum::{body::Body, extract::ConnectInfo, response::Response};
use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

use super::control;
use crate::{
    id,
    service::{Invocation, Service},
};

/// A client that does not get its request head across in this time is let go.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// All open connections; they learn from here when to end, and here it is known when all have.
pub(super) struct Connections {
    closing: watch::Sender<bool>,
}

impl Connections {
    pub(super) fn new() -> Self {
        Self { closing: watch::Sender::new(false) }
    }

    /// Serves the unit's routes to everybody.
    pub(super) fn accept_http(
        &self,
        listener: TcpListener,
        service: Service,
        trust_request_id: bool,
    ) -> impl Future<Output = ()> + Send + use<> {
        accept(listener, self.closing.subscribe(), move |request: Request<Incoming>, peer| {
            let service = service.clone();
            async move {
                let (mut parts, body) = request.into_parts();
                parts.extensions.insert(ConnectInfo(peer));
                let invocation = invocation(&parts.headers, trust_request_id);
                service.http(invocation, Request::from_parts(parts, Body::new(body))).await
            }
        })
    }

    /// Serves the control port to whoever started this process.
    pub(super) fn accept_control(
        &self,
        listener: TcpListener,
        service: Service,
    ) -> impl Future<Output = ()> + Send + use<> {
        accept(listener, self.closing.subscribe(), move |request, _| control::answer(service.clone(), request))
    }

    /// Tells every connection to end after the request it is at, and waits until all have.
    pub(super) async fn drained(&self) {
        self.closing.send_replace(true);
        self.closing.closed().await;
    }
}

async fn accept<H, F>(listener: TcpListener, closing: watch::Receiver<bool>, handle: H)
where
    H: Fn(Request<Incoming>, SocketAddr) -> F + Clone + Send + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let (closing, handle) = (closing.clone(), handle.clone());
                tokio::spawn(converse(stream, peer, closing, handle));
            }
            Err(error) if is_the_clients_doing(&error) => {}
            Err(error) => {
                // Out of file descriptors, most likely: some will be free again soon, and asking at once would only burn time.
                tracing::error!(target: "fx", "cannot accept: {error}");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn converse<H, F>(stream: TcpStream, peer: SocketAddr, mut closing: watch::Receiver<bool>, handle: H)
where
    H: Fn(Request<Incoming>, SocketAddr) -> F + Send + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    // Answers are written whole; waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let answering = handle(request, peer);
        async move { Ok::<_, Infallible>(answering.await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    {
        let mut told = pin!(closing.wait_for(|closing| *closing));
        let mut is_told = false;
        std::future::poll_fn(|task| {
            if !is_told && told.as_mut().poll(task).is_ready() {
                is_told = true;
                connection.as_mut().graceful_shutdown();
            }
            // How a connection ends is between hyper and the client: a reset in mid-request is nothing to report.
            connection.as_mut().poll(task).map(|_| ())
        })
        .await;
    }
}

/// What the head of a request says of the invocation.
fn invocation(headers: &http::HeaderMap, trust_request_id: bool) -> Invocation {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let request_id = text("x-request-id").filter(|id| trust_request_id && id::is_sane(id)).map(Box::from);
    // W3C trace context: version-traceid-parentid-flags.
    let trace_id = text("traceparent").and_then(|parent| parent.split('-').nth(1));
    let trace_id = trace_id.filter(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    Invocation { request_id, trace_id: trace_id.map(Box::from), deadline: None }
}

fn is_the_clients_doing(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
