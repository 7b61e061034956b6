//! What stands before moto and does what moto does not: takes its time, refuses, loses answers; and keeps count of what was called.

mod operations;
mod wire;
mod world;

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Method, Response, Uri, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use self::world::World;
use crate::{
    auth,
    front::{Front, Place},
    moto::Account,
    visits,
};

/// What a change of who may call a function takes.
const POLICY: Duration = Duration::from_millis(10);

/// What goes wrong with a call.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The connection ends before the call has arrived.
    LostBefore,
    /// The call does its work, and its answer gets lost.
    LostAfter,
    /// The call does its work, and no answer ever comes.
    Silent,
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

    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let query = self.request.uri.query().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
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
    /// What answers at addresses, if anything does.
    front: Option<Arc<Front>>,
    /// Where it listens: for AWS_ENDPOINT_URL.
    pub address: String,
}

impl Proxy {
    /// Starts one on a port of its own.
    pub async fn start() -> Self {
        Self::serve(None).await.unwrap().0
    }

    /// The same, and who serves it.
    pub(crate) async fn serve(front: Option<Arc<Front>>) -> io::Result<(Self, JoinHandle<()>)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let (client, done) = (crate::plain_client(), watch::Sender::default());
        let proxy = Self { state: Arc::default(), client, done, front, address };
        let own = proxy.clone();
        let task = tokio::spawn(serve(listener, move |request| {
            let own = own.clone();
            async move { own.answer(request).await }
        }));
        Ok((proxy, task))
    }

    /// An address of its own for what is at `place`, and who serves it.
    pub(crate) async fn open(&self, place: Place) -> (String, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let own = self.clone();
        let task = tokio::spawn(serve(listener, move |request| {
            let (own, place) = (own.clone(), place.clone());
            async move {
                let front = own.front.clone().ok_or("nothing answers here")?;
                Ok(visits::visit(&own, &front, &place, request).await.map(Full::new))
            }
        }));
        (address, task)
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
        if let Some((code, message)) = self.front.as_ref().and_then(|front| auth::verify(&front.account, &call).err()) {
            return Ok(refuse(&call, 403, code, &message).map(Full::new));
        }
        let fault = self.state().receive(&call);
        match &fault {
            Some(Fault::LostBefore) => return Err("lost"),
            Some(Fault::Refused(status, code, message)) => {
                return Ok(refuse(&call, *status, code, message).map(Full::new));
            }
            Some(Fault::Answered(headers, body)) => {
                let response =
                    headers.iter().fold(Response::builder(), |response, (name, value)| response.header(*name, value));
                return Ok(response.body(Full::new(body.clone().into())).unwrap());
            }
            _ => {}
        }
        if self.is_overtaken(&call).await {
            return Ok(Response::new(Full::new("{}".into())));
        }
        let (head, mut bytes) = match self.front.as_ref().filter(|_| call.operation() == "Invoke") {
            Some(front) => visits::invoke(front, &call).await,
            None => self.forward(&call.request, &call.request.body).await?,
        }
        .into_parts();
        if head.status.is_success() {
            if World::is_missing(&call, &bytes) {
                return Ok(refuse(&call, 404, "ResourceNotFoundException", "Function not found").map(Full::new));
            }
            bytes = self.state().complete(&call, fault.as_ref(), bytes);
            if let Some(front) = &self.front {
                front.keep_code(&call).await;
                bytes = front.at_home(self, &call, bytes).await;
            }
        }
        self.done.send_modify(|done| done.push(call.operation().to_owned()));
        match fault {
            Some(Fault::LostAfter) => return Err("lost"),
            Some(Fault::Silent) => std::future::pending().await,
            Some(Fault::Meddled(body)) => drop(self.forward(&call.request, &body.to_string().into()).await?),
            _ => {}
        }
        Ok(Response::from_parts(head, Full::new(bytes)))
    }

    /// Whether a change of who may call a function gets lost, since another one comes before it is through.
    async fn is_overtaken(&self, call: &Call) -> bool {
        if !["AddPermission", "RemovePermission"].contains(&call.operation()) {
            return false;
        }
        let number = self.state().change_policy(call.subject());
        tokio::time::sleep(POLICY).await;
        self.state().policy_changes(call.subject()) != number
    }

    /// The statements about who may call a version of a function.
    pub(crate) async fn statements(&self, account: &Account, function: &str, qualifier: &str) -> Vec<Value> {
        let path = format!("/2015-03-31/functions/{function}/policy?Qualifier={qualifier}");
        let Some(mut policy) = account.ask(Method::GET, "lambda", &path, &Value::Null).await else { return Vec::new() };
        self.state().with_conditions(function, &mut policy);
        let policy: Value = serde_json::from_str(policy["Policy"].as_str().unwrap_or_default()).unwrap_or_default();
        policy["Statement"].as_array().cloned().unwrap_or_default()
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

async fn serve<F>(listener: TcpListener, answer: impl Fn(hyper::Request<Incoming>) -> F + Clone + Send + 'static)
where
    F: Future<Output = Result<Response<Full<Bytes>>, &'static str>> + Send + 'static,
{
    while let Ok((stream, _)) = listener.accept().await {
        let answer = answer.clone();
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer)));
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
pub(crate) fn refuse(call: &Call, status: u16, code: &str, message: &str) -> Response<Bytes> {
    let response = Response::builder().status(status);
    if call.body["Action"] == call.operation() {
        let error = format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>");
        let body = format!("<ErrorResponse>{error}<RequestId>r-0</RequestId></ErrorResponse>");
        return response.header("content-type", "text/xml").body(body.into()).unwrap();
    }
    let body = json!({ "__type": code, "Type": "User", "message": message, "Message": message }).to_string();
    let response = response.header("x-amzn-errortype", code).header("x-amzn-requestid", "r-0");
    response.header("content-type", "application/json").body(body.into()).unwrap()
}
