//! Connections: accepted, served, and let go.

use std::{convert::Infallible, future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{body::Body, extract::ConnectInfo, response::Response};
use futures_util::FutureExt;
use http::{Extensions, Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, watch},
};

use super::{
    control,
    gate::{Excuse, Gate},
    pulse::{self, Pulse},
};
use crate::{alarm::Alarm, service::Service};

/// All open connections; they learn from here when to end, and here it is known when all have.
pub(super) struct Connections {
    // Whether to end; sent anew at each beat of the pulse too, so that all look whether they have waited too long.
    closing: watch::Sender<bool>,
    patience: Option<Patience>,
}

/// How long a client may take to get its request head across.
#[derive(Clone)]
struct Patience {
    time: Duration,
    pulse: Pulse,
}

impl Connections {
    /// A client that does not get its request head across in `head_timeout` is let go.
    pub(super) fn new(head_timeout: Option<Duration>) -> Self {
        let patience = head_timeout.map(|time| Patience { time, pulse: Pulse::new() });
        Self { closing: watch::Sender::new(false), patience }
    }

    /// Moves the time on by which connections wait; never ends.
    pub(super) fn beating(&self) -> io::Result<impl Future<Output = ()> + Send + use<>> {
        let (closing, patience, alarm) = (self.closing.clone(), self.patience.clone(), Alarm::new()?);
        Ok(async move {
            let Some(Patience { pulse, .. }) = patience else { return };
            loop {
                alarm.set(pulse::STEP);
                alarm.rung().await;
                pulse.beat();
                closing.send_modify(|_| {});
            }
        })
    }

    /// Serves the unit to everybody, behind its gate.
    pub(super) fn accept_http<G: Gate>(
        &self,
        listener: TcpListener,
        service: Service,
        gate: G,
    ) -> impl Future<Output = ()> + Send + use<G> {
        self.accept(listener, move |request: Request<Incoming>| {
            let (service, gate, request) = (service.clone(), gate.clone(), request.map(Body::new));
            async move { gate.answer(&service, request).await }
        })
    }

    /// Serves an excuse in place of a unit, and says when the first has heard it.
    pub(super) fn accept_excused(
        &self,
        listener: TcpListener,
        excuse: Excuse,
        asked: Arc<Notify>,
    ) -> impl Future<Output = ()> + Send + use<> {
        self.accept(listener, move |request: Request<Incoming>| {
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
        self.accept(listener, move |request| control::answer(service.clone(), request))
    }

    fn accept<H, F>(&self, listener: TcpListener, handle: H) -> impl Future<Output = ()> + Send + use<H, F>
    where
        H: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
        F: Future<Output = Response> + Send + 'static,
    {
        accept(listener, self.closing.subscribe(), self.patience.clone(), handle)
    }

    /// Tells every connection to end after the request it is at, and waits until all have.
    pub(super) async fn drained(&self) {
        self.closing.send_replace(true);
        self.closing.closed().await;
    }
}

async fn accept<H, F>(listener: TcpListener, closing: watch::Receiver<bool>, patience: Option<Patience>, handle: H)
where
    H: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let (closing, patience, handle) = (closing.clone(), patience.clone(), handle.clone());
                tokio::spawn(converse(stream, peer, closing, patience, handle));
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
    patience: Option<Patience>,
    handle: H,
) where
    H: Fn(Request<Incoming>) -> F + Send + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    // Answers are written whole; waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let known = known_of(peer);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let extensions = request.extensions_mut();
        if extensions.is_empty() {
            *extensions = known.clone();
        } else {
            extensions.extend(known.clone());
        }
        handle(request).map(Ok::<_, Infallible>)
    });
    let mut builder = http1::Builder::new();
    match patience {
        Some(Patience { time, pulse }) => builder.timer(pulse).header_read_timeout(time),
        None => builder.header_read_timeout(None),
    };
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service).with_upgrades());
    {
        // The task is woken by each beat as well; the wait inside the connection is over then, or goes on.
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

/// What every request of a connection begins with: who is at the other end, and room for all that axum and fx add to it. A map that has
/// to grow on the way is made twice for each request.
fn known_of(peer: SocketAddr) -> Extensions {
    #[derive(Clone)]
    struct Room<const N: usize>;
    let mut known = Extensions::new();
    known.insert(Room::<0>);
    known.insert(Room::<1>);
    known.insert(Room::<2>);
    known.insert(Room::<3>);
    known.clear();
    known.insert(ConnectInfo(peer));
    known
}

fn is_the_clients_doing(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
