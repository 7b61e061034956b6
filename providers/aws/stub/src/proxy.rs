//! What stands before moto and does what moto does not: takes its time, refuses, loses answers; and keeps count of what was called.

mod operations;
mod wire;
mod world;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Method, Response, Uri, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch};

use self::world::World;

/// What goes wrong with a call.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The connection ends before the call has arrived.
    LostBefore,
    /// The call does its work, and its answer gets lost.
    LostAfter,
    /// It is answered like this: status, code, message.
    Refused(u16, &'static str, &'static str),
    /// It is answered with this, and moto does not hear of it.
    Answered(Vec<(&'static str, String)>, String),
    /// The call is taken, and later AWS gives up on it, for this reason.
    GivenUp(&'static str),
    /// The call does its work, and somebody else makes another one right after it.
    Meddled(Value),
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its method.
    pub method: Method,
    /// Its path and query.
    pub uri: Uri,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, whole.
    pub body: Bytes,
}

/// A call that has come in.
#[derive(Debug, Clone)]
pub struct Call {
    /// The operation, and what it is about.
    pub name: String,
    /// Whether it would change something.
    pub writes: bool,
    /// Its input, as JSON whatever it was in.
    pub body: Value,
    /// The request that it is.
    pub request: Request,
}

impl Call {
    /// The operation: `CreateFunction`.
    pub fn operation(&self) -> &str {
        self.name.split(' ').next().unwrap_or_default()
    }

    /// What it is about; empty where that does not say itself.
    pub fn subject(&self) -> &str {
        self.name.split_once(' ').map_or("", |(_, subject)| subject)
    }

    /// The end of the path: the id of what it is about.
    fn last(&self) -> &str {
        self.request.uri.path().rsplit('/').next().unwrap_or_default()
    }
}

/// A proxy. Clones are the same one.
#[derive(Clone)]
pub struct Proxy {
    state: Arc<Mutex<World>>,
    client: reqwest::Client,
    done: watch::Sender<Vec<String>>,
    /// Where it listens: for AWS_ENDPOINT_URL.
    pub address: String,
}

impl Proxy {
    /// Starts one on a port of its own.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let proxy =
            Self { state: Arc::default(), client: crate::plain_client(), done: watch::Sender::default(), address };
        let own = proxy.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let own = own.clone();
                let service = service_fn(move |request| {
                    let own = own.clone();
                    async move { own.answer(request).await }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        proxy
    }

    fn state(&self) -> MutexGuard<'_, World> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the next calls of an operation go wrong, one after the other.
    pub fn fail(&self, operation: &str, faults: impl IntoIterator<Item = Fault>) {
        self.state().faults.insert(operation.to_owned(), faults.into_iter().collect());
    }

    /// The operations that were to go wrong and have not.
    pub fn left_to_fail(&self) -> Vec<String> {
        let state = self.state();
        state.faults.iter().filter(|(_, faults)| !faults.is_empty()).map(|(name, _)| name.clone()).collect()
    }

    /// Comes back once an operation has done its work, and before its answer has gone out.
    pub async fn until_done(&self, operation: &str) {
        let mut done = self.done.subscribe();
        let _ = done.wait_for(|done| done.iter().any(|one| one == operation)).await;
    }

    /// Lets every change take so many looks.
    pub fn be_slow(&self, looks: u32) {
        self.state().slow = looks;
    }

    /// All calls since the last time.
    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.state().calls)
    }

    /// The writing calls since the last time: `CreateFunction shop`.
    pub fn take_writes(&self) -> Vec<String> {
        self.take_calls().into_iter().filter(|call| call.writes).map(|call| call.name).collect()
    }

    async fn answer(&self, request: hyper::Request<Incoming>) -> Result<Response<Full<Bytes>>, &'static str> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| "the call broke off")?.to_bytes();
        let request = Request { method: head.method, uri: head.uri, headers: head.headers, body };
        let call = operations::describe(request);
        let fault = self.state().receive(&call);
        match &fault {
            Some(Fault::LostBefore) => return Err("lost"),
            Some(Fault::Refused(status, code, message)) => return Ok(refuse(&call, *status, code, message)),
            Some(Fault::Answered(headers, body)) => {
                let response =
                    headers.iter().fold(Response::builder(), |response, (name, value)| response.header(*name, value));
                return Ok(response.body(Full::new(body.clone().into())).unwrap());
            }
            _ => {}
        }
        let answer = self.forward(&call.request, &call.request.body).await?;
        let (head, bytes) = answer.into_parts();
        let bytes = if head.status.is_success() { self.state().complete(&call, fault.as_ref(), bytes) } else { bytes };
        self.done.send_modify(|done| done.push(call.operation().to_owned()));
        match fault {
            Some(Fault::LostAfter) => return Err("lost"),
            Some(Fault::Meddled(body)) => drop(self.forward(&call.request, &body.to_string().into()).await?),
            _ => {}
        }
        Ok(Response::from_parts(head, Full::new(bytes)))
    }

    async fn forward(&self, request: &Request, body: &Bytes) -> Result<Response<Bytes>, &'static str> {
        let path = request.uri.path_and_query().map_or("/", |path| path.as_str());
        let url = format!("{}{path}", crate::moto::address());
        let mut forward = self.client.request(request.method.clone(), url).body(body.clone());
        for (name, value) in passed_on(&request.headers, "host") {
            forward = forward.header(name, value);
        }
        let answer = forward.send().await.map_err(|_| "moto is gone")?;
        let mut response = Response::builder().status(answer.status());
        for (name, value) in passed_on(answer.headers(), "transfer-encoding") {
            response = response.header(name, value);
        }
        let bytes = answer.bytes().await.map_err(|_| "moto broke off")?;
        Ok(response.body(bytes).unwrap())
    }
}

/// Headers that are not about one connection only.
fn passed_on<'a>(
    headers: &'a HeaderMap,
    without: &'a str,
) -> impl Iterator<Item = (&'a hyper::header::HeaderName, &'a hyper::header::HeaderValue)> {
    headers.iter().filter(move |(name, _)| ![without, "content-length", "connection"].contains(&name.as_str()))
}

/// An answer that says no, as the protocol of the call has it.
fn refuse(call: &Call, status: u16, code: &str, message: &str) -> Response<Full<Bytes>> {
    let response = Response::builder().status(status);
    if call.body["Action"] == call.operation() {
        let error = format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>");
        let body = format!("<ErrorResponse>{error}<RequestId>r-0</RequestId></ErrorResponse>");
        return response.header("content-type", "text/xml").body(Full::new(body.into())).unwrap();
    }
    let body = json!({ "__type": code, "Type": "User", "message": message, "Message": message }).to_string();
    let response = response.header("x-amzn-errortype", code).header("x-amzn-requestid", "r-0");
    response.header("content-type", "application/json").body(Full::new(body.into())).unwrap()
}
