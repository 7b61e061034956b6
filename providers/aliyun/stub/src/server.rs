//! The server.

use std::{
    collections::BTreeMap,
    fmt, io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response, request::Parts};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    ACCOUNT,
    answer::{Answer, Refusal, Result, response},
    auth,
    body::{Member, parse},
    domains, functions, limits, logs, oss, releases,
    route::{CALLER_IDENTITY, Call},
    triggers,
    visits::{Runner, visit},
    world::{Fault, World},
};

/// A call that was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Its name.
    pub action: String,
    /// The variable parts of its path: `todo/live`.
    pub path: String,
    /// Whether it would change something.
    pub writes: bool,
    /// The code it was refused with; `None`: it was done.
    pub refused: Option<String>,
    /// What it says after its path, by name.
    pub query: Map<String, Value>,
    /// Its body, if that is JSON.
    pub body: Map<String, Value>,
}

/// The platform. It is gone when this is dropped.
pub struct Stub {
    shared: Arc<Shared>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

pub(crate) struct Shared {
    world: Mutex<World>,
    calls: Mutex<Vec<Recorded>>,
    /// The address of every http trigger, by function and name.
    addresses: Mutex<BTreeMap<(String, String), Served>>,
    pub runner: Option<Arc<dyn Runner>>,
}

/// An address, and who serves it.
struct Served {
    url: String,
    task: JoinHandle<()>,
}

impl fmt::Debug for Stub {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Stub").field("address", &self.address).finish()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.task.abort();
        for served in lock(&self.shared.addresses).values() {
            served.task.abort();
        }
    }
}

impl Stub {
    /// Starts one on a port of its own. `runner` runs what is deployed.
    pub async fn start(runner: Option<Arc<dyn Runner>>) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared =
            Arc::new(Shared { world: Mutex::default(), calls: Mutex::default(), addresses: Mutex::default(), runner });
        let own = shared.clone();
        let task = tokio::spawn(serve(listener, move |request| {
            let shared = own.clone();
            Box::pin(async move { shared.call(request).await })
        }));
        Ok(Self { shared, address, task })
    }

    /// Where it listens: for FX_ALIYUN_ENDPOINT.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it keeps, to be looked at and arranged.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world()
    }

    /// All calls since the last time.
    pub fn take_calls(&self) -> Vec<Recorded> {
        std::mem::take(&mut lock(&self.shared.calls))
    }

    /// The writing calls since the last time that were done: `CreateAlias todo`.
    pub fn take_writes(&self) -> Vec<String> {
        let calls = self.take_calls();
        let done = calls.iter().filter(|call| call.writes && call.refused.is_none());
        done.map(|call| format!("{} {}", call.action, call.path).trim_end().to_owned()).collect()
    }
}

/// Why a connection ends without an answer.
#[derive(Debug)]
struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("cut off, as the test wants it")
    }
}

impl std::error::Error for Cut {}

type Answered = std::result::Result<Response<Full<Bytes>>, Cut>;

async fn serve(
    listener: TcpListener,
    answer: impl Fn(Request<Incoming>) -> BoxFuture<'static, Answered> + Clone + Send + 'static,
) {
    while let Ok((stream, _)) = listener.accept().await {
        let answer = answer.clone();
        tokio::spawn(async move {
            // An error is a connection that was cut, by the caller or by a fault.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer)).await;
        });
    }
}

