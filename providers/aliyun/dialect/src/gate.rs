//! [`Gate`]: what a request is for. The header `x-fc-control-path` says so, never the path: a route may be called `/invoke` too.

use std::{sync::Arc, time::Duration};

use axum::{body::to_bytes, extract::Request, response::Response};
use fx_runtime::{
    function::{Failure, FailureKind},
    push::{self, Excuse},
    service::{Invocation, Service, StartError},
};

use http::HeaderMap;

use crate::{
    answer, event, gateway,
    platform::{self, Platform},
    record::{Record, Stage},
};

/// The platform brings no more than 32 MB.
const MAX_EVENT: usize = 33 * 1024 * 1024;

/// For an answer with more, the platform answers 502 itself.
const MAX_HEADERS: usize = 8 * 1024;

/// Hooks get what the platform allows before an instance goes.
const PRE_STOP: Duration = Duration::from_secs(90);

/// Stands between the platform and the routes.
#[derive(Debug, Clone)]
pub struct Gate {
    believes: bool,
    /// Whether the variables have said where this is; else every request does.
    knows_the_place: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Http,
    Event,
    Initialize,
    PreStop,
    /// A call of the lifecycle that this version knows nothing to do at.
    Nothing,
}

impl Gate {
    /// A gate that believes the platform's headers where the platform is.
    pub fn new(platform: &Platform) -> Self {
        let place = &platform.place;
        Self { believes: platform.is_here, knows_the_place: place.region.is_some() && place.account.is_some() }
    }

    fn purpose(&self, request: &Request) -> Purpose {
        match platform::text(request.headers(), "x-fc-control-path").filter(|_| self.believes) {
            Some("/invoke") => Purpose::Event,
            Some("/initialize") => Purpose::Initialize,
            Some("/pre-stop") => Purpose::PreStop,
            Some("/pre-freeze") => Purpose::Nothing,
            _ => Purpose::Http,
        }
    }

    fn invocation(&self, headers: &HeaderMap) -> Invocation {
        let told = platform::invocation(headers);
        if self.knows_the_place { told } else { Invocation { place: Some(platform::place(headers)), ..told } }
    }

    async fn http(&self, service: &Service, mut request: Request) -> Response {
        if !self.believes {
            let trace_id = push::trace_id(request.headers());
            return service.http(Invocation { trace_id, ..Invocation::default() }, request).await;
        }
        let invocation = self.invocation(request.headers());
        platform::name_client(&mut request);
        let mut record = Record::begin(Stage::Invoke, invocation.request_id.as_deref());
        let mut response = service.http_within(invocation, request, MAX_HEADERS).await;
        answer::scrub(&mut response);
        // A panic, a handler out of time, headers that are too large: the client has its answer, and the platform counts a failure.
        if response.extensions().get::<FailureKind>().is_some() {
            record.fail();
            response = answer::count_as_failure(response);
        }
        record.end_with(response)
    }

    async fn invoke(&self, service: &Service, request: Request) -> Response {
        let (head, body) = request.into_parts();
        let mut record = Record::begin(Stage::Invoke, platform::request_id(&head.headers));
        let outcome = match to_bytes(body, MAX_EVENT).await {
            Ok(payload) => {
                let invocation = self.invocation(&head.headers);
                match gateway::read(&payload) {
                    Some(Ok(request)) => {
                        let trace_id = invocation.trace_id.or_else(|| push::trace_id(request.headers()));
                        gateway::answer(service.http(Invocation { trace_id, ..invocation }, request).await).await
                    }
                    Some(Err(malformed)) => {
                        service.deliver(invocation, &payload, Err(malformed), event::EXPECTED).await
                    }
                    None => service.deliver(invocation, &payload, event::read(&payload), event::EXPECTED).await,
                }
            }
            Err(error) => Err(Failure {
                kind: FailureKind::BadEvent,
                message: format!("the event did not arrive whole: {error}"),
                detail: None,
            }),
        };
        match outcome {
            Ok(result) => answer::done(&result),
            Err(failure) => {
                record.fail();
                answer::failed(&failure)
            }
        }
    }
}

impl push::Gate for Gate {
    async fn answer(&self, service: &Service, request: Request) -> Response {
        match self.purpose(&request) {
            Purpose::Http => self.http(service, request).await,
            Purpose::Event => self.invoke(service, request).await,
            // The app was built before the first connection was accepted.
            Purpose::Initialize => recorded(Stage::Initialize, &request, std::future::ready(())).await,
            Purpose::PreStop => recorded(Stage::PreStop, &request, shut_down(service)).await,
            Purpose::Nothing => Response::default(),
        }
    }

    fn excuse(&self, error: &StartError) -> Option<Excuse> {
        let (gate, message) = (self.clone(), error.to_string());
        let answer = move |request: &Request| match gate.purpose(request) {
            Purpose::Http => answer::not_started_in_public(),
            purpose => {
                let stage = if purpose == Purpose::Initialize { Stage::Initialize } else { Stage::Invoke };
                Record::begin(stage, platform::request_id(request.headers())).fail();
                answer::not_started(&message)
            }
        };
        self.believes.then(|| Arc::new(answer) as Excuse)
    }
}

fn recorded<W>(stage: Stage, request: &Request, work: W) -> impl Future<Output = Response> + Send + use<W>
where
    W: Future<Output = ()> + Send,
{
    let record = Record::begin(stage, platform::request_id(request.headers()));
    async move {
        work.await;
        drop(record);
        Response::default()
    }
}

async fn shut_down(service: &Service) {
    if tokio::time::timeout(PRE_STOP, service.shutdown()).await.is_err() {
        tracing::warn!(target: "fx", "the shutdown hooks did not end within 90 s");
    }
}
