//! Aliyun Function Compute on this machine.
//!
//! | what | where |
//! |---|---|
//! | environment, headers and limits | `platform.rs` |
//! | which lines the function owes to the log | `record.rs` |
//! | fx's own events in the words of OSS, MNS, timers and SLS | `native.rs` |

mod native;
mod platform;
mod record;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use fx_provider::emulator::{
    Body, BoxFuture, Emulator, Event, Failure, Launch, Lines, Lost, Occurrence, Platform, Pushed, Sender, Sent,
    StartError, Unanswered, ending, full, json, read,
};
use fx_spec::route::Method;
use http::{HeaderValue, Request, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json as object};

pub(crate) use native::Triggers;
use platform::{Fc, Purpose, after, before};
use record::Record;

/// Largest request, and largest answer to an event.
const PAYLOAD: usize = 32 * 1024 * 1024;

/// The emulator of Function Compute 3.0, custom runtime.
#[derive(Debug, Clone, Copy, Default)]
pub struct AliyunEmulator;

impl Emulator for AliyunEmulator {
    fn start(&self, launch: Launch, lines: Lines) -> BoxFuture<'_, Result<Box<dyn Platform>, StartError>> {
        Box::pin(async move {
            let record = Arc::new(Record::default());
            let heard = Record::listen(Arc::clone(&record), lines.clone());
            let unit = Pushed::start(Fc::new(&launch), launch, heard).await?;
            Ok(Box::new(Emulated { unit, record, lines }) as Box<dyn Platform>)
        })
    }
}

struct Emulated {
    unit: Arc<Pushed<Fc>>,
    record: Arc<Record>,
    lines: Lines,
}

/// The error document of the official runtimes.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Reported {
    error_message: String,
    error_type: String,
}

impl Platform for Emulated {
    fn http(&self, request: Request<Body>) -> BoxFuture<'_, Response<Body>> {
        Box::pin(async move {
            let id = self.unit.host.next_id();
            let (mut head, body) = request.into_parts();
            let body = match read(body, PAYLOAD).await {
                Ok(Some(body)) => body,
                Ok(None) => return refused(&id, "request body is larger than 32 MB"),
                Err(error) => return refused(&id, &format!("the request broke off: {error}")),
            };
            if let Err(message) = before(&mut head) {
                return refused(&id, &message);
            }
            if !Method::ALL.iter().any(|listed| head.method == listed.as_str()) {
                let message = format!("{} is not in the HTTP trigger's list of methods", head.method);
                return platform_error(StatusCode::FORBIDDEN, "FcCommonError", &id, "AccessDenied", &message);
            }
            self.unit.host.say(&mut head.headers, Purpose::Http, &id);
            match self.unit.send(Request::from_parts(head, full(body))).await {
                Ok(mut response) => {
                    let failed = failed(&response);
                    if let Err(message) = after(response.headers_mut()) {
                        return unhandled(&id, "BadResponse", &message);
                    }
                    if let Ok(id) = HeaderValue::from_str(&id) {
                        response.headers_mut().insert("x-fc-request-id", id);
                    }
                    if failed {
                        let _ =
                            self.lines.send(format!("RequestId: {id} counts as a function error (x-fc-status: 404)"));
                    }
                    self.record.check_later(&id, self.lines.clone());
                    response
                }
                Err(error) => {
                    let failure = self.lost(&error);
                    unhandled(&id, &failure.kind, &failure.message)
                }
            }
        })
    }

    fn invoke(&self, event: Event) -> BoxFuture<'_, Result<Value, Failure>> {
        Box::pin(async move {
            let sent = match event {
                Event::Native(payload) => Sent::from(payload),
                Event::Of { function, kind, data } => {
                    let occurrence = Occurrence::read(&self.unit.launch.unit, &function, &kind, &data)?;
                    Triggers.event(&occurrence, &self.unit.host.place())?
                }
            };
            Triggers.outcome(&sent, &self.event(sent.payload.clone()).await?)
        })
    }

    fn stop(&self, grace: Duration) -> BoxFuture<'_, ()> {
        Box::pin(self.unit.stop(grace))
    }
}

impl Emulated {
    async fn event(&self, payload: Bytes) -> Result<Bytes, Failure> {
        if payload.len() > PAYLOAD {
            return Err(Failure::new("EntityTooLarge", "an event has at most 32 MB"));
        }
        let id = self.unit.host.next_id();
        let (mut head, ()) = Request::post("/invoke").body(()).unwrap_or_default().into_parts();
        head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        self.unit.host.say(&mut head.headers, Purpose::Event, &id);
        let answer = self.unit.send(Request::from_parts(head, full(payload))).await;
        let response = answer.map_err(|error| self.lost(&error))?;
        let failed = failed(&response);
        let body = read(response.into_body(), PAYLOAD).await;
        let body = body.map_err(|error| Failure::new("UnhandledInvocationError", error.to_string()))?;
        let body = body.ok_or_else(|| Failure::new("BadResponse", "the answer is larger than 32 MB"))?;
        self.record.check(&id, &self.lines).await;
        if failed {
            let reported: Reported = serde_json::from_slice(&body).unwrap_or_default();
            return Err(Failure::new(reported.error_type, reported.error_message));
        }
        Ok(body)
    }

    fn lost(&self, error: &Unanswered) -> Failure {
        let failure = match error {
            Unanswered::NotStarted(StartError::Refused(failure)) => failure.clone(),
            Unanswered::NotStarted(error) => Failure::new("FunctionNotStarted", error.to_string()),
            Unanswered::Lost(Lost::TimedOut) => {
                let seconds = self.unit.launch.unit.timeout.value;
                Failure::new("FunctionTimeout", format!("Function time out after {seconds} seconds"))
            }
            Unanswered::Lost(Lost::Ended(status)) => {
                let message = format!("Process exited unexpectedly before completing request ({})", ending(*status));
                Failure::new("ProcessExitedUnexpectedly", message)
            }
            Unanswered::Broken(why) => Failure::new("BadResponse", why.clone()),
        };
        let _ = self.lines.send(format!("error: {failure}"));
        failure
    }
}

fn failed(response: &Response<Body>) -> bool {
    response.headers().get("x-fc-status").is_some_and(|status| status == "404")
}

fn refused(id: &str, message: &str) -> Response<Body> {
    platform_error(StatusCode::BAD_REQUEST, "FcCommonError", id, "InvalidArgument", message)
}

fn unhandled(id: &str, code: &str, message: &str) -> Response<Body> {
    platform_error(StatusCode::BAD_GATEWAY, "UnhandledInvocationError", id, code, message)
}

fn platform_error(status: StatusCode, kind: &'static str, id: &str, code: &str, message: &str) -> Response<Body> {
    let mut response = json(status, &object!({ "Code": code, "Message": message, "RequestId": id }));
    response.headers_mut().insert("x-fc-error-type", HeaderValue::from_static(kind));
    response
}
