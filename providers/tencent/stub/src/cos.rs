//! Buckets of COS, as far as packages need them.

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

/// Answers a request to a bucket.
pub(crate) fn call(world: &mut World, bucket: &str, head: &Parts, body: &Bytes) -> (Called, Response<Full<Bytes>>) {
    let path = head.uri.path();
    let (action, writes) = match (&head.method, path) {
        (&Method::HEAD, "/") => ("HeadBucket", false),
        (&Method::PUT, "/") => ("PutBucket", true),
        (&Method::PUT, _) => ("PutObject", true),
        _ => ("?", false),
    };
    let result = verify(head, bucket, world.clock).and_then(|()| perform(world, action, bucket, path, body));
    let called =
        Called { action, writes, path: format!("{bucket}{path}"), refused: result.err().map(|(_, code)| code) };
    let (status, text) = match result {
        Ok(()) => (StatusCode::OK, String::new()),
        Err((status, code)) => (status, format!("<Error><Code>{code}</Code><Message>refused</Message></Error>")),
    };
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    (called, response)
}

type Refused = (StatusCode, &'static str);

fn perform(world: &mut World, action: &str, bucket: &str, path: &str, body: &Bytes) -> Result<(), Refused> {
    if world.allowed.as_ref().is_some_and(|allowed| !allowed.contains(&format!("cos:{action}"))) {
        return Err((StatusCode::FORBIDDEN, "AccessDenied"));
    }
    match action {
        "PutBucket" if world.buckets.contains_key(bucket) => Err((StatusCode::CONFLICT, "BucketAlreadyOwnedByYou")),
        "PutBucket" if bucket.ends_with(&format!("-{APP_ID}")) => {
            world.buckets.entry(bucket.to_owned()).or_default();
            Ok(())
        }
        "HeadBucket" if world.buckets.contains_key(bucket) => Ok(()),
        "PutObject" if world.buckets.contains_key(bucket) => {
            world.buckets.entry(bucket.to_owned()).or_default().insert(path.to_owned(), body.to_vec());
            Ok(())
        }
        "HeadBucket" | "PutObject" => Err((StatusCode::NOT_FOUND, "NoSuchBucket")),
        _ => Err((StatusCode::BAD_REQUEST, "InvalidBucketName")),
    }
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
    if part("q-header-list") != Some("host") || part("q-url-param-list") != Some("") {
        return Err(denied("InvalidSignature"));
    }
    let host = format!("{bucket}.cos.{REGION}.myqcloud.com");
    let method = head.method.as_str().to_lowercase();
    let request = format!("{method}\n{}\n\nhost={host}\n", head.uri.path());
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