impl Shared {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    async fn call(self: Arc<Self>, request: Request<Incoming>) -> Answered {
        let (head, body) = request.into_parts();
        let Ok(body) = body.collect().await else { return Err(Cut) };
        let body = body.to_bytes();
        let number = lock(&self.calls).len() + 1;
        let request = format!("stub-request-{number}");
        let is_meant = oss::is_meant(&head, &self.world());
        if is_meant {
            return self.store(&head, &body, &request);
        }
        if head.uri.path().starts_with("/logstores/") {
            let result = logs::get(&head, &self.world());
            let path = head.uri.path().to_owned();
            self.record("GetLogs", result.as_ref().err(), Recorded { path, ..Recorded::default() });
            return Ok(logs::response(result, &request));
        }
        let checked = { auth::verify(&head, &body, &mut self.world()) };
        let call = match checked.and_then(|()| Call::of(&head)) {
            Ok(call) => call,
            Err(refusal) => {
                let action = head.headers.get("x-acs-action").and_then(|value| value.to_str().ok()).unwrap_or("?");
                self.record(action, Some(&refusal), Recorded::default());
                return Ok(response(Err(refusal), &request));
            }
        };
        let fault = self.world().next_fault(call.action);
        let result = match fault {
            Some(Fault::ResetBefore) => return Err(Cut),
            Some(Fault::Throttled) => Err(Refusal::new(429, "ResourceExhausted", "too many requests")),
            Some(Fault::Unavailable) => Err(Refusal::new(503, "ServiceUnavailable", "try again")),
            Some(Fault::Denied) => Err(Refusal::new(403, "AccessDenied", "the caller is not authorized to do this")),
            Some(Fault::Quota) => Err(Refusal::new(400, "LimitExceededError", "the account has no room for it")),
            Some(Fault::ResetAfter | Fault::Silent | Fault::Meddled) | None => self.perform(&call, &head, &body).await,
        };
        let recorded = Recorded {
            path: call.path.join("/"),
            writes: !call.is_reading(),
            query: call.query.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect(),
            body: serde_json::from_slice(&body).unwrap_or_default(),
            ..Recorded::default()
        };
        self.record(call.action, result.as_ref().err(), recorded);
        match fault {
            Some(Fault::ResetAfter) => return Err(Cut),
            Some(Fault::Silent) => std::future::pending().await,
            Some(Fault::Meddled) => {
                self.world().edit(call.part(0), "environmentVariables", json!({ "WHO": "somebody else" }));
            }
            _ => {}
        }
        Ok(response(result, &request))
    }

    fn record(&self, action: &str, refusal: Option<&Refusal>, call: Recorded) {
        let refused = refusal.map(|refusal| refusal.code.clone());
        // Calling a function changes nothing of what is deployed.
        let writes = call.writes && !["InvokeFunction", CALLER_IDENTITY].contains(&action);
        lock(&self.calls).push(Recorded { action: action.to_owned(), writes, refused, ..call });
    }

    async fn perform(self: &Arc<Self>, call: &Call, head: &Parts, body: &[u8]) -> Result {
        if call.action == "InvokeFunction" {
            return self.invoke(call, body).await;
        }
        let url = match call.action {
            "CreateTrigger" => self.address_of(call, body).await,
            _ => None,
        };
        let kind = head.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let read = |members: &[Member]| -> Result<Map<String, Value>> { parse(kind, body, members) };
        let mut world = self.world();
        let world = &mut *world;
        match call.action {
            CALLER_IDENTITY => Ok(Answer::Json(json!({ "AccountId": ACCOUNT, "Arn": "acs:ram::stub:user/stub" }))),
            "CreateFunction" => functions::create(world, read(&functions::to_create())?),
            "UpdateFunction" => functions::update(world, call, read(&functions::to_update())?),
            "GetFunction" => functions::get(world, call),
            "ListFunctions" => functions::list(world, call),
            "DeleteFunction" => functions::delete(world, call),
            "TagResources" => functions::tag(world, &read(&functions::TO_TAG)?),
            "UntagResources" => functions::untag(world, call),
            "PublishFunctionVersion" => releases::publish(world, call, &read(&releases::TO_PUBLISH)?),
            "ListFunctionVersions" => releases::versions(world, call),
            "DeleteFunctionVersion" => releases::delete_version(world, call),
            "CreateAlias" => releases::create_alias(world, call, read(&releases::TO_CREATE)?),
            "UpdateAlias" => releases::update_alias(world, call, read(&releases::TO_UPDATE)?),
            "GetAlias" => releases::get_alias(world, call),
            "ListAliases" => releases::aliases(world, call),
            "DeleteAlias" => releases::delete_alias(world, call),
            "CreateTrigger" => triggers::create(world, call, read(&triggers::TO_CREATE)?, url),
            "UpdateTrigger" => triggers::update(world, call, read(&triggers::TO_UPDATE)?),
            "GetTrigger" => triggers::get(world, call),
            "ListTriggers" => triggers::list(world, call),
            "DeleteTrigger" => triggers::delete(world, call),
            "PutConcurrencyConfig" => limits::put_concurrency(world, call, read(&limits::CONCURRENCY)?),
            "GetConcurrencyConfig" => limits::concurrency(world, call),
            "DeleteConcurrencyConfig" => limits::delete_concurrency(world, call),
            "PutAsyncInvokeConfig" => limits::put_asynchronous(world, call, read(&limits::ASYNCHRONOUS)?),
            "GetAsyncInvokeConfig" => limits::asynchronous(world, call),
            "DeleteAsyncInvokeConfig" => limits::delete_asynchronous(world, call),
            "CreateCustomDomain" => domains::create(world, read(&domains::TO_CREATE)?),
            "UpdateCustomDomain" => domains::update(world, call, read(&domains::TO_UPDATE)?),
            "GetCustomDomain" => domains::get(world, call),
            "ListCustomDomains" => domains::list(world, call),
            "DeleteCustomDomain" => domains::delete(world, call),
            other => Err(Refusal::new(400, "PathNotSupported", format!("{other} is not supported"))),
        }
    }

