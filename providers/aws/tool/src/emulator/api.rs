//! The Runtime API and the Extensions API, as a process in the sandbox sees them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use fx_provider::emulator::{Body, BoxError, Failure, Refused, Serving, empty, full, json, read, serve};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::json as object;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
};

use super::{
    PAYLOAD,
    sandbox::{Job, LambdaDesk},
};

const RUNTIME: &str = "/2018-06-01/runtime/";
const EXTENSION: &str = "/2020-01-01/extension/";
const ERROR_TYPE: &str = "lambda-runtime-function-error-type";
const EXTENSION_ID: &str = "lambda-extension-identifier";
/// Largest streamed answer.
const STREAM: usize = 200 * 1024 * 1024;

/// What a process hands in.
pub(super) enum Handed {
    /// An answer, or a failure.
    Whole(Result<Bytes, Failure>),
    /// The beginning of a streamed answer: its media type, and how it goes on.
    Stream(String, mpsc::Receiver<Result<Bytes, BoxError>>),
}

/// The API of one sandbox.
pub(super) struct Api {
    pub(super) desk: LambdaDesk,
    function: String,
    region: String,
    init: Mutex<Init>,
}

/// What has to happen before the sandbox counts as started.
#[derive(Debug, Default)]
struct Init {
    asked: bool,
    registered: Vec<String>,
    polling: Vec<String>,
}

#[derive(Deserialize)]
struct Reported {
    #[serde(default, rename = "errorMessage")]
    message: String,
    #[serde(default, rename = "errorType")]
    kind: String,
}

impl Api {
    pub(super) fn new(function: &str, region: &str) -> Self {
        Self {
            desk: LambdaDesk::default(),
            function: function.to_owned(),
            region: region.to_owned(),
            init: Mutex::default(),
        }
    }

    pub(super) fn serve(self: &Arc<Self>, listener: TcpListener) -> Serving {
        let api = Arc::clone(self);
        serve(listener, move |request| {
            let api = Arc::clone(&api);
            async move { api.answer(request).await }
        })
    }

    pub(super) fn has_extension(&self) -> bool {
        !self.init().registered.is_empty()
    }

