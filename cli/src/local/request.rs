//! The requests that `fx invoke` makes of a function and some data.

use std::net::SocketAddr;

use bytes::Bytes;
use fx_spec::{Problem, route::Route};
use http::{HeaderName, HeaderValue, Request, Uri, header};
use http_body_util::Full;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::secrets::hexadecimal;
use crate::codes;

/// A request described by data.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Described {
    method: Option<String>,
    path: Option<String>,
    query: Map<String, Value>,
    headers: Map<String, Value>,
    body: Option<Value>,
}

/// An event for the control port of a unit, or of `fx dev` with its token.
pub fn event(
    function: &str,
    kind: &str,
    data: &Value,
    control: SocketAddr,
    token: Option<&str>,
) -> Result<Request<Full<Bytes>>, Problem> {
    let body = json!({ "kind": kind, "data": data }).to_string();
    to_control(&format!("/__fx/invoke/{}", escaped(function)), body.into(), control, token)
}

/// A payload as the platform sends it, for the control port of a unit behind an emulator, or of `fx dev` with its token.
pub fn native(
    function: &str,
    payload: Bytes,
    control: SocketAddr,
    token: Option<&str>,
) -> Result<Request<Full<Bytes>>, Problem> {
    to_control(&format!("/__fx/native/{}", escaped(function)), payload, control, token)
}

fn to_control(
    path: &str,
    body: Bytes,
    control: SocketAddr,
    token: Option<&str>,
) -> Result<Request<Full<Bytes>>, Problem> {
    let mut request =
        Request::post(path).header(header::HOST, control.to_string()).header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    request
        .body(Full::from(body))
        .map_err(|error| Problem::error(codes::INVOCATION, format!("cannot call it: {error}")))
}

/// An HTTP request for a route, to a host. An object of a request's parts changes what it says; other data is the
/// body, and an object that could be either is refused.
pub fn http(route: &Route, data: Option<&Value>, host: &str) -> Result<Request<Full<Bytes>>, Problem> {
    let described = match data {
        None => Described::default(),
        Some(Value::Object(fields)) if fields.keys().any(|name| is_part(name)) => {
            if let Some(other) = fields.keys().find(|name| !is_part(name)) {
                return Err(two_readings(fields, other));
            }
            Described::deserialize(Value::Object(fields.clone())).map_err(|error| {
                Problem::error(codes::DATA, format!("the data does not describe a request: {error}"))
            })?
        }
        Some(body) => Described { body: Some(body.clone()), ..Described::default() },
    };
    let method =
        described.method.map_or_else(|| method(route, described.body.is_some()), |method| method.to_uppercase());
    let mut target = match described.path {
        Some(path) => path,
        None => path(route)?,
    };
    for (name, value) in &described.query {
        target.push(if target.contains('?') { '&' } else { '?' });
        target.push_str(&format!("{}={}", escaped(name), escaped(&text(value))));
    }
    let bad = |what: &str| Problem::error(codes::DATA, format!("this is not {what}"));
    let uri: Uri = target.parse().map_err(|_| bad(&format!("a path: {target}")))?;
    let method = http::Method::from_bytes(method.as_bytes()).map_err(|_| bad(&format!("a method: {method}")))?;
    let mut request = Request::new(Full::default());
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    if let Ok(host) = HeaderValue::from_str(host) {
        request.headers_mut().insert(header::HOST, host);
    }
    let (kind, body) = match described.body {
        None => (None, String::new()),
        Some(Value::String(text)) => (Some("text/plain; charset=utf-8"), text),
        Some(value) => (Some("application/json"), value.to_string()),
    };
    if let Some(kind) = kind {
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    for (name, value) in &described.headers {
        let parsed = name.parse::<HeaderName>().ok().zip(HeaderValue::from_str(&text(value)).ok());
        let (name, value) = parsed.ok_or_else(|| bad(&format!("a header: {name}")))?;
        request.headers_mut().insert(name, value);
    }
    *request.body_mut() = Full::from(body);
    Ok(request)
}

/// The header in which a request's id travels.
pub const ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request an id to be found by in the log, unless it has one; a unit that is being developed takes it over.
pub fn identify(request: &mut Request<Full<Bytes>>) -> Option<String> {
    if !request.headers().contains_key(ID) {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes).ok()?;
        request.headers_mut().insert(ID, HeaderValue::from_str(&hexadecimal(&bytes)).ok()?);
    }
    request.headers().get(ID)?.to_str().ok().map(str::to_owned)
}

