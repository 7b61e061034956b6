//! Format 1.0 of REST APIs, and what a load balancer makes of a request.

use fx_provider::emulator::{Body, client};
use http::{Response, header, request::Parts};
use serde_json::{Map, Value, json};

use super::{body, decode, headers, host, pairs, refusal};

type Refused = Box<Response<Body>>;

pub(super) fn rest(head: &Parts, content: &[u8]) -> Result<Value, Refused> {
    let (single, multi) = both(headers(&head.headers).map(|(name, value)| (name.to_owned(), value)));
    let mut decoded = Vec::new();
    for (name, value) in pairs(head.uri.query().unwrap_or_default()) {
        let pair = decode(name, true).zip(decode(value, true));
        decoded.push(pair.ok_or_else(|| Box::new(refusal(400, "Bad Request")))?);
    }
    let (query, multi_query) = both(decoded.into_iter());
    let (content, is_base64) = body(head, content);
    let now = jiff::Timestamp::now();
    let agent = head.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    Ok(json!({
        "resource": "/{proxy+}",
        "path": head.uri.path(),
        "httpMethod": head.method.as_str(),
        "headers": single,
        "multiValueHeaders": multi,
        "queryStringParameters": query,
        "multiValueQueryStringParameters": multi_query,
        "pathParameters": { "proxy": head.uri.path().trim_start_matches('/') },
        "stageVariables": null,
        "requestContext": {
            "resourcePath": "/{proxy+}",
            "httpMethod": head.method.as_str(),
            "path": format!("/prod{}", head.uri.path()),
            "accountId": "123456789012",
            "protocol": "HTTP/1.1",
            "stage": "prod",
            "domainName": host(head),
            "requestId": format!("{:x}", now.as_nanosecond()),
            "requestTimeEpoch": now.as_millisecond(),
            "identity": { "sourceIp": client(&head.headers).to_string(), "userAgent": agent },
            "apiId": "emulated",
        },
        "body": content,
        "isBase64Encoded": is_base64,
    }))
}

pub(super) fn alb(head: &Parts, content: &[u8], multi_value: bool) -> Result<Value, Refused> {
    let (single, multi) = both(headers(&head.headers).map(|(name, value)| (name.to_owned(), value)));
    let undecoded = pairs(head.uri.query().unwrap_or_default()).map(|(name, value)| (name.into(), value.into()));
    let (query, multi_query) = both(undecoded);
    let (content, is_base64) = body(head, content);
    let group = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/emulated/0000000000000000";
    let mut event = json!({
        "requestContext": { "elb": { "targetGroupArn": group } },
        "httpMethod": head.method.as_str(),
        "path": head.uri.path(),
        "body": if content.is_null() { "".into() } else { content },
        "isBase64Encoded": is_base64,
    });
    let object = |value: Value| if value.is_null() { json!({}) } else { value };
    if multi_value {
        event["multiValueHeaders"] = object(multi);
        event["multiValueQueryStringParameters"] = object(multi_query);
    } else {
        event["headers"] = object(single);
        event["queryStringParameters"] = object(query);
    }
    Ok(event)
}

/// The last value of each name, and all of them; null when there are none.
fn both(pairs: impl Iterator<Item = (String, String)>) -> (Value, Value) {
    let (mut single, mut multi) = (Map::new(), Map::new());
    for (name, value) in pairs {
        single.insert(name.clone(), value.clone().into());
        if let Value::Array(values) = multi.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
            values.push(value.into());
        }
    }
    if single.is_empty() { (Value::Null, Value::Null) } else { (single.into(), multi.into()) }
}
