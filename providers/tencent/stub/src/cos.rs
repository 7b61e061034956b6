//! Buckets of COS, as far as packages and the files of sites need them.

use std::collections::BTreeMap;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{Method, Response, StatusCode, request::Parts};
use http_body_util::Full;
use jiff::Timestamp;
use sha1::{Digest, Sha1};

use crate::{APP_ID, REGION, SECRET_ID, SECRET_KEY, auth::hex, world::World};

/// What was called, and why it was refused.
pub(crate) struct Called {
    pub action: &'static str,
    pub writes: bool,
    pub path: String,
    pub refused: Option<&'static str>,
}

/// Whether a request is one to a bucket: its host says so.
pub(crate) fn bucket(head: &Parts) -> Option<String> {
    let host = head.headers.get("host")?.to_str().ok()?;
    host.strip_suffix(&format!(".cos.{REGION}.myqcloud.com")).map(str::to_owned)
}

/// A bucket.
#[derive(Debug, Clone, Default)]
pub struct Bucket {
    /// Its objects by path.
    pub objects: BTreeMap<String, Object>,
    /// Everybody may read them.
    pub open: bool,
    /// Pages of all sites may load them.
    pub cors: bool,
}

/// An object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object {
    /// Its content.
    pub bytes: Vec<u8>,
    /// What was said about it.
    pub content_type: String,
    /// How long it may be kept.
    pub cache_control: String,
}

/// Answers a request to a bucket.
pub(crate) fn call(world: &mut World, bucket: &str, head: &Parts, body: &Bytes) -> (Called, Response<Full<Bytes>>) {
    let path = decoded(head.uri.path());
    let (action, writes) = match (&head.method, path.as_str()) {
        (&Method::HEAD, "/") => ("HeadBucket", false),
        (&Method::PUT, "/") => ("PutBucket", true),
        (&Method::DELETE, "/") => ("DeleteBucket", true),
        (&Method::GET, "/") => ("GetBucket", false),
        (&Method::PUT, _) => ("PutObject", true),
        (&Method::DELETE, _) => ("DeleteObject", true),
        _ => ("?", false),
    };
    let result = verify(head, bucket, world.clock).and_then(|()| perform(world, action, bucket, &path, head, body));
    let refused = result.as_ref().err().map(|(_, code)| *code);
    let called = Called { action, writes, path: format!("{bucket}{path}"), refused };
    let (status, text) = match result {
        Ok(text) => (StatusCode::OK, text),
        Err((status, code)) => (status, format!("<Error><Code>{code}</Code><Message>refused</Message></Error>")),
    };
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    (called, response)
}

/// What everybody may read, without a signature, of buckets that are part of the path: `None`: it is no request for one.
pub(crate) fn read(world: &World, head: &Parts) -> Option<Response<Full<Bytes>>> {
    let (name, _) = head.uri.path().strip_prefix('/')?.split_once('/')?;
    let bucket = world.buckets.get(name).filter(|_| head.method == Method::GET)?;
    let object = bucket.objects.get(&decoded(&head.uri.path()[1 + name.len()..]));
    let built = Response::builder();
    let (built, bytes) = match object {
        _ if !bucket.open => (built.status(StatusCode::FORBIDDEN), Bytes::new()),
        None => (built.status(StatusCode::NOT_FOUND), Bytes::new()),
        Some(object) => {
            let built = built.header("content-type", &object.content_type);
            (built.header("cache-control", &object.cache_control), Bytes::from(object.bytes.clone()))
        }
    };
    let allowed = bucket.cors && head.headers.contains_key("origin");
    let built = if allowed { built.header("access-control-allow-origin", "*") } else { built };
    built.body(Full::new(bytes)).ok()
}

