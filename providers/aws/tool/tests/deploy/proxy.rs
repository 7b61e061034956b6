//! What stands before moto and does what moto does not: takes its time, refuses, loses answers; and keeps count of what was called.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// What goes wrong with a call.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The connection ends before the call has arrived.
    LostBefore,
    /// The call does its work, and its answer gets lost.
    LostAfter,
    /// It is answered like this: status, code, message.
    Refused(u16, &'static str, &'static str),
}

/// A call that has come in.
#[derive(Debug, Clone)]
pub struct Call {
    /// The operation, and what it is about.
    pub name: String,
    pub writes: bool,
    pub body: Value,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    faults: BTreeMap<String, Vec<Fault>>,
    /// Looks at a function that it takes until a change of it is through.
    slow: u32,
    /// Looks that are left, by function; the first state is that of one that is being made.
    busy: BTreeMap<String, (u32, bool)>,
    /// Changes of each function so far: what AWS calls its revision.
    revisions: BTreeMap<String, u32>,
    /// What moto forgets of statements, by function and id.
    conditions: BTreeMap<(String, String), Value>,
}

impl State {
    fn revision(&self, function: &str) -> String {
        self.revisions.get(function).copied().unwrap_or_default().to_string()
    }
}

/// A proxy. Clones are the same one.
#[derive(Clone)]
pub struct Proxy {
    state: Arc<Mutex<State>>,
    pub address: String,
}

impl Proxy {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let proxy = Self { state: Arc::default(), address };
        let own = proxy.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let own = own.clone();
                let service = service_fn(move |request| {
                    let own = own.clone();
                    async move { own.answer(request).await }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        proxy
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the next calls of an operation go wrong, one after the other.
    pub fn fail(&self, operation: &str, faults: impl IntoIterator<Item = Fault>) {
        self.state().faults.insert(operation.to_owned(), faults.into_iter().collect());
    }

    /// Lets every change of a function take so many looks.
    pub fn be_slow(&self, looks: u32) {
        self.state().slow = looks;
    }

    pub fn take_calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.state().calls)
    }

    pub fn take_writes(&self) -> Vec<String> {
        self.take_calls().into_iter().filter(|call| call.writes).map(|call| call.name).collect()
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, &'static str> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| "the call broke off")?.to_bytes();
        let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        let call = describe(&head.method, head.uri.path(), head.uri.query().unwrap_or_default(), target, &body);
        let (operation, subject) = call
            .name
            .split_once(' ')
            .map(|(one, other)| (one.to_owned(), other.to_owned()))
            .unwrap_or((call.name.clone(), String::new()));
        let fault = {
            let mut state = self.state();
            state.calls.push(call.clone());
            let fault =
                state.faults.get_mut(&operation).filter(|faults| !faults.is_empty()).map(|faults| faults.remove(0));
            match fault {
                None if changes_function(&operation)
                    && state.busy.get(&subject).is_some_and(|(looks, _)| *looks > 0) =>
                {
                    Some(Fault::Refused(
                        409,
                        "ResourceConflictException",
                        "The operation cannot be performed at this time. An update is in progress for resource",
                    ))
                }
                None if operation == "PublishVersion" && call.body["RevisionId"] != state.revision(&subject) => {
                    Some(Fault::Refused(412, "PreconditionFailedException", "The RevisionId provided does not match"))
                }
                fault => fault,
            }
        };
        match fault {
            Some(Fault::LostBefore) => return Err("lost"),
            Some(Fault::Refused(status, code, message)) => return Ok(refuse(&call, status, code, message)),
            Some(Fault::LostAfter) | None => {}
        }
        let url = format!("{}{}", super::moto::address(), head.uri.path_and_query().map_or("/", |path| path.as_str()));
        let mut forward = reqwest::Client::new().request(head.method.clone(), url).body(body.to_vec());
        for (name, value) in
            head.headers.iter().filter(|(name, _)| !matches!(name.as_str(), "host" | "content-length" | "connection"))
        {
            forward = forward.header(name, value);
        }
        let answer = forward.send().await.map_err(|_| "moto is gone")?;
        let status = answer.status();
        let mut response = Response::builder().status(status);
        for (name, value) in answer
            .headers()
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "content-length" | "connection" | "transfer-encoding"))
        {
            response = response.header(name, value);
        }
        let bytes = answer.bytes().await.map_err(|_| "moto broke off")?;
        let bytes = if status.is_success() { self.complete(&operation, &subject, &call, bytes) } else { bytes };
        if matches!(fault, Some(Fault::LostAfter)) {
            return Err("lost");
        }
        Ok(response.body(Full::new(bytes)).unwrap())
    }

    /// Adds to an answer of moto what AWS has and moto has not.
    fn complete(&self, operation: &str, subject: &str, call: &Call, answer: Bytes) -> Bytes {
        let mut state = self.state();
        if changes_function(operation) && operation != "PublishVersion" && operation != "DeleteFunction" {
            let looks = state.slow;
            state.busy.insert(subject.to_owned(), (looks, operation == "CreateFunction"));
            *state.revisions.entry(subject.to_owned()).or_default() += 1;
        }
        match operation {
            "AddPermission" => {
                let text = |name: &str| call.body[name].as_str().map(str::to_owned);
                let mut conditions = json!({});
                if let Some(auth) = text("FunctionUrlAuthType") {
                    conditions["StringEquals"] = json!({ "lambda:FunctionUrlAuthType": auth });
                }
                if call.body["InvokedViaFunctionUrl"] == true {
                    conditions["Bool"] = json!({ "lambda:InvokedViaFunctionUrl": "true" });
                }
                let id = text("StatementId").unwrap_or_default();
                state.conditions.insert((subject.to_owned(), id), conditions);
                answer
            }
            "GetPolicy" => rewritten(&answer, |policy| {
                let mut said: Value =
                    serde_json::from_str(policy["Policy"].as_str().unwrap_or_default()).unwrap_or_default();
                for statement in said["Statement"].as_array_mut().into_iter().flatten() {
                    let id = statement["Sid"].as_str().unwrap_or_default().to_owned();
                    let more = state.conditions.get(&(subject.to_owned(), id)).cloned().unwrap_or_default();
                    for (kind, value) in more.as_object().into_iter().flatten() {
                        statement["Condition"][kind] = value.clone();
                    }
                }
                policy["Policy"] = said.to_string().into();
            }),
            "GetFunction" => {
                let revision = state.revision(subject);
                let busy = state.busy.get_mut(subject).filter(|(looks, _)| *looks > 0);
                let said = busy.map(|(looks, new)| {
                    *looks -= 1;
                    if *new { ("State", "Pending") } else { ("LastUpdateStatus", "InProgress") }
                });
                rewritten(&answer, |function| {
                    function["Configuration"]["RevisionId"] = revision.into();
                    if let Some((member, value)) = said {
                        function["Configuration"][member] = value.into();
                    }
                })
            }
            _ => answer,
        }
    }
}

