//! The log service: reading a logstore, under a signature of its own.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{Response, request::Parts};
use http_body_util::Full;
use jiff::fmt::rfc2822;
use serde_json::{Value, json};
use sha1::Sha1;

use crate::{KEY_ID, KEY_SECRET, answer::Refusal, route::decode, world::World};

const TOLERANCE: i64 = 15 * 60;

/// A page of a logstore.
pub(crate) fn get(head: &Parts, world: &World) -> Result<Value, Refusal> {
    let mut query: Vec<(String, String)> = head
        .uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect();
    query.sort();
    verify(head, &query, world)?;
    let asked = |name: &str| {
        let found = query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        found.ok_or_else(|| Refusal::new(400, "ParameterInvalid", format!("{name} is missing")))
    };
    let number = |name: &str| {
        asked(name)?.parse::<i64>().map_err(|_| Refusal::new(400, "ParameterInvalid", format!("{name} is no number")))
    };
    if asked("type")? != "log" || asked("reverse")? != "false" || !(1..=100).contains(&number("line")?) {
        return Err(Refusal::new(400, "ParameterInvalid", "type, reverse or line is not as it may be"));
    }
    let logstore = decode(head.uri.path().strip_prefix("/logstores/").unwrap_or_default());
    let missing = || Refusal::new(404, "LogStoreNotExist", format!("logstore {logstore} does not exist"));
    let lines = world.logs.get(&logstore).ok_or_else(missing)?;
    let topic = asked("query")?.strip_prefix("__topic__:\"").and_then(|topic| topic.strip_suffix('"'));
    let topic = topic.ok_or_else(|| Refusal::new(400, "ParameterInvalid", "the query names no topic"))?;
    let (from, to) = (number("from")?, number("to")?);
    let fits = |line: &&Value| {
        let time = line["__time__"].as_str().and_then(|time| time.parse::<i64>().ok());
        line["__topic__"] == topic && time.is_some_and(|time| (from..to).contains(&time))
    };
    let size = |name: &str| Ok::<_, Refusal>(usize::try_from(number(name)?).unwrap_or_default());
    Ok(lines.iter().filter(fits).skip(size("offset")?).take(size("line")?).cloned().collect())
}

fn verify(head: &Parts, query: &[(String, String)], world: &World) -> Result<(), Refusal> {
    let header = |name: &str| {
        let missing = || Refusal::new(400, "MissingHeader", format!("{name} is missing"));
        head.headers.get(name).and_then(|value| value.to_str().ok()).ok_or_else(missing)
    };
    header("x-log-bodyrawsize")?;
    if (header("x-log-apiversion")?, header("x-log-signaturemethod")?) != ("0.6.0", "hmac-sha1") {
        return Err(Refusal::new(400, "ParameterInvalid", "another version or method"));
    }
    let mut named: Vec<String> = head
        .headers
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("x-log-") || name.as_str().starts_with("x-acs-"))
        .map(|(name, value)| format!("{name}:{}\n", value.to_str().unwrap_or_default()))
        .collect();
    named.sort();
    let date = header("date")?;
    let pairs: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let path = decode(head.uri.path());
    let text = format!("{}\n\n\n{date}\n{}{path}?{}", head.method, named.concat(), pairs.join("&"));
    let mac = Hmac::<Sha1>::new_from_slice(KEY_SECRET.as_bytes());
    let signature = mac.map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(text.as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        },
    );
    if header("authorization")? != format!("LOG {KEY_ID}:{signature}") {
        return Err(Refusal::new(401, "SignatureNotMatch", "the signature does not match"));
    }
    let sent = rfc2822::parse(date).map_err(|_| Refusal::new(400, "InvalidDateFormat", "date is no date"))?;
    if (world.now().as_second() - sent.timestamp().as_second()).abs() > TOLERANCE {
        return Err(Refusal::new(400, "RequestTimeExpired", "the request is too old"));
    }
    Ok(())
}

/// In the service's own words.
pub(crate) fn response(result: Result<Value, Refusal>, request: &str) -> Response<Full<Bytes>> {
    let (status, body) = match result {
        Ok(lines) => (200, lines),
        Err(refusal) => (refusal.status, json!({ "errorCode": refusal.code, "errorMessage": refusal.message })),
    };
    let built = Response::builder().status(status).header("x-log-requestid", request);
    let built = built.header("content-type", "application/json");
    built.body(Full::new(Bytes::from(body.to_string()))).unwrap_or_default()
}