    fn init(&self) -> MutexGuard<'_, Init> {
        self.init.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sandbox is ready once the runtime asks for work and every registered extension waits for its events.
    fn step(&self, change: impl FnOnce(&mut Init)) {
        let mut init = self.init();
        change(&mut init);
        if init.asked && init.registered.iter().all(|id| init.polling.contains(id)) {
            self.desk.started(Ok(()));
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let (head, body) = request.into_parts();
        let path = head.uri.path().to_owned();
        if let Some(path) = path.strip_prefix(EXTENSION) {
            return self.extension(&head.method, path, &head.headers, body).await;
        }
        let path = path.strip_prefix(RUNTIME).unwrap_or_default();
        let invocation = path.strip_prefix("invocation/").and_then(|path| path.split_once('/'));
        match (&head.method, path, invocation) {
            (&Method::GET, "invocation/next", _) => self.next().await,
            (&Method::POST, "init/error", _) => {
                let failure = reported(&head.headers, read(body, PAYLOAD).await.ok().flatten().as_ref());
                self.desk.started(Err(failure));
                accepted()
            }
            (&Method::POST, _, Some((id, "response"))) => self.response(id, &head.headers, body).await,
            (&Method::POST, _, Some((id, "error"))) => {
                let Ok(document) = read(body, PAYLOAD).await else { return empty_response(StatusCode::BAD_REQUEST) };
                let failure = reported(&head.headers, document.as_ref());
                self.hand_in(id, Handed::Whole(Err(failure)))
            }
            _ => error(StatusCode::NOT_FOUND, "NotFound", "the Runtime API has no such path"),
        }
    }

    async fn next(&self) -> Response<Body> {
        self.step(|init| init.asked = true);
        let Some(Job { id, deadline, trace, payload }) = self.desk.next().await else {
            return error(StatusCode::INTERNAL_SERVER_ERROR, "ServiceError", "the sandbox is ending");
        };
        let arn = format!("arn:aws:lambda:{}:123456789012:function:{}", self.region, self.function);
        let mut response = Response::new(full(payload));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in [
            ("lambda-runtime-aws-request-id", id),
            ("lambda-runtime-deadline-ms", deadline.to_string()),
            ("lambda-runtime-invoked-function-arn", arn),
            ("lambda-runtime-trace-id", trace),
        ] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        response
    }

    async fn response(&self, id: &str, headers: &HeaderMap, body: Incoming) -> Response<Body> {
        if let Err(why) = self.desk.check(id) {
            let _ = read(body, 0).await;
            return refused(why);
        }
        if text(headers, "lambda-runtime-function-response-mode") == "streaming" {
            return self.stream(id, headers, body).await;
        }
        match read(body, PAYLOAD).await {
            Ok(Some(answer)) => self.hand_in(id, Handed::Whole(Ok(answer))),
            Ok(None) => {
                let message = format!("Response payload size exceeded maximum allowed payload size ({PAYLOAD} bytes).");
                let failure = Failure::new("Function.ResponseSizeTooLarge", message.clone());
                match self.desk.hand_in(id, Handed::Whole(Err(failure))) {
                    Ok(()) => error(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", &message),
                    Err(why) => refused(why),
                }
            }
            Err(_) => empty_response(StatusCode::BAD_REQUEST),
        }
    }

    async fn stream(&self, id: &str, headers: &HeaderMap, mut body: Incoming) -> Response<Body> {
        let (pieces, received) = mpsc::channel(4);
        let kind = text(headers, "content-type").to_owned();
        if let Err(why) = self.desk.hand_in(id, Handed::Stream(kind, received)) {
            return refused(why);
        }
        let mut length = 0_usize;
        while let Some(frame) = body.frame().await {
            let piece: Result<Bytes, BoxError> = match frame {
                Err(error) => Err(error.into()),
                Ok(frame) => match frame.into_data() {
                    Ok(data) => {
                        length = length.saturating_add(data.len());
                        if length > STREAM { Err("the stream is longer than 200 MB".into()) } else { Ok(data) }
                    }
                    Err(frame) => match frame.trailers_ref().map(|trailers| text(trailers, ERROR_TYPE)) {
                        None | Some("") => continue,
                        Some(kind) => Err(Failure::new(kind, "the function failed while it streamed").into()),
                    },
                },
            };
            let broken = piece.is_err();
            if pieces.send(piece).await.is_err() || broken {
                break;
            }
        }
        accepted()
    }

    fn hand_in(&self, id: &str, handed: Handed) -> Response<Body> {
        match self.desk.hand_in(id, handed) {
            Ok(()) => accepted(),
            Err(why) => refused(why),
        }
    }

    async fn extension(&self, method: &Method, path: &str, headers: &HeaderMap, body: Incoming) -> Response<Body> {
        let id = text(headers, EXTENSION_ID).to_owned();
        match (method, path) {
            (&Method::POST, "register") => self.register(headers, read(body, PAYLOAD).await.ok().flatten()),
            (&Method::GET, "event/next") => {
                if !self.init().registered.contains(&id) {
                    let message = format!("`{EXTENSION_ID}` is not that of a registered extension");
                    return error(StatusCode::FORBIDDEN, "Extension.UnknownExtensionIdentifier", &message);
                }
                self.step(|init| init.polling.push(id));
                // An internal extension gets no SHUTDOWN, and registered for nothing else.
                let (_never, pending) = oneshot::channel::<()>();
                let _ = pending.await;
                empty_response(StatusCode::OK)
            }
            (&Method::POST, "init/error" | "exit/error") => {
                self.desk.started(Err(reported(headers, read(body, PAYLOAD).await.ok().flatten().as_ref())));
                accepted()
            }
            _ => error(StatusCode::NOT_FOUND, "NotFound", "the Extensions API has no such path"),
        }
    }

    fn register(&self, headers: &HeaderMap, body: Option<Bytes>) -> Response<Body> {
        #[derive(Deserialize)]
        struct Registration {
            #[serde(default)]
            events: Vec<String>,
        }
        let name = text(headers, "lambda-extension-name");
        if name.is_empty() {
            return error(StatusCode::FORBIDDEN, "Extension.MissingName", "Lambda-Extension-Name is missing");
        }
        let Ok(registration) = serde_json::from_slice::<Registration>(&body.unwrap_or_default()) else {
            return error(StatusCode::BAD_REQUEST, "InvalidRequestFormat", "the body is not a registration");
        };
        if let Some(event) = registration.events.first() {
            let message = format!("an internal extension of fx registers for no events, this one for {event}");
            return error(StatusCode::FORBIDDEN, "ShutdownEventNotSupportedForInternalExtension", &message);
        }
        if self.init().asked {
            let message = "extensions register before the first invocation is asked for";
            return error(StatusCode::FORBIDDEN, "Extension.InvalidExtensionState", message);
        }
        let id = format!("extension-{name}");
        self.step(|init| init.registered.push(id.clone()));
        let document = object!({ "functionName": self.function, "functionVersion": "$LATEST", "handler": "bootstrap" });
        let mut response = json(StatusCode::OK, &document);
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(HeaderName::from_static(EXTENSION_ID), id);
        }
        response
    }
}

fn reported(headers: &HeaderMap, body: Option<&Bytes>) -> Failure {
    let reported = body.and_then(|body| serde_json::from_slice::<Reported>(body).ok());
    let reported = reported.unwrap_or(Reported { message: String::new(), kind: String::new() });
    let kind = if reported.kind.is_empty() { text(headers, ERROR_TYPE) } else { &reported.kind };
    Failure::new(if kind.is_empty() { "Unhandled" } else { kind }, reported.message)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn accepted() -> Response<Body> {
    json(StatusCode::ACCEPTED, &object!({ "status": "OK" }))
}

fn refused(why: Refused) -> Response<Body> {
    match why {
        Refused::Unknown => error(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID"),
        Refused::Second => error(StatusCode::FORBIDDEN, "InvalidStateTransition", "the invocation is answered already"),
    }
}

fn error(status: StatusCode, kind: &str, message: &str) -> Response<Body> {
    json(status, &object!({ "errorType": kind, "errorMessage": message }))
}

fn empty_response(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(empty());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, path::Path, time::Duration};

    use fx_provider::emulator::{NotReady, Process};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    use super::*;

    /// What a client that nothing stops says, byte for byte.
    async fn raw(address: std::net::SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    fn post(path: &str, headers: &str, body: &str) -> String {
        let length = body.len();
        format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
        )
    }

    #[tokio::test]
    async fn each_call_has_the_answer_of_the_runtime_api() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let api = Arc::new(Api::new("f", "us-east-1"));
        let _serving = api.serve(listener);

        let registration =
            raw(address, &post("/2020-01-01/extension/register", "Lambda-Extension-Name: fx\r\n", "{\"events\":[]}"))
                .await;
        assert!(
            registration.starts_with("HTTP/1.1 200 ")
                && registration.contains("lambda-extension-identifier: extension-fx")
        );
        let shutdown =
            post("/2020-01-01/extension/register", "Lambda-Extension-Name: b\r\n", "{\"events\":[\"SHUTDOWN\"]}");
        assert!(raw(address, &shutdown).await.starts_with("HTTP/1.1 403 "));

        let job = |id: &str| Job { id: id.into(), deadline: 7, trace: "t".into(), payload: "{}".into() };
        let answer = api.desk.put("1", job("1"));
        let next =
            raw(address, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
                .await;
        assert!(next.contains("lambda-runtime-aws-request-id: 1\r\nlambda-runtime-deadline-ms: 7\r\n"), "{next}");
        let done = post("/2018-06-01/runtime/invocation/1/response", "", "\"done\"");
        let first = raw(address, &done).await;
        assert!(first.starts_with("HTTP/1.1 202 ") && first.ends_with("{\"status\":\"OK\"}"), "{first}");
        assert!(matches!(answer.await, Ok(Handed::Whole(Ok(bytes))) if bytes == "\"done\""));
        let second = raw(address, &done).await;
        assert!(second.starts_with("HTTP/1.1 403 ") && second.contains("InvalidStateTransition"), "{second}");
        let unknown = raw(address, &done.replace("/1/", "/2/")).await;
        assert!(unknown.starts_with("HTTP/1.1 400 ") && unknown.contains("InvalidRequestID"), "{unknown}");

        let answer = api.desk.put("3", job("3"));
        let large = "x".repeat(PAYLOAD + 1);
        let refused = raw(address, &post("/2018-06-01/runtime/invocation/3/response", "", &large)).await;
        assert!(refused.starts_with("HTTP/1.1 413 ") && refused.contains("RequestEntityTooLarge"), "{refused}");
        assert!(
            matches!(answer.await, Ok(Handed::Whole(Err(failure))) if failure.kind == "Function.ResponseSizeTooLarge")
        );
    }

    #[tokio::test]
    async fn a_stream_that_fails_says_so_in_trailers() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let api = Arc::new(Api::new("f", "us-east-1"));
        let _serving = api.serve(listener);
        let job = Job { id: "1".into(), deadline: 0, trace: String::new(), payload: "{}".into() };
        let answer = api.desk.put("1", job);
        let request = "POST /2018-06-01/runtime/invocation/1/response HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
             Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n\
             Trailer: Lambda-Runtime-Function-Error-Type\r\n\r\n\
             3\r\none\r\n0\r\nLambda-Runtime-Function-Error-Type: Function.Broken\r\n\r\n";
        let sent = tokio::spawn(async move { raw(address, request).await });
        let Ok(Handed::Stream(_, mut pieces)) = answer.await else { panic!("no stream") };
        assert_eq!(pieces.recv().await.unwrap().unwrap(), "one");
        let broken = pieces.recv().await.unwrap().unwrap_err();
        assert!(broken.to_string().starts_with("Function.Broken"), "{broken}");
        assert!(pieces.recv().await.is_none());
        assert!(sent.await.unwrap().starts_with("HTTP/1.1 202 "));
    }

    #[tokio::test]
    async fn the_start_ends_when_every_extension_waits_for_its_events() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let api = Arc::new(Api::new("f", "us-east-1"));
        let _serving = api.serve(listener);
        raw(address, &post("/2020-01-01/extension/register", "Lambda-Extension-Name: fx\r\n", "{\"events\":[]}")).await;
        let (lines, _said) = mpsc::unbounded_channel();
        let sleep = [Path::new("/bin/cat"), Path::new("/usr/bin/cat")].into_iter().find(|path| path.exists()).unwrap();
        let process = Process::spawn(sleep, Path::new("/"), &BTreeMap::new(), &lines).unwrap();
        let soon = Duration::from_millis(100);
        let next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: x\r\n\r\n";
        let _asking = tokio::spawn(async move { raw(address, next).await });
        assert_eq!(api.desk.ready(&process, soon).await, Err(NotReady::Silent));
        let poll = "GET /2020-01-01/extension/event/next HTTP/1.1\r\nhost: x\r\nlambda-extension-identifier: extension-fx\r\n\r\n";
        let _polling = tokio::spawn(async move { raw(address, poll).await });
        assert_eq!(api.desk.ready(&process, Duration::from_secs(10)).await, Ok(()));
        assert!(api.has_extension());
    }
}
