//! AWS Lambda on this machine.
//!
//! | what | where |
//! |---|---|
//! | the Runtime API and the Extensions API | `api.rs` |
//! | the life of a sandbox: start, deadlines, restart | `sandbox.rs` |
//! | its environment | `environment.rs` |
//! | HTTP as an event and back, in the words of each front door | `front/` |
//! | fx's own events in the words of S3, SQS, EventBridge and CloudWatch Logs | `native.rs` |
//! | what triggers and front doors send, here and there | `sender.rs` |

mod api;
mod environment;
mod front;
mod native;
mod sandbox;
mod sender;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use fx_provider::{
    deploy::Place,
    emulator::{
        Body, BoxFuture, Emulator, Event, Failure, Launch, Lines, Occurrence, Platform, Sender, Sent, StartError, read,
    },
};
use http::{Request, Response};
use serde_json::Value;

pub use front::Front;
pub(crate) use sender::Triggers;

use sandbox::{Lambda, Reply};

/// The account that functions here are in.
const ACCOUNT: &str = "123456789012";

/// Largest event, and largest answer that is not streamed.
const PAYLOAD: usize = 6_291_556;

/// The emulator of AWS Lambda.
#[derive(Debug, Clone, Copy)]
pub struct AwsEmulator {
    front: Front,
}

impl AwsEmulator {
    /// Lambda behind one of its front doors.
    pub const fn new(front: Front) -> Self {
        Self { front }
    }
}

impl Emulator for AwsEmulator {
    fn start(&self, launch: Launch, lines: Lines) -> BoxFuture<'_, Result<Box<dyn Platform>, StartError>> {
        let front = match self.front {
            Front::Url { .. } if launch.unit.streaming.value => Front::Url { streaming: true },
            front => front,
        };
        Box::pin(async move {
            let lambda = Lambda::start(launch, lines).await?;
            Ok(Box::new(Emulated { lambda: Arc::new(lambda), front }) as Box<dyn Platform>)
        })
    }
}

struct Emulated {
    lambda: Arc<Lambda>,
    front: Front,
}

impl Platform for Emulated {
    fn http(&self, request: Request<Body>) -> BoxFuture<'_, Response<Body>> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = match read(body, self.front.largest_body()).await {
                Ok(Some(body)) => body,
                Ok(None) => return self.front.too_large(),
                Err(error) => return front::refusal(400, &format!("the request broke off: {error}")),
            };
            let event = match self.front.event(&head, &body) {
                Ok(event) => Bytes::from(event.to_string()),
                Err(response) => return *response,
            };
            if event.len() > PAYLOAD {
                return self.front.too_large();
            }
            match self.lambda.invoke(event).await {
                Ok(reply) => self.front.response(reply, &head.method).await,
                Err(_) => self.front.failed(),
            }
        })
    }

    fn invoke(&self, event: Event) -> BoxFuture<'_, Result<Value, Failure>> {
        Box::pin(async move {
            let sent = match event {
                Event::Native(payload) => Sent::from(payload),
                Event::Of { function, kind, data } => {
                    let occurrence = Occurrence::read(&self.lambda.launch.unit, &function, &kind, &data)?;
                    let place = Place { account: ACCOUNT.to_owned(), region: self.lambda.region.clone() };
                    Triggers.event(&occurrence, &place)?
                }
            };
            let bytes = sent.payload.len();
            if bytes > PAYLOAD {
                let message = format!("{bytes} bytes is more than the {PAYLOAD} that an event may have");
                return Err(Failure::new("RequestEntityTooLarge", message));
            }
            let Reply::Whole(answer) = self.lambda.invoke(sent.payload.clone()).await? else {
                return Err(Failure::new("Stream", "an event was answered with a stream"));
            };
            Triggers.outcome(&sent, &answer)
        })
    }

    fn stop(&self, grace: Duration) -> BoxFuture<'_, ()> {
        Box::pin(self.lambda.stop(grace))
    }
}
