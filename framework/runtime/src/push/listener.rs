//! Connections: accepted, served, and let go.

use std::{convert::Infallible, future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{body::Body, extract::ConnectInfo, response::Response};
use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, watch},
};

use super::{
    control,
    gate::{Excuse, Gate},
};
use crate::service::Service;

/// All open connections; they learn from here when to end, and here it is known when all have.
pub(super) struct Connections {
    closing: watch::Sender<bool>,
    // A client that does not get its request head across in this time is let go.
    head_timeout: Option<Duration>,
}

impl Connections {
    pub(super) fn new(head_timeout: Option<Duration>) -> Self {
        Self { closing: watch::Sender::new(false), head_timeout }
    }

    /// Serves the unit to everybody, behind its gate.
    pub(super) fn accept_http<G: Gate>(
        &self,
        listener: TcpListener,
        service: Service,
        gate: G,
    ) -> impl Future<Output = ()> + Send + use<G> {
        self.accept(listener, move |request: Request<Incoming>, peer| {
            let (service, gate) = (service.clone(), gate.clone());
            async move {
                let (mut parts, body) = request.into_parts();
                parts.extensions.insert(ConnectInfo(peer));
                gate.answer(&service, Request::from_parts(parts, Body::new(body))).await
            }
        })
    }

    /// Serves an excuse in place of a unit, and says when the first has heard it.
    pub(super) fn accept_excused(
        &self,
        listener: TcpListener,
        excuse: Excuse,
        asked: Arc<Notify>,
    ) -> impl Future<Output = ()> + Send + use<> {
        self.accept(listener, move |request: Request<Incoming>, _| {
            let answer = excuse(&request.map(Body::new));
            asked.notify_one();
            std::future::ready(answer)
        })
    }

    /// Serves the control port to whoever started this process.
    pub(super) fn accept_control(
        &self,
        listener: TcpListener,
        service: Service,
    ) -> impl Future<Output = ()> + Send + use<> {
        self.accept(listener, move |request, _| control::answer(service.clone(), request))
    }

    fn accept<H, F>(&self, listener: TcpListener, handle: H) -> impl Future<Output = ()> + Send + use<H, F>
    where
        H: Fn(Request<Incoming>, SocketAddr) -> F + Clone + Send + 'static,
        F: Future<Output = Response> + Send + 'static,
    {
        accept(listener, self.closing.subscribe(), self.head_timeout, handle)
    }

    /// Tells every connection to end after the request it is at, and waits until all have.
    pub(super) async fn drained(&self) {
        self.closing.send_replace(true);
        self.closing.closed().await;
    }
}

async fn accept<H, F>(listener: TcpListener, closing: watch::Receiver<bool>, head_timeout: Option<Duration>, handle: H)
where
    H: Fn(Request<Incoming>, SocketAddr) -> F + Clone + Send + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let (closing, handle) = (closing.clone(), handle.clone());
                tokio::spawn(converse(stream, peer, closing, head_timeout, handle));
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

async fn converse<H, F>(
    stream: TcpStream,
    peer: SocketAddr,
    mut closing: watch::Receiver<bool>,
    head_timeout: Option<Duration>,
    handle: H,
) where
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
        .header_read_timeout(head_timeout)
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

fn is_the_clients_doing(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
