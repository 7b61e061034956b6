//! The object store: making a bucket and writing objects, under a signature of its own.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{Response, request::Parts};
use http_body_util::Full;
use jiff::fmt::rfc2822;
use sha1::Sha1;

use crate::{KEY_ID, KEY_SECRET, answer::Refusal, world::World};

const TOLERANCE: i64 = 15 * 60;

/// Whether a request is for it.
pub(crate) fn is_meant(head: &Parts) -> bool {
    let authorization = head.headers.get("authorization").and_then(|value| value.to_str().ok());
    authorization.is_some_and(|authorization| authorization.starts_with("OSS "))
}

/// `PUT /bucket/` or `PUT /bucket/object`: buckets are part of the path here, not of the host.
pub(crate) fn put(head: &Parts, body: &Bytes, world: &mut World) -> Result<(), Refusal> {
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (date, path) = (header("date"), head.uri.path());
    let text = format!("{}\n{}\n{}\n{date}\n{path}", head.method, header("content-md5"), header("content-type"));
    let signature = Hmac::<Sha1>::new_from_slice(KEY_SECRET.as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(text.as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        },
    );
    if header("authorization") != format!("OSS {KEY_ID}:{signature}") {
        return Err(Refusal::new(403, "SignatureDoesNotMatch", "the signature does not match"));
    }
    let sent = rfc2822::parse(date).map_err(|_| Refusal::new(403, "AccessDenied", "date is no date"))?;
    if (world.now().as_second() - sent.timestamp().as_second()).abs() > TOLERANCE {
        return Err(Refusal::new(403, "RequestTimeTooSkewed", "the clocks differ too much"));
    }
    let missing = || Refusal::new(400, "InvalidArgument", "only buckets and objects can be written");
    let (bucket, object) = path.strip_prefix('/').and_then(|path| path.split_once('/')).ok_or_else(missing)?;
    if head.method != "PUT" {
        return Err(missing());
    }
    if object.is_empty() {
        world.buckets.entry(bucket.to_owned()).or_default();
        return Ok(());
    }
    let no_bucket = || Refusal::new(404, "NoSuchBucket", format!("there is no bucket {bucket}"));
    world.buckets.get_mut(bucket).ok_or_else(no_bucket)?.insert(object.to_owned(), body.to_vec());
    Ok(())
}

/// In the store's own words.
pub(crate) fn response(result: Result<(), Refusal>, request: &str) -> Response<Full<Bytes>> {
    let (status, body) = match result {
        Ok(()) => (200, String::new()),
        Err(Refusal { status, code, message }) => {
            (status, format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"))
        }
    };
    let built = Response::builder().status(status).header("x-oss-request-id", request);
    built.body(Full::new(Bytes::from(body))).unwrap_or_default()
}
