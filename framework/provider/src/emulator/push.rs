//! [`Server`]: a process that is an HTTP server, as platforms that push see it.

use std::{
    net::SocketAddr,
    process::ExitStatus,
    time::{Duration, Instant},
};

use http::{Request, Response};
use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::{Client, Error, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::net::{TcpListener, TcpStream};

use super::{Body, Process};

/// How often a port that should open is tried.
const PAUSE: Duration = Duration::from_millis(5);

/// A process that listens on a port of this machine.
#[derive(Debug)]
pub struct Server {
    /// The process.
    pub process: Process,
    address: SocketAddr,
    client: Client<HttpConnector, Body>,
}

/// Why a server did not come up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unready {
    /// The process ended.
    Ended(Option<ExitStatus>),
    /// Nothing listens there.
    Silent,
}

impl Server {
    /// A port that nobody uses at the moment.
    ///
    /// # Errors
    /// There is none.
    pub async fn free_port() -> std::io::Result<u16> {
        Ok(TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port())
    }

    /// Waits until the process listens on a port.
    ///
    /// # Errors
    /// It does not, and will not.
    pub async fn ready(process: Process, port: u16, limit: Duration) -> Result<Self, Unready> {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let began = Instant::now();
        while TcpStream::connect(address).await.is_err() {
            if !process.is_running() {
                return Err(Unready::Ended(process.ended().await));
            }
            if began.elapsed() > limit {
                return Err(Unready::Silent);
            }
            tokio::time::sleep(PAUSE).await;
        }
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { process, address, client })
    }

    /// Sends it a request; the path is that of the request.
    ///
    /// # Errors
    /// It gave no answer.
    pub async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, Error> {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let uri = format!("http://{}{path}", self.address);
        if let Ok(uri) = uri.parse() {
            *request.uri_mut() = uri;
        }
        *request.version_mut() = http::Version::HTTP_11;
        let response = self.client.request(request).await?;
        Ok(response.map(|body| body.map_err(Into::into).boxed_unsync()))
    }
}
