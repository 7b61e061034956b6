//! The object store: making a bucket, and objects in it, under a signature of its own; and what everybody may read without one.

use std::collections::BTreeMap;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{Method, Response, request::Parts};
use http_body_util::Full;
use jiff::{Timestamp, fmt::strtime};
use sha2::{Digest, Sha256};

use crate::{KEY_ID, KEY_SECRET, REGION, TOKEN, answer::Refusal, world::World};

const TOLERANCE: i64 = 15 * 60;
const ALGORITHM: &str = "OSS4-HMAC-SHA256";

/// A bucket.
#[derive(Debug, Clone, Default)]
pub struct Bucket {
    /// Its objects by name.
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

/// What was asked for.
pub(crate) struct Asked {
    pub action: &'static str,
    pub writes: bool,
    /// Bucket and object.
    pub path: String,
}

/// Whether a request is for it: by its signature, or since it asks without any for something in a bucket.
pub(crate) fn is_meant(head: &Parts, world: &World) -> bool {
    match header(head, "authorization") {
        "" => head.method == Method::GET && world.buckets.contains_key(split(head.uri.path()).0),
        authorization => authorization.starts_with(ALGORITHM),
    }
}

/// Which call it is. Buckets are part of the path here, not of the host.
pub(crate) fn asked(head: &Parts) -> Asked {
    let (_, object) = split(head.uri.path());
    let (action, writes) = match (&head.method, object.is_empty()) {
        (&Method::PUT, true) => ("PutBucket", true),
        (&Method::PUT, false) => ("PutObject", true),
        (&Method::DELETE, true) => ("DeleteBucket", true),
        (&Method::DELETE, false) => ("DeleteObject", true),
        (&Method::GET, true) => ("ListObjects", false),
        (&Method::GET, false) => ("GetObject", false),
        _ => ("?", false),
    };
    Asked { action, writes, path: head.uri.path().trim_start_matches('/').to_owned() }
}

/// Answers a call.
pub(crate) fn call(
    head: &Parts,
    body: &Bytes,
    world: &mut World,
    request: &str,
) -> Result<Response<Full<Bytes>>, Refusal> {
    let asked = asked(head);
    let (bucket, object) = split(head.uri.path());
    let object = decoded(object);
    if header(head, "authorization").is_empty() {
        return read(head, world, bucket, &object, request);
    }
    verify(head, world)?;
    if asked.action == "PutBucket" {
        world.buckets.entry(bucket.to_owned()).or_default();
        return Ok(answer(request, String::new()));
    }
    let no_bucket = || Refusal::new(404, "NoSuchBucket", format!("there is no bucket {bucket}"));
    let objects = &mut world.buckets.get_mut(bucket).ok_or_else(no_bucket)?.objects;
    match asked.action {
        "DeleteBucket" if !objects.is_empty() => Err(Refusal::new(409, "BucketNotEmpty", "there are objects in it")),
        "DeleteBucket" => {
            world.buckets.remove(bucket);
            Ok(answer(request, String::new()))
        }
        "PutObject" => {
            let text = |name| header(head, name).to_owned();
            let (content_type, cache_control) = (text("content-type"), text("cache-control"));
            objects.insert(object, Object { bytes: body.to_vec(), content_type, cache_control });
            Ok(answer(request, String::new()))
        }
        "DeleteObject" => {
            objects.remove(&object);
            Ok(answer(request, String::new()))
        }
        "ListObjects" => Ok(answer(request, list(head.uri.query().unwrap_or_default(), objects))),
        _ => Err(Refusal::new(400, "InvalidArgument", "this is not played here")),
    }
}

/// A page of two, so that whoever forgets to ask on is found out.
fn list(query: &str, objects: &BTreeMap<String, Object>) -> String {
    const PAGE: usize = 2;
    let asked = |name: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        decoded(pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value).unwrap_or_default())
    };
    let (prefix, marker) = (asked("prefix"), asked("marker"));
    let found: Vec<_> = objects.iter().filter(|(name, _)| name.starts_with(&prefix) && **name > marker).collect();
    let contents: String = found
        .iter()
        .take(PAGE)
        .map(|(name, object)| format!("<Contents><Key>{name}</Key><Size>{}</Size></Contents>", object.bytes.len()))
        .collect();
    format!("<ListBucketResult><IsTruncated>{}</IsTruncated>{contents}</ListBucketResult>", found.len() > PAGE)
}

