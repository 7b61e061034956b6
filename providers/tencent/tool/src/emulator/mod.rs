//! Tencent SCF on this machine.
//!
//! | what | where |
//! |---|---|
//! | an event function: the runtime API | `api.rs` |
//! | its life: start, deadlines, restart | `sandbox.rs` |
//! | a web function: a server on a port | `web.rs` |
//! | the environment of both | `environment.rs` |
//! | a function URL: HTTP as an event and back | `url.rs` |
//! | fx's own events in the words of COS, CMQ, timers and CLS | `native.rs` |
//! | what triggers and function URLs send, here and there | [`Triggers`] |
//! | what the platform's numbers mean | `status.rs` |

mod api;
mod environment;
mod native;
mod sandbox;
mod status;
mod url;
mod web;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use fx_provider::deploy::Place;
use fx_provider::emulator::{
    Body, BoxFuture, Door, Emulator, Event, Failure, Launch, Lines, Occurrence, Platform, Sender, Sent, StartError,
    read,
};
use fx_spec::{Unit, service::FunctionKind};
use http::{Method, Request, Response, request::Parts};
use serde_json::Value;

use sandbox::Sandboxed;
use web::Web;

/// Largest event, and largest answer.
const PAYLOAD: usize = 6 * 1024 * 1024;

/// The emulator of SCF: event functions and web functions, as `provider.type` says.
#[derive(Debug, Clone, Copy, Default)]
pub struct TencentEmulator;

impl Emulator for TencentEmulator {
    fn start(&self, launch: Launch, lines: Lines) -> BoxFuture<'_, Result<Box<dyn Platform>, StartError>> {
        let is_web = is_web(&launch.unit);
        Box::pin(async move {
            Ok(if is_web {
                Box::new(Web::start(launch, lines).await?) as Box<dyn Platform>
            } else {
                Box::new(EventFunction(Arc::new(Sandboxed::start(launch, lines).await?)))
            })
        })
    }
}

fn is_web(unit: &Unit) -> bool {
    unit.kind.as_ref().is_some_and(|kind| kind.value == FunctionKind::Web)
}

/// The triggers of SCF.
pub(crate) struct Triggers;

impl Sender for Triggers {
    fn event(&self, occurrence: &Occurrence, place: &Place) -> Result<Sent, Failure> {
        Ok(Sent::from(native::event(occurrence, &place.region)))
    }

    fn door(&self, unit: &Unit) -> Option<&dyn Door> {
        (!is_web(unit)).then_some(&FunctionUrl as &dyn Door)
    }
}

/// The address of an event function.
struct FunctionUrl;

impl Door for FunctionUrl {
    fn event(&self, head: &Parts, body: &[u8]) -> Result<Value, Box<Response<Body>>> {
        Ok(url::event(head, body))
    }

    fn response<'a>(&'a self, _: &'a Unit, answer: Bytes, method: &'a Method) -> BoxFuture<'a, Response<Body>> {
        Box::pin(std::future::ready(url::response(&answer, method)))
    }
}

struct EventFunction(Arc<Sandboxed>);

impl Platform for EventFunction {
    fn http(&self, request: Request<Body>) -> BoxFuture<'_, Response<Body>> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = match read(body, PAYLOAD).await {
                Ok(Some(body)) => body,
                Ok(None) => return status::response(&status::too_large("the request")),
                Err(error) => return status::response(&Failure::new("499", format!("the request broke off: {error}"))),
            };
            let event = url::event(&head, &body).to_string();
            if event.len() > PAYLOAD {
                return status::response(&status::too_large("the event"));
            }
            match self.0.invoke(event.into()).await {
                Ok(answer) => url::response(&answer, &head.method),
                Err(failure) => status::response(&failure),
            }
        })
    }

    fn invoke(&self, event: Event) -> BoxFuture<'_, Result<Value, Failure>> {
        Box::pin(async move {
            let sent = match event {
                Event::Native(payload) => Sent::from(payload),
                Event::Of { function, kind, data } => {
                    let occurrence = Occurrence::read(&self.0.launch.unit, &function, &kind, &data)?;
                    Triggers.event(&occurrence, &environment::place(&self.0.region))?
                }
            };
            if sent.payload.len() > PAYLOAD {
                return Err(status::too_large("the event"));
            }
            Triggers.outcome(&sent, &self.0.invoke(sent.payload.clone()).await?)
        })
    }

    fn stop(&self, grace: Duration) -> BoxFuture<'_, ()> {
        Box::pin(self.0.stop(grace))
    }
}
