//! The runtime API: no ids in its paths, so there is one invocation at a time, and the first report of it counts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use fx_provider::emulator::{Body, Desk, Failure, Serving, full, json, read, serve};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use serde_json::json as object;
use tokio::net::TcpListener;

use super::{PAYLOAD, status::too_large};

/// An invocation on its way to the process.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) id: String,
    pub(super) payload: Bytes,
}

/// The API of one process.
pub(super) struct Api {
    pub(super) desk: Desk<Job, Result<Bytes, Failure>>,
    memory: u32,
    milliseconds: u64,
    open: Mutex<Option<Job>>,
}

impl Api {
    pub(super) fn new(memory: u32, seconds: u32) -> Self {
        Self { desk: Desk::default(), memory, milliseconds: u64::from(seconds) * 1000, open: Mutex::default() }
    }

    pub(super) fn serve(self: &Arc<Self>, listener: TcpListener) -> Serving {
        let api = Arc::clone(self);
        serve(listener, move |request| {
            let api = Arc::clone(&api);
            async move { api.answer(request).await }
        })
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let (head, body) = request.into_parts();
        match (&head.method, head.uri.path()) {
            (&Method::POST, "/runtime/init/ready") => {
                let _ = read(body, PAYLOAD).await;
                self.desk.started(Ok(()));
                done()
            }
            (&Method::GET, "/runtime/invocation/next") => self.next().await,
            (&Method::POST, "/runtime/invocation/response") => match read(body, PAYLOAD).await {
                Ok(Some(answer)) => self.hand_in(Ok(answer)),
                Ok(None) => self.hand_in(Err(Failure::new("407", "the response is larger than 6 MB"))),
                Err(_) => refused(StatusCode::BAD_REQUEST, "the body broke off"),
            },
            (&Method::POST, "/runtime/invocation/error") => match read(body, PAYLOAD).await {
                Ok(text) => {
                    let text = text.unwrap_or_else(|| too_large("the report").message.into());
                    self.hand_in(Err(Failure::new("430", String::from_utf8_lossy(&text))))
                }
                Err(_) => refused(StatusCode::BAD_REQUEST, "the body broke off"),
            },
            _ => refused(StatusCode::NOT_FOUND, "the runtime API has no such path"),
        }
    }

    fn open(&self) -> MutexGuard<'_, Option<Job>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn next(&self) -> Response<Body> {
        // Whoever asks again before answering gets the same again.
        let again = self.open().clone();
        let job = match again {
            Some(job) => job,
            None => match self.desk.next().await {
                Some(job) => self.open().insert(job).clone(),
                None => return refused(StatusCode::INTERNAL_SERVER_ERROR, "the instance is ending"),
            },
        };
        let mut response = Response::new(full(job.payload));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(HeaderName::from_static("memory_limit_in_mb"), self.memory.into());
        headers.insert(HeaderName::from_static("time_limit_in_ms"), self.milliseconds.into());
        if let Ok(id) = HeaderValue::from_str(&job.id) {
            headers.insert(HeaderName::from_static("request_id"), id);
        }
        response
    }

    fn hand_in(&self, answer: Result<Bytes, Failure>) -> Response<Body> {
        let job = self.open().take();
        let taken = job.is_some_and(|job| self.desk.hand_in(&job.id, answer).is_ok());
        if taken { done() } else { refused(StatusCode::BAD_REQUEST, "there is no invocation to report on") }
    }
}

fn done() -> Response<Body> {
    Response::new(full(""))
}

fn refused(status: StatusCode, message: &str) -> Response<Body> {
    json(status, &object!({ "error": message }))
}
