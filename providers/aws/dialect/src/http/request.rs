//! From an event to a request: read once, borrowed, straight into the request's own parts.

use std::sync::Arc;

use axum::{body::Body, extract::Request};
use base64::{Engine, prelude::BASE64_STANDARD};
use fx_runtime::client;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;

use super::{
    Authorizer, Read, Shape, StagePrefix,
    headers::{Headers, Text},
    target::{Target, pairs},
};
use crate::json;

/// What the three formats have, together. They are told apart by what is there.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(borrow)]
    version: Option<Text<'a>>,
    #[serde(borrow)]
    raw_path: Option<Text<'a>>,
    #[serde(borrow)]
    raw_query_string: Option<Text<'a>>,
    #[serde(borrow)]
    cookies: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    http_method: Option<Text<'a>>,
    #[serde(borrow)]
    path: Option<Text<'a>>,
    headers: Option<Headers>,
    multi_value_headers: Option<Headers>,
    #[serde(borrow)]
    query_string_parameters: Option<&'a RawValue>,
    #[serde(borrow)]
    multi_value_query_string_parameters: Option<&'a RawValue>,
    #[serde(borrow)]
    request_context: Option<RequestContext<'a>>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
    is_base64_encoded: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'a> {
    elb: Option<IgnoredAny>,
    #[serde(borrow)]
    http: Option<HttpContext<'a>>,
    #[serde(borrow)]
    stage: Option<Text<'a>>,
    #[serde(borrow)]
    path: Option<Text<'a>>,
    #[serde(borrow)]
    identity: Option<Identity<'a>>,
    #[serde(borrow)]
    domain_name: Option<Text<'a>>,
    #[serde(borrow)]
    authorizer: Option<&'a RawValue>,
    connection_id: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HttpContext<'a> {
    #[serde(borrow)]
    method: Text<'a>,
    #[serde(borrow)]
    source_ip: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity<'a> {
    #[serde(borrow)]
    source_ip: Option<Text<'a>>,
}

/// Reads an event as a request, if it is one.
pub(crate) fn read(event: &[u8]) -> Read {
    let Ok(text) = std::str::from_utf8(event) else {
        return Read::Malformed("the event is not UTF-8".to_owned());
    };
    if !text.trim_start().starts_with('{') {
        return Read::Other;
    }
    match serde_json::from_str::<Envelope<'_>>(text) {
        Ok(envelope) => envelope.read(),
        // Another event may have members of these names too.
        Err(error) if error.is_data() && !text.contains("\"requestContext\"") => Read::Other,
        Err(error) if error.is_data() => Read::Malformed(format!("this looks like an HTTP event, but: {error}")),
        Err(error) => Read::Malformed(format!("the event is not JSON: {error}")),
    }
}

impl<'a> Envelope<'a> {
    fn read(mut self) -> Read {
        let Some(context) = self.request_context.take() else { return Read::Other };
        let is_v2 = self.version.as_ref().is_some_and(|version| version.0 == "2.0");
        let (shape, method) = match (&context, self.http_method.take()) {
            (RequestContext { elb: Some(_), .. }, Some(method)) => {
                let lists = self.multi_value_headers.is_some();
                (Shape::Alb { lists }, method)
            }
            (RequestContext { http: Some(http), .. }, _) if is_v2 => (format_2(&context), http.method.clone()),
            (RequestContext { connection_id: Some(_), .. }, _) => {
                return Read::Malformed(
                    "this is an event of a WebSocket API; fx answers HTTP and REST APIs, function URLs and load balancers"
                        .to_owned(),
                );
            }
            (_, Some(method)) => (Shape::V1, method),
            _ => return Read::Other,
        };
        match self.request(shape, &method.0, &context) {
            Ok(request) => Read::Request(Box::new(request), shape),
            Err(message) => Read::Refused(shape, StatusCode::BAD_REQUEST, message),
        }
    }

    fn request(self, shape: Shape, method: &str, context: &RequestContext<'_>) -> Result<Request, String> {
        let path = if matches!(shape, Shape::Url | Shape::V2) { self.raw_path } else { self.path };
        let path = path.ok_or("the event has no path")?.0;
        let (prefix, path) = strip_stage(shape, &path, context);
        let uri = match shape {
            Shape::Url | Shape::V2 => {
                let query = self.raw_query_string.as_ref().map_or("", |query| &query.0);
                Target::new(path).raw_query(query)
            }
            Shape::V1 | Shape::Alb { .. } => {
                let mut target = Target::new(path);
                // REST APIs send both maps, the lists complete; load balancers one of them, as the client encoded it.
                let parameters = [self.multi_value_query_string_parameters, self.query_string_parameters];
                if let Some(parameters) = parameters.into_iter().flatten().next() {
                    pairs(parameters, |name, value| target.pair(name, value, shape == Shape::V1))
                        .map_err(|error| format!("the query cannot be read: {error}"))?;
                }
                target
            }
        };
        let uri = uri.uri().ok_or("the path or the query is no part of an address")?;
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| "the method is none")?;

