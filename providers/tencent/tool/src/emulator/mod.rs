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
//! | what the platform's numbers mean | `status.rs` |

mod api;
mod environment;
mod native;
mod sandbox;
mod status;
mod url;
mod web;

use std::{sync::Arc, time::Duration};

use fx_provider::emulator::{
    Body, BoxFuture, Emulator, Event, Failure, Launch, Lines, Occurrence, Platform, StartError, read,
};
use fx_spec::service::FunctionKind;
use http::{Request, Response};
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
        let is_web = launch.unit.kind.as_ref().is_some_and(|kind| kind.value == FunctionKind::Web);
        Box::pin(async move {
            Ok(if is_web {
                Box::new(Web::start(launch, lines).await?) as Box<dyn Platform>
            } else {
                Box::new(EventFunction(Arc::new(Sandboxed::start(launch, lines).await?)))
            })
        })
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
            let payload = match event {
                Event::Native(payload) => payload,
                Event::Of { function, kind, data } => {
                    let occurrence = Occurrence::read(&self.0.launch.unit, &function, &kind, &data)?;
                    native::event(&occurrence, &self.0.region).to_string().into()
                }
            };
            if payload.len() > PAYLOAD {
                return Err(status::too_large("the event"));
            }
            let answer = self.0.invoke(payload).await?;
            Ok(serde_json::from_slice(&answer).unwrap_or_else(|_| String::from_utf8_lossy(&answer).into()))
        })
    }

    fn stop(&self, grace: Duration) -> BoxFuture<'_, ()> {
        Box::pin(self.0.stop(grace))
    }
}