fn rewritten(answer: &Bytes, change: impl FnOnce(&mut Value)) -> Bytes {
    let mut value: Value = serde_json::from_slice(answer).unwrap();
    change(&mut value);
    value.to_string().into()
}

fn changes_function(operation: &str) -> bool {
    ["CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration", "PublishVersion"].contains(&operation)
}

/// An answer that says no, as the protocol of the call has it.
fn refuse(call: &Call, status: u16, code: &str, message: &str) -> Response<Full<Bytes>> {
    let response = Response::builder().status(status);
    if call.body["Action"].is_string() {
        let error = format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>");
        let body = format!("<ErrorResponse>{error}<RequestId>r-0</RequestId></ErrorResponse>");
        return response.header("content-type", "text/xml").body(Full::new(body.into())).unwrap();
    }
    let body = json!({ "__type": code, "Type": "User", "message": message, "Message": message }).to_string();
    let response = response.header("x-amzn-errortype", code).header("x-amzn-requestid", "r-0");
    response.header("content-type", "application/json").body(Full::new(body.into())).unwrap()
}

/// Which operation a request is, going by AWS's API model.
fn describe(method: &Method, path: &str, query: &str, target: &str, body: &Bytes) -> Call {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    if let Some((_, operation)) = target.split_once('.') {
        let subject = ["Name", "Rule", "NamePrefix"].iter().find_map(|name| json[*name].as_str()).unwrap_or_default();
        return Call { name: format!("{operation} {subject}"), writes: is_write(operation), body: json };
    }
    let form: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
    if let Some(operation) = form.get("Action") {
        let subject = form.get("RoleName").map(String::as_str).unwrap_or_default();
        return Call {
            name: format!("{operation} {subject}").trim().to_owned(),
            writes: is_write(operation),
            body: json!(form),
        };
    }
    if let Some(call) = super::wire::describe(method, path, query, body) {
        return call;
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).skip(1).collect();
    let name = parts.get(1).copied().unwrap_or_default();
    let of = |get, post, put, delete| match *method {
        Method::GET => get,
        Method::POST => post,
        Method::PUT => put,
        _ => delete,
    };
    let (operation, subject) = match parts.as_slice() {
        ["functions"] => (
            of("ListFunctions", "CreateFunction", "", ""),
            json["FunctionName"].as_str().unwrap_or_default().to_owned(),
        ),
        ["functions", _] => (of("GetFunction", "", "", "DeleteFunction"), name.to_owned()),
        ["functions", _, "code"] => ("UpdateFunctionCode", name.to_owned()),
        ["functions", _, "configuration"] => ("UpdateFunctionConfiguration", name.to_owned()),
        ["functions", _, "versions"] => (of("ListVersionsByFunction", "PublishVersion", "", ""), name.to_owned()),
        ["functions", _, "aliases"] if *method == Method::GET => ("ListAliases", name.to_owned()),
        ["functions", _, "aliases", ..] => {
            (of("GetAlias", "CreateAlias", "UpdateAlias", "DeleteAlias"), name.to_owned())
        }
        ["functions", _, "policy", ..] => (of("GetPolicy", "AddPermission", "", "RemovePermission"), name.to_owned()),
        ["functions", _, "url"] => (
            of("GetFunctionUrlConfig", "CreateFunctionUrlConfig", "UpdateFunctionUrlConfig", "DeleteFunctionUrlConfig"),
            name.to_owned(),
        ),
        ["functions", _, "invocations"] => ("Invoke", name.to_owned()),
        ["event-source-mappings"] => (of("ListEventSourceMappings", "CreateEventSourceMapping", "", ""), String::new()),
        ["event-source-mappings", _] => {
            (of("GetEventSourceMapping", "", "UpdateEventSourceMapping", "DeleteEventSourceMapping"), String::new())
        }
        ["tags", ..] => (of("ListTags", "TagResource", "", "UntagResource"), String::new()),
        other => panic!("an unknown call: {method} {other:?} {query}"),
    };
    Call { name: format!("{operation} {subject}").trim().to_owned(), writes: is_write(operation), body: json }
}

fn is_write(operation: &str) -> bool {
    !["Get", "List", "Describe", "Filter"].iter().any(|start| operation.starts_with(start))
}