type Refused = (StatusCode, &'static str);

fn perform(
    world: &mut World,
    action: &str,
    name: &str,
    path: &str,
    head: &Parts,
    body: &Bytes,
) -> Result<String, Refused> {
    if world.allowed.as_ref().is_some_and(|allowed| !allowed.contains(&format!("cos:{action}"))) {
        return Err((StatusCode::FORBIDDEN, "AccessDenied"));
    }
    if action == "PutBucket" {
        return match world.buckets.contains_key(name) {
            true => Err((StatusCode::CONFLICT, "BucketAlreadyOwnedByYou")),
            false if name.ends_with(&format!("-{APP_ID}")) => {
                world.buckets.entry(name.to_owned()).or_default();
                Ok(String::new())
            }
            false => Err((StatusCode::BAD_REQUEST, "InvalidBucketName")),
        };
    }
    let bucket = world.buckets.get_mut(name).ok_or((StatusCode::NOT_FOUND, "NoSuchBucket"))?;
    match action {
        "HeadBucket" => {}
        "DeleteBucket" if !bucket.objects.is_empty() => return Err((StatusCode::CONFLICT, "BucketNotEmpty")),
        "DeleteBucket" => drop(world.buckets.remove(name)),
        "GetBucket" => return Ok(list(head.uri.query().unwrap_or_default(), &bucket.objects)),
        "PutObject" => {
            let text = |name: &str| {
                head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
            };
            let (content_type, cache_control) = (text("content-type"), text("cache-control"));
            bucket.objects.insert(path.to_owned(), Object { bytes: body.to_vec(), content_type, cache_control });
        }
        "DeleteObject" => drop(bucket.objects.remove(path)),
        _ => return Err((StatusCode::BAD_REQUEST, "InvalidRequest")),
    }
    Ok(String::new())
}

/// A page of two, so that whoever forgets to ask on is found out.
fn list(query: &str, objects: &BTreeMap<String, Object>) -> String {
    const PAGE: usize = 2;
    let asked = |name: &str| {
        let found = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        decoded(found.unwrap_or_default())
    };
    let (prefix, marker) = (asked("prefix"), asked("marker"));
    let named = objects.iter().map(|(path, object)| (path.trim_start_matches('/'), object));
    let found: Vec<_> = named.filter(|(name, _)| name.starts_with(&prefix) && **name > *marker).collect();
    let contents: String = found
        .iter()
        .take(PAGE)
        .map(|(name, object)| format!("<Contents><Key>{name}</Key><Size>{}</Size></Contents>", object.bytes.len()))
        .collect();
    format!("<ListBucketResult><IsTruncated>{}</IsTruncated>{contents}</ListBucketResult>", found.len() > PAGE)
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                bytes.push(u8::from_str_radix(&String::from_utf8_lossy(&digits), 16).unwrap_or(b'?'));
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn verify(head: &Parts, bucket: &str, ahead: i64) -> Result<(), Refused> {
    let denied = |code| (StatusCode::FORBIDDEN, code);
    let header = head.headers.get("authorization").and_then(|value| value.to_str().ok());
    let header = header.ok_or(denied("MissingAuthorization"))?;
    let part = |name: &str| header.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
    let times = part("q-sign-time").ok_or(denied("InvalidSignature"))?;
    let (from, to) = times.split_once(';').ok_or(denied("InvalidSignature"))?;
    let now = Timestamp::now().as_second() + ahead;
    let within = from.parse().is_ok_and(|from: i64| from <= now + 300) && to.parse().is_ok_and(|to: i64| now <= to);
    if part("q-sign-algorithm") != Some("sha1") || part("q-key-time") != Some(times) || !within {
        return Err(denied("RequestIsExpired"));
    }
    if part("q-ak") != Some(SECRET_ID) {
        return Err(denied("InvalidAccessKeyId"));
    }
    // Every parameter is signed, and the list of them is in order.
    let query = head.uri.query().unwrap_or_default();
    let mut names: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    names.sort_unstable();
    if part("q-header-list") != Some("host") || part("q-url-param-list") != Some(&names.join(";")) {
        return Err(denied("InvalidSignature"));
    }
    let host = format!("{bucket}.cos.{REGION}.myqcloud.com");
    let method = head.method.as_str().to_lowercase();
    let request = format!("{method}\n{}\n{query}\nhost={host}\n", decoded(head.uri.path()));
    let text = format!("sha1\n{times}\n{}\n", hex(&Sha1::digest(request)));
    let signature = hmac(SECRET_KEY, times).and_then(|key| hmac(&key, &text));
    if signature.as_deref() != part("q-signature") {
        return Err(denied("SignatureDoesNotMatch"));
    }
    Ok(())
}

fn hmac(key: &str, text: &str) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(text.as_bytes());
    Some(hex(&mac.finalize().into_bytes()))
}
