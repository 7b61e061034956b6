//! One HTTP exchange with something on this machine, read to its end.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Nobody listens there.
    #[error("nobody answers at {address}: {error}")]
    Connect {
        /// Where.
        address: SocketAddr,
        /// Why.
        error: std::io::Error,
    },
    /// The connection ended before the answer did.
    #[error("the connection to {address} ended before the answer did: {error}")]
    Broken {
        /// Where.
        address: SocketAddr,
        /// Why.
        error: hyper::Error,
    },
}

/// Sends a request to an address and reads the whole answer.
pub async fn call(address: SocketAddr, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, CallError> {
    let stream = TcpStream::connect(address).await.map_err(|error| CallError::Connect { address, error })?;
    let broken = |error| CallError::Broken { address, error };
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    let connection = tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(broken)?;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(broken)?.to_bytes();
    connection.abort();
    Ok(Response::from_parts(parts, body))
}
