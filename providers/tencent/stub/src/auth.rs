//! Who calls, and whether it is really them.

use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, request::Parts};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{
    REGION, SECRET_ID, SECRET_KEY, TOKEN,
    answer::{Refusal, Result},
    schema::Action,
};

/// The temporary key.
const SESSION_ID: &str = "AKIDstubSession";
/// Seconds that a signature is good for, before and after.
const FRESH: i64 = 300;

/// Checks headers and signature. `ahead`: how far the platform's clock is ahead of this machine's, in seconds.
pub(crate) fn verify(head: &Parts, body: &[u8], action: &Action, ahead: i64) -> Result<()> {
    if head.method != http::Method::POST || head.uri.path() != "/" || head.uri.query().is_some() {
        return Err(Refusal::new("InvalidRequest", "only POST / is taken here"));
    }
    let headers = &head.headers;
    let content_type = required(headers, "content-type")?;
    if !["application/json", "application/json; charset=utf-8"].contains(&content_type.to_lowercase().as_str()) {
        return Err(Refusal::new("InvalidParameter.ContentType", format!("Content-Type is {content_type}")));
    }
    if required(headers, "x-tc-version")? != action.service.version() {
        return Err(Refusal::new("NoSuchVersion", "this version of the API does not exist"));
    }
    let time = required(headers, "x-tc-timestamp")?;
    let seconds: i64 = time.parse().map_err(|_| Refusal::new("InvalidParameter", "X-TC-Timestamp is no number"))?;
    if (Timestamp::now().as_second() + ahead - seconds).abs() > FRESH {
        return Err(Refusal::new("AuthFailure.SignatureExpire", "the signature has expired"));
    }
    if headers.contains_key("x-tc-region") || action.service.needs_region() {
        let region = required(headers, "x-tc-region")?;
        if region != REGION {
            return Err(Refusal::new("UnsupportedRegion", format!("nothing is known of {region}")));
        }
    }
    signature(headers, body, action, time, seconds)
}

fn signature(headers: &HeaderMap, body: &[u8], action: &Action, time: &str, seconds: i64) -> Result<()> {
    let invalid = |what: &str| Refusal::new("AuthFailure.InvalidAuthorization", what);
    let authorization = required(headers, "authorization")?;
    let rest = authorization.strip_prefix("TC3-HMAC-SHA256 ").ok_or_else(|| invalid("another algorithm"))?;
    let part = |name: &str| {
        let found = rest.split(", ").find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        found.ok_or_else(|| invalid(&format!("no {name}")))
    };
    let (credential, signed, signature) = (part("Credential")?, part("SignedHeaders")?, part("Signature")?);
    let (id, scope) = credential.split_once('/').ok_or_else(|| invalid("no scope"))?;
    let date = Timestamp::from_second(seconds).map_err(|_| invalid("no date"))?.strftime("%Y-%m-%d").to_string();
    let service = action.service.name();
    if scope != format!("{date}/{service}/tc3_request") {
        return Err(invalid("the scope is not the day's, or not the service's"));
    }
    if id == SESSION_ID {
        if headers.get("x-tc-token").is_none_or(|token| token != TOKEN) {
            return Err(Refusal::new("AuthFailure.TokenFailure", "the token is wrong"));
        }
    } else if id != SECRET_ID {
        return Err(Refusal::new("AuthFailure.SecretIdNotFound", "there is no such key"));
    }
    let names: Vec<&str> = signed.split(';').collect();
    if !names.is_sorted() || !names.contains(&"content-type") || !names.contains(&"host") {
        return Err(invalid("content-type and host must be signed, in order"));
    }
    let mut canonical = "POST\n/\n\n".to_owned();
    for name in &names {
        canonical.push_str(&format!("{name}:{}\n", required(headers, name)?.trim().to_lowercase()));
    }
    canonical.push_str(&format!("\n{signed}\n{}", hex(&Sha256::digest(body))));
    let text = format!("TC3-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let key = [date.as_str(), service, "tc3_request"]
        .iter()
        .try_fold(format!("TC3{SECRET_KEY}").into_bytes(), |key, part| hmac(&key, part))?;
    if hex(&hmac(&key, &text)?) != signature {
        return Err(Refusal::new("AuthFailure.SignatureFailure", "the signature is wrong"));
    }
    Ok(())
}

fn required<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str> {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.ok_or_else(|| Refusal::new("MissingParameter", format!("there is no header {name}")))
}

fn hmac(key: &[u8], text: &str) -> Result<Vec<u8>> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).map_err(|error| Refusal::new("InternalError", error.to_string()))?;
    mac.update(text.as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
