//! Running what was deployed: requests to a function's address, and calls of it.

use std::{collections::BTreeMap, fmt, future::Future, pin::Pin, sync::Arc};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use serde_json::{Map, Value, json};

use crate::{
    answer::{Refusal, Result, answer},
    server::Shared,
    world::{key, text},
};

/// Something that is waited for.
pub type Running<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a function consists of.
#[derive(Clone, PartialEq, Eq)]
pub struct Deployed {
    /// Its name.
    pub function: String,
    /// The number of the version.
    pub version: String,
    /// Whether it takes requests, rather than events.
    pub web: bool,
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
    /// The platform's number for it: `430`.
    pub kind: String,
    /// What it said.
    pub body: Bytes,
}

/// Runs what was deployed. A test brings one; without it, addresses answer 503 and calls fail.
pub trait Runner: Send + Sync {
    /// Answers a request.
    fn visit(&self, deployed: Deployed, request: Request<Bytes>) -> Running<'_, Response<Bytes>>;

    /// Calls a function with an event.
    fn invoke(&self, deployed: Deployed, event: Bytes) -> Running<'_, std::result::Result<Bytes, Failed>>;
}

/// A request to a function's address.
pub(crate) async fn visit(
    shared: &Shared,
    namespace: &str,
    function: &str,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let deployed = {
        let world = shared.world();
        let found = world.functions.get(&(namespace.to_owned(), function.to_owned()));
        let open = found.is_some_and(|function| function.triggers.iter().any(|one| one.kind == "http" && one.enabled));
        open.then(|| world.deployed(namespace, function)).flatten()
    };
    let Some(deployed) = deployed else { return plain(StatusCode::NOT_FOUND, "no function here") };
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return plain(StatusCode::BAD_REQUEST, "half a request") };
    let Some(runner) = &shared.runner else {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "nothing runs functions here");
    };
    runner.visit(deployed, Request::from_parts(head, body.to_bytes())).await.map(Full::new)
}

/// InvokeFunction.
pub(crate) async fn invoke(shared: &Shared, body: &Map<String, Value>) -> Result {
    let (namespace, name) = key(body);
    let deployed = {
        let mut world = shared.world();
        world.get(body)?;
        world.deployed(&namespace, &name)
    };
    let Some(deployed) = deployed else {
        return Err(Refusal::new("ResourceNotFound.Qualifier", "the alias points at nothing"));
    };
    if deployed.web {
        return Err(Refusal::new("UnsupportedOperation", "a web function cannot be invoked"));
    }
    let event = Bytes::from(text(body, "Event").unwrap_or("{}").to_owned());
    if serde_json::from_slice::<Value>(&event).is_err() {
        return Err(Refusal::new("InvalidParameterValue.Param", "the event is no JSON"));
    }
    let result = match &shared.runner {
        Some(runner) => runner.invoke(deployed, event).await,
        None => Ok(Bytes::from(format!("{{\"version\":\"{}\"}}", deployed.version))),
    };
    let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
    let (returned, failure, code) = match &result {
        Ok(bytes) => (text(bytes), String::new(), 0),
        Err(failed) => (String::new(), text(&failed.body), 1),
    };
    let log = if body.get("LogType").is_some_and(|kind| kind == "Tail") { "a line of log\n" } else { "" };
    answer(json!({ "Result": {
        "RetMsg": returned, "ErrMsg": failure, "Log": log, "InvokeResult": code, "Duration": 1.5, "BillDuration": 2,
        "MemUsage": 1024, "FunctionRequestId": "stub-function-request",
    } }))
}

/// GetFunctionLogs: one call is in it.
pub(crate) fn logs(shared: &Shared, body: &Map<String, Value>) -> Result {
    shared.world().get(body)?;
    let moment = |name: &str| {
        let text = text(body, name)?;
        jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok()
    };
    let (Some(from), Some(to)) = (moment("StartTime"), moment("EndTime")) else {
        return Err(Refusal::new("InvalidParameterValue.StartTimeOrEndTime", "not two moments"));
    };
    if from > to || to.duration_since(from) > jiff::SignedDuration::from_hours(24) {
        return Err(Refusal::new("InvalidParameterValue.StartTimeOrEndTime", "more than a day"));
    }
    let call = json!({
        "FunctionName": text(body, "FunctionName"), "RequestId": "r-1", "RetCode": 0, "InvokeFinished": 1,
        "StartTime": to.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        "Log": "START RequestId:r-1\n{\"level\":\"info\"}\nEND RequestId:r-1\n",
    });
    let first = body.get("Offset").and_then(Value::as_u64).unwrap_or_default() == 0;
    answer(json!({ "Data": if first { vec![call] } else { vec![] }, "TotalCount": 1 }))
}

fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    response
}
