//! Running what was deployed: requests to a function's address, and calls of it.

use std::{collections::BTreeMap, fmt, future::Future, pin::Pin, sync::Arc};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;

use crate::server::Shared;

/// Something that is waited for.
pub type Running<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a function consists of.
#[derive(Clone, PartialEq, Eq)]
pub struct Deployed {
    /// Its name.
    pub function: String,
    /// The number of the version.
    pub version: String,
    /// Its code.
    pub zip: Arc<Vec<u8>>,
    /// Its environment.
    pub environment: BTreeMap<String, String>,
}

impl fmt::Debug for Deployed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Deployed").field("function", &self.function).field("version", &self.version).finish()
    }
}

/// How a function failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// `UnhandledInvocationError` or `HandledInvocationError`.
    pub kind: String,
    /// What it answered.
    pub body: Bytes,
}

/// Runs what was deployed. A test brings one; without it, the stub answers 503.
pub trait Runner: Send + Sync {
    /// Answers a request.
    fn visit(&self, deployed: Deployed, request: Request<Bytes>) -> Running<'_, Response<Bytes>>;

    /// Calls a function with an event.
    fn invoke(&self, deployed: Deployed, event: Bytes) -> Running<'_, Result<Bytes, Failed>>;
}

/// A request to the address of a function's trigger.
pub(crate) async fn visit(
    shared: &Shared,
    function: &str,
    trigger: &str,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let deployed = {
        let world = shared.world();
        let found = world.trigger(function, trigger);
        let qualifier = found.as_ref().and_then(|trigger| trigger["qualifier"].as_str()).map(str::to_owned);
        qualifier.and_then(|qualifier| world.deployed(function, &qualifier))
    };
    let Some(deployed) = deployed else { return plain(StatusCode::NOT_FOUND, "no trigger of this name") };
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return plain(StatusCode::BAD_REQUEST, "half a request") };
    let Some(runner) = &shared.runner else {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "nothing runs functions here");
    };
    let mut response = runner.visit(deployed, Request::from_parts(head, body.to_bytes())).await.map(Full::new);
    // From the platform's own addresses, browsers download every page.
    response.headers_mut().insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    response
}

fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    response
}