    /// A call of the object store.
    fn store(&self, head: &Parts, body: &Bytes, request: &str) -> Answered {
        let oss::Asked { action, writes, path } = oss::asked(head);
        let fault = self.world().next_fault(action);
        let result = match fault {
            Some(Fault::ResetBefore) => return Err(Cut),
            Some(Fault::Denied) => Err(Refusal::new(403, "AccessDenied", "the caller is not authorized to do this")),
            Some(Fault::Throttled) => Err(Refusal::new(429, "Throttling", "too many requests")),
            Some(Fault::Unavailable) => Err(Refusal::new(503, "ServiceUnavailable", "try again")),
            _ => oss::call(head, body, &mut self.world(), request),
        };
        self.record(action, result.as_ref().err(), Recorded { path, writes, ..Recorded::default() });
        match (fault, result) {
            (Some(Fault::ResetAfter), _) => Err(Cut),
            (_, Ok(response)) => Ok(response),
            (_, Err(refusal)) => Ok(oss::refused(&refusal, request)),
        }
    }

    async fn invoke(&self, call: &Call, body: &[u8]) -> Result {
        let qualifier = call.asked("qualifier").unwrap_or("LATEST");
        let deployed = {
            let mut world = self.world();
            world.find(call.part(0))?;
            world.deployed(call.part(0), qualifier)
        };
        let missing = || Refusal::new(404, "AliasNotFound", format!("there is no version or alias '{qualifier}'"));
        let deployed = deployed.ok_or_else(missing)?;
        let log = STANDARD.encode(format!("FC Invoke Start RequestId: {}\n", deployed.version));
        let mut headers = vec![("x-fc-invocation-service-version", deployed.version.clone()), ("x-fc-log-result", log)];
        let Some(runner) = &self.runner else {
            // Without anything to run it: an echo.
            return Ok(Answer::Bytes(Bytes::copy_from_slice(body), headers));
        };
        match runner.invoke(deployed, Bytes::copy_from_slice(body)).await {
            Ok(answer) => Ok(Answer::Bytes(answer, headers)),
            Err(failed) => {
                headers.push(("x-fc-error-type", failed.kind));
                Ok(Answer::Bytes(failed.body, headers))
            }
        }
    }

    /// An address of its own for a trigger that takes requests. One that was made before keeps it.
    async fn address_of(self: &Arc<Self>, call: &Call, body: &[u8]) -> Option<String> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let trigger = body["triggerName"].as_str().filter(|_| body["triggerType"] == "http")?.to_owned();
        let key = (call.part(0).to_owned(), trigger);
        if let Some(served) = lock(&self.addresses).get(&key) {
            return Some(served.url.clone());
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.ok()?;
        let url = format!("http://{}", listener.local_addr().ok()?);
        let (shared, (function, trigger)) = (self.clone(), key.clone());
        let task = tokio::spawn(serve(listener, move |request| {
            let (shared, function, trigger) = (shared.clone(), function.clone(), trigger.clone());
            Box::pin(async move { Ok(visit(&shared, &function, &trigger, request).await) })
        }));
        lock(&self.addresses).insert(key, Served { url: url.clone(), task });
        Some(url)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
