//! Which operation a request is, going by AWS's API models.

use std::collections::BTreeMap;

use hyper::Method;
use serde_json::{Value, json};

use super::{Call, Request};

/// The operation of a call that nothing is known of.
pub const UNKNOWN: &str = "UnknownOperation";

pub fn describe(request: Request) -> Call {
    let unknown = || (format!("{UNKNOWN} {} {}", request.method, request.uri), Value::Null);
    let (name, body) = named(&request).unwrap_or_else(unknown);
    let name = name.trim().to_owned();
    Call { writes: is_write(&name), name, body, request }
}

/// The operation with what it is about, and its input.
fn named(request: &Request) -> Option<(String, Value)> {
    let target = request.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let json: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    if let Some((_, operation)) = target.split_once('.') {
        let subject = ["Name", "Rule", "NamePrefix"].iter().find_map(|name| json[*name].as_str());
        return Some((format!("{operation} {}", subject.unwrap_or_default()), json));
    }
    let form: BTreeMap<String, String> = form_urlencoded::parse(&request.body).into_owned().collect();
    if let Some(operation) = form.get("Action") {
        let subject = form.get("RoleName").map(String::as_str).unwrap_or_default();
        return Some((format!("{operation} {subject}"), json!(form)));
    }
    let (method, path) = (&request.method, request.uri.path());
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let (operation, subject) = match parts.as_slice() {
        ["v2", parts @ ..] => gateway(method, parts, &json)?,
        [date, parts @ ..] if date.starts_with("20") => lambda(method, parts, &json)?,
        _ => {
            let query = request.uri.query().unwrap_or_default();
            return super::wire::describe(method, path, query, &request.body);
        }
    };
    Some((format!("{operation} {subject}"), json))
}

/// What Lambda is asked, by the path behind the date.
fn lambda<'a>(method: &Method, parts: &[&'a str], body: &'a Value) -> Option<(&'static str, &'a str)> {
    let name = parts.get(1).copied().unwrap_or_default();
    let operation = match parts {
        ["functions"] if *method == Method::POST => {
            return Some(("CreateFunction", body["FunctionName"].as_str().unwrap_or_default()));
        }
        ["functions"] => "ListFunctions",
        ["functions", _] => by(method, ["GetFunction", "", "", "DeleteFunction"]),
        ["functions", _, "code"] => "UpdateFunctionCode",
        ["functions", _, "configuration"] => "UpdateFunctionConfiguration",
        ["functions", _, "versions"] => by(method, ["ListVersionsByFunction", "PublishVersion", "", ""]),
        ["functions", _, "aliases"] if *method == Method::GET => "ListAliases",
        ["functions", _, "aliases", ..] => by(method, ["GetAlias", "CreateAlias", "UpdateAlias", "DeleteAlias"]),
        ["functions", _, "policy", ..] => by(method, ["GetPolicy", "AddPermission", "", "RemovePermission"]),
        ["functions", _, "url"] => by(
            method,
            ["GetFunctionUrlConfig", "CreateFunctionUrlConfig", "UpdateFunctionUrlConfig", "DeleteFunctionUrlConfig"],
        ),
        ["functions", _, "invocations"] => "Invoke",
        ["event-source-mappings", ..] => {
            let operations = match parts.len() {
                1 => ["ListEventSourceMappings", "CreateEventSourceMapping", "", ""],
                _ => ["GetEventSourceMapping", "", "UpdateEventSourceMapping", "DeleteEventSourceMapping"],
            };
            return Some((by(method, operations), ""));
        }
        ["tags", ..] => return Some((by(method, ["ListTags", "TagResource", "", "UntagResource"]), "")),
        _ => return None,
    };
    Some((operation, name))
}

/// What API Gateway is asked, by the path behind the version.
fn gateway<'a>(method: &Method, parts: &[&str], body: &'a Value) -> Option<(&'static str, &'a str)> {
    let update = *method == Method::PATCH;
    let pick = |operations: [&'static str; 3], updates: &'static str| match update {
        true => updates,
        false => by(method, [operations[0], operations[1], "", operations[2]]),
    };
    let (operation, subject) = match parts {
        ["apis"] => (pick(["GetApis", "CreateApi", ""], ""), "name"),
        ["apis", _] => (pick(["GetApi", "", "DeleteApi"], "UpdateApi"), "name"),
        ["apis", _, "cors"] => ("DeleteCorsConfiguration", ""),
        ["apis", _, "integrations", ..] => {
            (pick(["GetIntegrations", "CreateIntegration", "DeleteIntegration"], "UpdateIntegration"), "integrationUri")
        }
        ["apis", _, "routes", ..] => (pick(["GetRoutes", "CreateRoute", "DeleteRoute"], "UpdateRoute"), "routeKey"),
        ["apis", _, "stages", ..] => (pick(["GetStages", "CreateStage", "DeleteStage"], "UpdateStage"), "stageName"),
        ["domainnames"] => (pick(["GetDomainNames", "CreateDomainName", ""], ""), "domainName"),
        ["domainnames", _] => (pick(["GetDomainName", "", "DeleteDomainName"], "UpdateDomainName"), ""),
        ["domainnames", _, "apimappings", ..] => {
            (pick(["GetApiMappings", "CreateApiMapping", "DeleteApiMapping"], "UpdateApiMapping"), "")
        }
        ["tags", ..] => (pick(["GetTags", "TagResource", "UntagResource"], ""), ""),
        _ => return None,
    };
    Some((operation, body[subject].as_str().unwrap_or_default()))
}

/// The operation of a method: GET, POST, PUT, DELETE.
fn by(method: &Method, operations: [&'static str; 4]) -> &'static str {
    match *method {
        Method::GET => operations[0],
        Method::POST => operations[1],
        Method::PUT => operations[2],
        _ => operations[3],
    }
}

fn is_write(operation: &str) -> bool {
    !["Get", "Head", "List", "Describe", "Filter", "Invoke"].iter().any(|start| operation.starts_with(start))
}
