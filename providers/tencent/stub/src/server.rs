//! The server.

use std::{
    collections::BTreeMap,
    fmt, io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response, StatusCode, request::Parts};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    ACCOUNT, APP_ID,
    answer::{Refusal, Result, answer, response},
    auth, cos, functions, releases,
    schema::Action,
    triggers,
    visits::{self, Runner},
    world::{Fault, World, key, text},
};

/// Bytes of the largest request.
const LARGEST_REQUEST: usize = 10 << 20;

/// A call that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its name.
    pub action: String,
    /// The function it was about.
    pub function: String,
    /// Whether it would change something.
    pub writes: bool,
    /// The code it was refused with; `None`: it was done.
    pub refused: Option<String>,
    /// Its body.
    pub body: Map<String, Value>,
}

/// The platform. It is gone when this is dropped.
pub struct Stub {
    shared: Arc<Shared>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

/// An address, and who serves it.
type Served = (String, JoinHandle<()>);

pub(crate) struct Shared {
    world: Mutex<World>,
    calls: Mutex<Vec<Recorded>>,
    /// The address of every function that has had one, and who serves it.
    addresses: Mutex<BTreeMap<(String, String), Served>>,
    pub runner: Option<Arc<dyn Runner>>,
}

impl fmt::Debug for Stub {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Stub").field("address", &self.address).finish()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.task.abort();
        for (_, task) in lock(&self.shared.addresses).values() {
            task.abort();
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

    /// Where it listens: for FX_TENCENT_ENDPOINT.
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

    /// The writing calls since the last time that were done: `CreateFunction todo`.
    pub fn take_writes(&self) -> Vec<String> {
        let calls = self.take_calls();
        let done = calls.iter().filter(|call| call.writes && call.refused.is_none());
        done.map(|call| format!("{} {}", call.action, call.function).trim_end().to_owned()).collect()
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
        if let Some(bucket) = cos::bucket(&head) {
            return self.store(&bucket, &head, &body);
        }
        if let Some(response) = cos::read(&self.world(), &head) {
            return Ok(response);
        }
        let request = format!("stub-request-{}", lock(&self.calls).len() + 1);
        let named = head.headers.get("x-tc-action").and_then(|name| name.to_str().ok()).unwrap_or_default().to_owned();
        let (action, members) = match self.checked(&named, &head, &body) {
            Ok(checked) => checked,
            Err(refusal) => {
                self.record(&named, false, &Map::new(), Some(&refusal));
                return Ok(response(Err(refusal), &request));
            }
        };
        let fault = self.world().next_fault(action.name);
        let result = match fault {
            Some(Fault::ResetBefore) => return Err(Cut),
            Some(Fault::Gateway) => return Ok(gateway()),
            Some(Fault::Throttled) => Err(Refusal::new("RequestLimitExceeded", "too many requests")),
            Some(Fault::Unavailable) => Err(Refusal::new("InternalError.System", "try again")),
            Some(Fault::Denied) => Err(Refusal::new("UnauthorizedOperation.CAM", "you may not do this")),
            Some(Fault::Hidden) => Err(Refusal::new("ResourceNotFound.Function", "there is no such function")),
            Some(Fault::Quota) => Err(Refusal::new("LimitExceeded.Function", "the account has no room for it")),
            Some(Fault::ResetAfter | Fault::Silent | Fault::Meddled | Fault::Broken) | None => {
                self.perform(action, &members).await
            }
        };
        // As it came: what is asked for in text stays text.
        let said = serde_json::from_slice(&body).unwrap_or_default();
        self.record(action.name, action.writes, &said, result.as_ref().err());
        match fault {
            Some(Fault::ResetAfter) => return Err(Cut),
            Some(Fault::Silent) => std::future::pending().await,
            Some(Fault::Meddled) => {
                if let Ok(function) = self.world().get(&members) {
                    let variables = json!({ "Variables": [{ "Key": "WHO", "Value": "somebody else" }] });
                    function.latest.settings.insert("Environment".into(), variables);
                }
            }
            Some(Fault::Broken) => self.give_up(action.name, &members),
            _ => {}
        }
        Ok(response(result, &request))
    }

    /// A request to a bucket.
    fn store(&self, bucket: &str, head: &Parts, body: &Bytes) -> Answered {
        let mut world = self.world();
        let (called, response) = cos::call(&mut world, bucket, head, body);
        let fault = world.next_fault(called.action);
        lock(&self.calls).push(Recorded {
            action: called.action.to_owned(),
            function: called.path,
            writes: called.writes,
            refused: called.refused.map(str::to_owned),
            body: Map::new(),
        });
        match fault {
            Some(_) => Err(Cut),
            None => Ok(response),
        }
    }

    fn checked(&self, name: &str, head: &Parts, body: &[u8]) -> Result<(&'static Action, Map<String, Value>)> {
        let action = Action::find(name)?;
        auth::verify(head, body, action, self.world().clock)?;
        let full_name = format!("{}:{name}", action.service.name());
        if self.world().allowed.as_ref().is_some_and(|allowed| !allowed.contains(&full_name)) {
            return Err(Refusal::new("UnauthorizedOperation.CAM", format!("the policy does not allow {full_name}")));
        }
        if body.len() > LARGEST_REQUEST {
            return Err(Refusal::new("RequestSizeLimitExceeded", "a request has at most 10 MB"));
        }
        Ok((action, action.parse(body)?))
    }

    /// What was just begun fails in the end.
    fn give_up(&self, action: &str, members: &Map<String, Value>) {
        let mut world = self.world();
        let Ok(function) = world.get(members) else { return };
        let newest = function.versions.values_mut().next_back();
        match (action, newest) {
            ("PublishVersion", Some(version)) => version.state.then = "PublishFailed",
            ("CreateFunction", _) => function.state.then = "CreateFailed",
            _ => function.state.then = "UpdateFailed",
        }
    }

    fn record(&self, action: &str, writes: bool, members: &Map<String, Value>, refusal: Option<&Refusal>) {
        let subject = text(members, "FunctionName").or_else(|| text(members, "Namespace"));
        lock(&self.calls).push(Recorded {
            action: action.to_owned(),
            function: subject.unwrap_or_default().to_owned(),
            writes,
            refused: refusal.map(|refusal| refusal.code.clone()),
            body: members.clone(),
        });
    }

    async fn perform(self: &Arc<Self>, action: &Action, members: &Map<String, Value>) -> Result {
        match action.name {
            "InvokeFunction" => return visits::invoke(self, members).await,
            "GetFunctionLogs" => return visits::logs(self, members),
            _ => {}
        }
        let address = match (action.name, text(members, "Type")) {
            ("CreateTrigger", Some("http")) => self.address_of(members).await?,
            _ => String::new(),
        };
        let mut world = self.world();
        let world = &mut *world;
        match action.name {
            "GetCallerIdentity" => answer(json!({
                "AccountId": ACCOUNT, "UserId": ACCOUNT, "PrincipalId": ACCOUNT, "Type": "CAMUser",
                "Arn": format!("qcs::cam::uin/{ACCOUNT}:uin/{ACCOUNT}"),
            })),
            "GetUserAppId" => answer(json!({ "Uin": ACCOUNT, "OwnerUin": ACCOUNT, "AppId": APP_ID })),
            "ModifyResourceTags" => functions::tag(world, members),
            "CreateFunction" => functions::create(world, members),
            "UpdateFunctionCode" => functions::update_code(world, members),
            "UpdateFunctionConfiguration" => functions::update_configuration(world, members),
            "GetFunction" => functions::get(world, members),
            "GetFunctionAddress" => functions::address(world, members),
            "DeleteFunction" => functions::delete(world, members),
            "ListFunctions" => functions::list(world, members),
            "ListNamespaces" => functions::namespaces(world, members),
            "CreateNamespace" => functions::create_namespace(world, members),
            "PublishVersion" => releases::publish(world, members),
            "ListVersionByFunction" => releases::list(world, members),
            "DeleteFunctionVersion" => releases::delete(world, members),
            "ListAliases" => releases::aliases(world, members),
            "GetAlias" => releases::get_alias(world, members),
            "UpdateAlias" => releases::update_alias(world, members),
            "CreateTrigger" => triggers::create(world, members, &address),
            "UpdateTrigger" => triggers::update(world, members),
            "UpdateTriggerStatus" => triggers::set_status(world, members),
            "DeleteTrigger" => triggers::delete(world, members),
            "ListTriggers" => triggers::list(world, members),
            other => Err(Refusal::new("InvalidAction", format!("{other} is not played here"))),
        }
    }

    /// The address of a function. It stays the same.
    async fn address_of(self: &Arc<Self>, members: &Map<String, Value>) -> Result<String> {
        let key = key(members);
        if let Some((address, _)) = lock(&self.addresses).get(&key) {
            return Ok(address.clone());
        }
        let failed = |error: io::Error| Refusal::new("InternalError", error.to_string());
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(failed)?;
        let address = format!("http://{}", listener.local_addr().map_err(failed)?);
        let (own, (namespace, function)) = (Arc::downgrade(self), key.clone());
        let task = tokio::spawn(serve(listener, move |request| {
            let (own, namespace, function) = (own.clone(), namespace.clone(), function.clone());
            Box::pin(async move {
                let shared = own.upgrade().ok_or(Cut)?;
                Ok(visits::visit(&shared, &namespace, &function, request).await)
            })
        }));
        lock(&self.addresses).insert(key, (address.clone(), task));
        Ok(address)
    }
}

fn gateway() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(b"<html>502 Bad Gateway</html>")));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