        let lists = self.multi_value_headers.filter(|headers| !headers.0.is_empty());
        let mut headers = lists.or(self.headers).unwrap_or_default().0;
        if let Some(cookies) = self.cookies.filter(|cookies| !cookies.is_empty()) {
            let cookies: Vec<_> = cookies.iter().map(|cookie| cookie.0.as_ref()).collect();
            if let Ok(value) = HeaderValue::from_maybe_shared(bytes::Bytes::from(cookies.join("; "))) {
                headers.insert(header::COOKIE, value);
            }
        }
        if let (false, Some(domain)) = (headers.contains_key(header::HOST), &context.domain_name)
            && let Ok(value) = HeaderValue::from_str(&domain.0)
        {
            headers.insert(header::HOST, value);
        }
        let body = body(self.body, self.is_base64_encoded.unwrap_or_default())?;

        let mut request = Request::new(if body.is_empty() { Body::empty() } else { Body::from(body) });
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        let http_ip = context.http.as_ref().and_then(|http| http.source_ip.as_ref());
        let ip = http_ip.or(context.identity.as_ref().and_then(|identity| identity.source_ip.as_ref()));
        let seen_by_balancer = matches!(shape, Shape::Alb { .. }).then(|| last_forwarded(request.headers())).flatten();
        let client = seen_by_balancer.as_deref().or(ip.map(|ip| ip.0.as_ref()));
        let extensions = request.extensions_mut();
        client::named(extensions, client);
        if let Some(prefix) = prefix.filter(|prefix| !prefix.is_empty()) {
            extensions.insert(StagePrefix(Arc::from(prefix)));
        }
        if let Some(authorizer) = context.authorizer {
            extensions.insert(Authorizer(Arc::from(authorizer.to_owned())));
        }
        Ok(request)
    }
}

/// Whom a load balancer saw: it writes that behind what the client may have written.
fn last_forwarded(headers: &HeaderMap) -> Option<String> {
    let line = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    line.rsplit(',').next().map(str::to_owned)
}

/// Function URLs and HTTP APIs send the same, and are told apart by the address alone; where that is missing, somebody tests by hand.
fn format_2(context: &RequestContext<'_>) -> Shape {
    match &context.domain_name {
        Some(domain) if !domain.0.contains(".lambda-url.") => Shape::V2,
        _ => Shape::Url,
    }
}

/// The path without the stage, and what a client's path has in front of it.
fn strip_stage<'p>(shape: Shape, path: &'p str, context: &'p RequestContext<'_>) -> (Option<&'p str>, &'p str) {
    let Some(Text(stage)) = &context.stage else { return (None, path) };
    match shape {
        Shape::Url | Shape::V2 if stage != "$default" => {
            let rest = path.strip_prefix('/').and_then(|path| path.strip_prefix(stage.as_ref()));
            match rest.filter(|rest| rest.is_empty() || rest.starts_with('/')) {
                Some(rest) => (Some(&path[..path.len() - rest.len()]), if rest.is_empty() { "/" } else { rest }),
                None => (None, path),
            }
        }
        // The path comes without it; the context has the client's.
        Shape::V1 => (context.path.as_ref().and_then(|full| full.0.strip_suffix(path)), path),
        _ => (None, path),
    }
}

/// The body's bytes, unescaped or decoded where they will stay.
fn body(body: Option<&RawValue>, is_base64: bool) -> Result<Vec<u8>, String> {
    let Some(body) = body.map(RawValue::get) else { return Ok(Vec::new()) };
    let Some(inside) = body.strip_prefix('"').and_then(|body| body.strip_suffix('"')) else {
        // Somebody who tests by hand writes a JSON object where its text is meant.
        return Ok(body.as_bytes().to_vec());
    };
    let unescaped = |inside: &str| {
        let mut bytes = Vec::new();
        json::unescape(inside, &mut bytes);
        bytes
    };
    if !is_base64 {
        return Ok(unescaped(inside));
    }
    let decoded =
        if inside.contains('\\') { BASE64_STANDARD.decode(unescaped(inside)) } else { BASE64_STANDARD.decode(inside) };
    decoded.map_err(|error| format!("the body is not base64: {error}"))
}
