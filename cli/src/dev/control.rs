//! The control port: how `fx invoke` reaches a running `fx dev`. Loopback only, and only with the token that `.fx/dev.json`
//! shows to the owner of the project.

use std::{
    fs, io,
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::board::{Reader, Seen};
use crate::local::{call::call, folder, secrets::hexadecimal};

const FILE: &str = "dev.json";
/// A process of this machine that has not taken a connection by then is gone.
const PATIENCE: Duration = Duration::from_millis(500);

/// Where a running `fx dev` is found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Address {
    /// Its process.
    pub pid: u32,
    /// The f.yml it serves.
    pub file: PathBuf,
    /// The public port on the loopback interface.
    pub http: SocketAddr,
    /// The control port.
    pub control: SocketAddr,
    /// What the control port wants to see.
    pub token: String,
    /// The target it runs as.
    pub target: String,
}

impl Address {
    /// An address with a token of its own.
    pub fn new(file: PathBuf, target: &str, http: SocketAddr, control: SocketAddr) -> io::Result<Self> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        let target = target.to_owned();
        Ok(Self { pid: std::process::id(), file, http, control, token: hexadecimal(&bytes), target })
    }

    /// The address that the `fx dev` of this f.yml left, if there is one. It may be gone by now.
    pub fn read(root: &Path, file: &Path) -> Option<Self> {
        let text = fs::read_to_string(root.join(".fx").join(FILE)).ok()?;
        let address: Self = serde_json::from_str(&text).ok()?;
        (address.file == file).then_some(address)
    }

    /// The address of a `fx dev` in this project that still answers, whichever f.yml it serves.
    pub fn answering(root: &Path) -> Option<Self> {
        let text = fs::read_to_string(root.join(".fx").join(FILE)).ok()?;
        let address: Self = serde_json::from_str(&text).ok()?;
        TcpStream::connect_timeout(&address.control, PATIENCE).is_ok().then_some(address)
    }

    /// Leaves it for others of the same user.
    pub fn write(&self, root: &Path) -> io::Result<()> {
        folder::write_private(&folder::open(root)?.join(FILE), &serde_json::to_string_pretty(self)?)
    }

    /// Takes it away again, unless another `fx dev` has replaced it.
    pub fn remove(&self, root: &Path) {
        if Self::read(root, &self.file).is_some_and(|found| found.token == self.token) {
            let _ = fs::remove_file(root.join(".fx").join(FILE));
        }
    }
}

/// Passes invocations on to the unit that holds the function.
#[derive(Debug, Clone)]
pub struct Control {
    board: Reader,
    token: String,
}

impl Control {
    /// A control port that answers to `token`.
    pub fn new(board: Reader, token: String) -> Self {
        Self { board, token }
    }

    /// Answers one request.
    pub async fn answer(mut self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let expected = format!("Bearer {}", self.token);
        let given = request.headers().get(header::AUTHORIZATION).map_or(&b""[..], |value| value.as_bytes());
        if !same(given, expected.as_bytes()) {
            return refusal(StatusCode::UNAUTHORIZED, "Unauthorized", "the token in .fx/dev.json is missing");
        }
        let path = request.uri().path().to_owned();
        let named = path.strip_prefix("/__fx/invoke/").or_else(|| path.strip_prefix("/__fx/native/"));
        let Some(function) = named.filter(|_| request.method() == Method::POST) else {
            return refusal(StatusCode::NOT_FOUND, "NotFound", "the control port knows POST /__fx/invoke/{function}");
        };
        let Ok(body) = request.into_body().collect().await else {
            return refusal(StatusCode::BAD_REQUEST, "BadRequest", "the body ended early");
        };
        let visit = loop {
            match self.board.look().1 {
                Seen::Ready(visit) => break visit,
                Seen::Broken(report) => {
                    let text = report.render(false).unwrap_or_default();
                    return refusal(StatusCode::SERVICE_UNAVAILABLE, "Broken", text.trim());
                }
                Seen::Waiting(_) => {
                    if !self.board.changed().await {
                        return refusal(StatusCode::SERVICE_UNAVAILABLE, "Ending", "fx dev is ending");
                    }
                }
            }
        };
        let Some(control) = visit.unit_of_function(function).and_then(|unit| unit.control) else {
            return refusal(StatusCode::NOT_FOUND, "NotFound", &format!("no running unit holds `{function}`"));
        };
        let request = Request::post(path.as_str())
            .header(header::HOST, control.to_string())
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::from(body.to_bytes()));
        let Ok(request) = request else {
            return refusal(StatusCode::BAD_REQUEST, "BadRequest", "this is not a function's name");
        };
        match call(control, request).await {
            Ok(response) => response.map(Full::from),
            Err(error) => refusal(StatusCode::BAD_GATEWAY, "NoAnswer", &error.to_string()),
        }
    }
}

fn refusal(status: StatusCode, kind: &str, message: &str) -> Response<Full<Bytes>> {
    let body = json!({ "ok": false, "error": { "type": kind, "message": message } });
    let mut response = Response::new(Full::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}

/// Compares in a time that tells nothing about where the two differ.
fn same(given: &[u8], expected: &[u8]) -> bool {
    given.len() == expected.len() && given.iter().zip(expected).fold(0, |sum, (one, other)| sum | (one ^ other)) == 0
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn an_address_stays_with_who_is_still_there() {
        let root = tempfile::tempdir().unwrap();
        assert!(Address::answering(root.path()).is_none());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let control = listener.local_addr().unwrap();
        let of = || Address::new(root.path().join("f.yml"), "local", control, control).unwrap();
        let (first, second) = (of(), of());
        first.write(root.path()).unwrap();
        assert_eq!(Address::answering(root.path()).unwrap().token, first.token);
        second.remove(root.path());
        assert_eq!(Address::answering(root.path()).unwrap().token, first.token, "it was not the second's to remove");
        drop(listener);
        assert!(Address::answering(root.path()).is_none());
        first.remove(root.path());
        assert!(!root.path().join(".fx").join(FILE).exists());
    }
}
