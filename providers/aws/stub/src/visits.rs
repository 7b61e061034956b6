//! Running what was deployed: requests to an address, and calls of a function.

use std::{collections::BTreeMap, fmt, future::Future, pin::Pin, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::{Method, Request, Response, StatusCode, body::Incoming, header::HeaderValue};
use serde_json::{Value, json};

use crate::{
    REGION,
    front::{Front, Place},
    gateway, log,
    proxy::{Call, Proxy, refuse},
};

/// Something that is waited for.
pub type Running<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a function consists of.
#[derive(Clone, PartialEq, Eq)]
pub struct Deployed {
    /// Its name.
    pub function: String,
    /// The number of the version; `$LATEST`: none.
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
    /// `Unhandled`.
    pub kind: String,
    /// What it answered: `{"errorType": "…", "errorMessage": "…"}`.
    pub body: Bytes,
}

/// Runs what was deployed. A test brings one; without it, addresses answer 503, and a call is answered with the version.
pub trait Runner: Send + Sync {
    /// Answers a request.
    fn visit(&self, deployed: Deployed, request: Request<Bytes>) -> Running<'_, Response<Bytes>>;

    /// Calls a function with an event.
    fn invoke(&self, deployed: Deployed, event: Bytes) -> Running<'_, Result<Bytes, Failed>>;
}

type Answer = Response<Bytes>;

/// A request to an address.
pub(crate) async fn visit(proxy: &Proxy, front: &Front, place: &Place, request: Request<Incoming>) -> Answer {
    let found = match place {
        Place::Function(function, qualifier) => of_function(proxy, front, function, qualifier).await,
        Place::Api(id) => of_api(proxy, front, id, &request).await,
    };
    let deployed = match found {
        Ok(deployed) => deployed,
        Err(refused) => return refused,
    };
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return said(StatusCode::BAD_REQUEST, "half a request") };
    let Some(runner) = &front.runner else {
        return said(StatusCode::SERVICE_UNAVAILABLE, "nothing runs functions here");
    };
    let response = runner.visit(deployed.clone(), Request::from_parts(head, body.to_bytes())).await;
    log::write(front, &deployed, None).await;
    response
}

/// What the address of a function leads to.
async fn of_function(proxy: &Proxy, front: &Front, function: &str, qualifier: &str) -> Result<Deployed, Answer> {
    let refused = || {
        let mut response = said(StatusCode::FORBIDDEN, "Forbidden");
        response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static("AccessDeniedException"));
        response
    };
    let path = format!("/2021-10-31/functions/{function}/url?Qualifier={qualifier}");
    let address = front.account.ask(Method::GET, "lambda", &path, &Value::Null).await;
    let address = address.filter(|address| address["AuthType"] == "NONE").ok_or_else(refused)?;
    let statements = proxy.statements(&front.account, function, qualifier).await;
    // Since October 2025 both are needed.
    let may_come = json!({ "StringEquals": { "lambda:FunctionUrlAuthType": address["AuthType"] } });
    let may_call = json!({ "Bool": { "lambda:InvokedViaFunctionUrl": "true" } });
    let both = [("lambda:InvokeFunctionUrl", may_come), ("lambda:InvokeFunction", may_call)];
    let public = both.iter().all(|(action, condition)| {
        statements.iter().any(|statement| {
            let everybody = statement["Principal"] == "*" || statement["Principal"]["AWS"] == "*";
            let condition = [condition, &Value::Null].contains(&&statement["Condition"]);
            statement["Effect"] == "Allow" && statement["Action"] == *action && everybody && condition
        })
    });
    let deployed = if public { front.deployed(function, qualifier).await } else { None };
    deployed.ok_or_else(refused)
}

/// What a route of an API leads to.
async fn of_api(proxy: &Proxy, front: &Front, id: &str, request: &Request<Incoming>) -> Result<Deployed, Answer> {
    let broken = || said(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");
    let unknown = || said(StatusCode::NOT_FOUND, "Not Found");
    let items = async |kind: &str| {
        let path = format!("/v2/apis/{id}/{kind}");
        let listed = front.account.ask(Method::GET, "apigateway", &path, &Value::Null).await?;
        listed["items"].as_array().cloned()
    };
    let stages = items("stages").await.unwrap_or_default();
    let served = |stage: &Value| stage["stageName"] == "$default" && stage["autoDeploy"] == true;
    let routes = items("routes").await.filter(|_| stages.iter().any(served)).ok_or_else(unknown)?;
    let route = gateway::route(&routes, request.method().as_str(), request.uri().path()).ok_or_else(unknown)?;
    let number = route["target"].as_str().and_then(|target| target.strip_prefix("integrations/")).ok_or_else(broken)?;
    let integrations = items("integrations").await.unwrap_or_default();
    let integration = integrations.iter().find(|one| one["integrationId"] == number).ok_or_else(broken)?;
    let name =
        integration["integrationUri"].as_str().and_then(|arn| arn.split_once(":function:")).ok_or_else(broken)?.1;
    let (function, qualifier) = name.split_once(':').unwrap_or((name, "$LATEST"));
    let here = format!("arn:aws:execute-api:{REGION}:{}:{id}/", front.account.number);
    let may = |statement: &Value| {
        let source = statement["Condition"]["ArnLike"]["AWS:SourceArn"].as_str();
        statement["Principal"]["Service"] == "apigateway.amazonaws.com"
            && statement["Action"] == "lambda:InvokeFunction"
            && source.is_none_or(|source| source == format!("{here}*/*"))
    };
    let allowed = proxy.statements(&front.account, function, qualifier).await.iter().any(may);
    let deployed = if allowed { front.deployed(function, qualifier).await } else { None };
    deployed.ok_or_else(broken)
}

/// Invoke.
pub(crate) async fn invoke(front: &Front, call: &Call) -> Answer {
    let qualifier = call.parameter("Qualifier").unwrap_or("$LATEST".into());
    let Some(deployed) = front.deployed(call.subject(), &qualifier).await else {
        return refuse(call, 404, "ResourceNotFoundException", "Function not found");
    };
    let event = call.request.body.clone();
    if !event.is_empty() && serde_json::from_slice::<Value>(&event).is_err() {
        return refuse(call, 400, "InvalidRequestContentException", "Could not parse request body into json");
    }
    let result = match &front.runner {
        Some(runner) => runner.invoke(deployed.clone(), event).await,
        None => Ok(json!({ "version": deployed.version }).to_string().into()),
    };
    let said = log::write(front, &deployed, result.as_ref().err()).await;
    let mut response = Response::builder().header("x-amz-executed-version", &deployed.version);
    response = response.header("x-amzn-requestid", said.request);
    if call.request.headers.get("x-amz-log-type").is_some_and(|kind| kind == "Tail") {
        response = response.header("x-amz-log-result", STANDARD.encode(said.lines.concat()));
    }
    if let Err(failed) = &result {
        response = response.header("x-amz-function-error", &failed.kind);
    }
    let body = result.unwrap_or_else(|failed| failed.body);
    response.body(body).unwrap()
}

/// What AWS itself answers instead of a function.
fn said(status: StatusCode, message: &str) -> Answer {
    let body = Bytes::from(json!({ "message": message }).to_string());
    Response::builder().status(status).header("content-type", "application/json").body(body).unwrap()
}