/// Without a signature.
fn read(
    head: &Parts,
    world: &World,
    bucket: &str,
    object: &str,
    request: &str,
) -> Result<Response<Full<Bytes>>, Refusal> {
    let bucket = world.buckets.get(bucket).filter(|bucket| bucket.open);
    let bucket = bucket.ok_or_else(|| Refusal::new(403, "AccessDenied", "the bucket is private"))?;
    let object = bucket.objects.get(object);
    let object = object.ok_or_else(|| Refusal::new(404, "NoSuchKey", "there is no such object"))?;
    let mut response = Response::builder()
        .header("x-oss-request-id", request)
        .header("content-type", &object.content_type)
        .header("cache-control", &object.cache_control);
    if bucket.cors && !header(head, "origin").is_empty() {
        response = response.header("access-control-allow-origin", "*");
    }
    Ok(response.body(Full::new(Bytes::from(object.bytes.clone()))).unwrap_or_default())
}

fn verify(head: &Parts, world: &World) -> Result<(), Refusal> {
    let denied = |code: &str, message: &str| Refusal::new(403, code, message);
    let token = header(head, "x-oss-security-token");
    let id = if token.is_empty() { KEY_ID } else { "STS.stub" };
    if !token.is_empty() && token != TOKEN {
        return Err(denied("InvalidSecurityToken", "the token is not known"));
    }
    let moment = header(head, "x-oss-date");
    let sent = strtime::parse("%Y%m%dT%H%M%SZ", moment).and_then(|broken| broken.to_datetime());
    let sent = sent.and_then(|sent| sent.to_zoned(jiff::tz::TimeZone::UTC)).map(|sent| sent.timestamp());
    let sent: Timestamp = sent.map_err(|_| denied("AccessDenied", "x-oss-date is no date"))?;
    if (world.now().as_second() - sent.as_second()).abs() > TOLERANCE {
        return Err(denied("RequestTimeTooSkewed", "the clocks differ too much"));
    }
    if header(head, "x-oss-content-sha256") != "UNSIGNED-PAYLOAD" {
        return Err(Refusal::new(400, "InvalidArgument", "x-oss-content-sha256 is missing"));
    }
    let mut lines = Vec::new();
    for (name, value) in &head.headers {
        let name = name.as_str();
        if matches!(name, "content-type" | "content-md5") || name.starts_with("x-oss-") {
            lines.push(format!("{name}:{}\n", value.to_str().unwrap_or_default()));
        }
    }
    lines.sort();
    let mut query: Vec<&str> = head.uri.query().unwrap_or_default().split('&').collect();
    query.sort_unstable();
    let scope = format!("{}/{REGION}/oss/aliyun_v4_request", moment.get(..8).unwrap_or_default());
    let request =
        format!("{}\n{}\n{}\n{}\n\nUNSIGNED-PAYLOAD", head.method, head.uri.path(), query.join("&"), lines.concat());
    let text = format!("{ALGORITHM}\n{moment}\n{scope}\n{}", hex(&Sha256::digest(request)));
    let key = scope.split('/').fold(format!("aliyun_v4{KEY_SECRET}").into_bytes(), |key, part| mac(&key, part));
    let wanted = format!("{ALGORITHM} Credential={id}/{scope},Signature={}", hex(&mac(&key, &text)));
    if header(head, "authorization") != wanted {
        return Err(denied("SignatureDoesNotMatch", "the signature does not match"));
    }
    Ok(())
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn header<'a>(head: &'a Parts, name: &str) -> &'a str {
    head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Bucket and object, still escaped.
fn split(path: &str) -> (&str, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split_once('/').unwrap_or((path, ""))
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                let digits = String::from_utf8_lossy(&digits).into_owned();
                bytes.push(u8::from_str_radix(&digits, 16).unwrap_or(b'?'));
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn answer(request: &str, body: String) -> Response<Full<Bytes>> {
    let built = Response::builder().header("x-oss-request-id", request);
    built.body(Full::new(Bytes::from(body))).unwrap_or_default()
}

/// A refusal in the store's own words.
pub(crate) fn refused(Refusal { status, code, message }: &Refusal, request: &str) -> Response<Full<Bytes>> {
    let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    let built = Response::builder().status(*status).header("x-oss-request-id", request);
    built.body(Full::new(Bytes::from(body))).unwrap_or_default()
}