fn is_part(name: &str) -> bool {
    matches!(name, "method" | "path" | "query" | "headers" | "body")
}

/// Some keys are parts of a request, `other` is not: guessing would send something nobody meant.
fn two_readings(fields: &Map<String, Value>, other: &str) -> Problem {
    let parts: Vec<String> = fields.keys().filter(|name| is_part(name)).map(|name| format!("`{name}`")).collect();
    let message =
        format!("the data is a request or its body: {} would be a request's, but `{other}` is not", parts.join(", "));
    let body = json!({ "body": fields });
    Problem::error(codes::DATA, message).help(format!(
        "to describe a request, keep to method, path, query, headers and body; to send all of it as the body: -d '{body}'"
    ))
}

fn method(route: &Route, has_body: bool) -> String {
    let any = if has_body { "POST" } else { "GET" };
    let named: Vec<String> = route.methods.clone().into();
    named.into_iter().find(|name| name != "ANY").unwrap_or_else(|| any.to_owned())
}

fn path(route: &Route) -> Result<String, Problem> {
    if route.path.contains("/:") {
        let example = route.path.replace("/:", "/");
        return Err(Problem::error(codes::INVOCATION, format!("{} needs a value in its path", route.path))
            .help(format!("name the path: -d '{{\"path\": \"{example}\"}}'")));
    }
    Ok(match route.path.trim_end_matches('*') {
        "" => "/".to_owned(),
        path => path.to_owned(),
    })
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Percent-encodes everything that is not plain.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use fx_spec::route::{Method, Methods};

    use super::*;

    fn route(methods: Methods, path: &str) -> Route {
        Route { methods, path: path.into(), function: "f".into(), span: None }
    }

    fn made(route: &Route, data: Option<&Value>) -> Result<(String, Option<String>), Problem> {
        let request = http(route, data, "127.0.0.1:1")?;
        let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned());
        Ok((format!("{} {}", request.method(), request.uri()), kind))
    }

    #[test]
    fn the_route_gives_method_and_path() {
        let login = route(Methods::Some(vec![Method::Post]), "/login");
        assert_eq!(made(&login, None).unwrap().0, "POST /login");
        let json = Some("application/json".to_owned());
        assert_eq!(made(&login, Some(&json!({"user": "a"}))).unwrap(), ("POST /login".into(), json));
        assert_eq!(made(&route(Methods::Any, "/*"), None).unwrap().0, "GET /");
    }

    #[test]
    fn data_can_describe_the_request() {
        let get = route(Methods::Some(vec![Method::Get]), "/user/:id");
        let data = json!({"path": "/user/7", "query": {"q": "a b", "n": 1}, "headers": {"x-a": "b"}});
        assert_eq!(made(&get, Some(&data)).unwrap().0, "GET /user/7?n=1&q=a%20b");
        let problem = made(&get, None).unwrap_err();
        assert!(problem.help.unwrap().contains("{\"path\": \"/user/id\"}"));
        assert!(made(&get, Some(&json!({"path": "no slash"}))).is_err());
    }

    #[test]
    fn data_that_could_be_a_request_or_a_body_is_refused() {
        let post = route(Methods::Some(vec![Method::Post]), "/hello");
        let problem = made(&post, Some(&json!({"path": "/hello/a", "colour": 1}))).unwrap_err();
        assert_eq!(problem.code, codes::DATA);
        assert!(problem.message.contains("`path`") && problem.message.contains("`colour`"), "{}", problem.message);
        let help = problem.help.unwrap();
        assert!(help.ends_with(r#"-d '{"body":{"colour":1,"path":"/hello/a"}}'"#), "{help}");
        let wrapped = json!({"body": {"path": "/hello/a", "colour": 1}});
        assert_eq!(made(&post, Some(&wrapped)).unwrap().0, "POST /hello");
        assert_eq!(made(&post, Some(&json!({}))).unwrap().1.as_deref(), Some("application/json"));
    }

    #[test]
    fn a_request_can_be_found_in_the_log() {
        let get = route(Methods::Any, "/");
        let mut request = http(&get, None, "127.0.0.1:1").unwrap();
        let id = identify(&mut request).unwrap();
        assert_eq!((id.len(), request.headers().get(ID).unwrap().to_str().unwrap()), (32, id.as_str()));
        let own = json!({"headers": {"x-request-id": "mine"}});
        let mut request = http(&get, Some(&own), "127.0.0.1:1").unwrap();
        assert_eq!(identify(&mut request).as_deref(), Some("mine"));
    }
}
