//! Format 2.0: function URLs and HTTP APIs.

use fx_provider::emulator::{Body, client};
use http::{Response, header, request::Parts};
use serde_json::{Map, Value, json};

use super::{body, decode, headers, pairs};

pub(super) fn event(head: &Parts, content: &[u8], path: &str, domain: &str) -> Result<Value, Box<Response<Body>>> {
    let mut joined: Map<String, Value> = Map::new();
    for (name, value) in headers(&head.headers).filter(|(name, _)| *name != "cookie") {
        join(&mut joined, name, value);
    }
    let query = head.uri.query().unwrap_or_default();
    let mut parameters = Map::new();
    for (name, value) in pairs(query) {
        if let (Some(name), Some(value)) = (decode(name, true), decode(value, true)) {
            join(&mut parameters, &name, value);
        }
    }
    let agent = joined.get("user-agent").cloned().unwrap_or_else(|| "".into());
    let (content, is_base64) = body(head, content);
    let prefix = domain.split('.').next();
    let now = jiff::Timestamp::now();
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": joined,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": prefix,
            "domainName": domain,
            "domainPrefix": prefix,
            "http": {
                "method": head.method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": client(&head.headers).to_string(),
                "userAgent": agent,
            },
            "requestId": format!("{:x}", now.as_nanosecond()),
            "routeKey": "$default",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.as_millisecond(),
        },
        "isBase64Encoded": is_base64,
    });
    let cookies: Vec<Value> = head
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';').map(str::trim))
        .filter(|cookie| !cookie.is_empty())
        .map(Value::from)
        .collect();
    if !cookies.is_empty() {
        event["cookies"] = cookies.into();
    }
    if !parameters.is_empty() {
        event["queryStringParameters"] = parameters.into();
    }
    if !content.is_null() {
        event["body"] = content;
    }
    Ok(event)
}

fn join(map: &mut Map<String, Value>, name: &str, value: String) {
    match map.get_mut(name) {
        Some(Value::String(before)) => {
            before.push(',');
            before.push_str(&value);
        }
        _ => drop(map.insert(name.to_owned(), value.into())),
    }
}
