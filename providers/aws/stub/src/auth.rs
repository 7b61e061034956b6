//! Who calls, and whether it is really them.

use hmac::{Hmac, KeyInit, Mac};
use hyper::HeaderMap;
use sha2::{Digest, Sha256};

use crate::{
    REGION,
    moto::Account,
    proxy::{Call, Request},
};

/// A code, and what it says.
type Refusal = (&'static str, String);

/// Checks the signature of a call, version 4. Only an object may be asked for without one.
pub(crate) fn verify(account: &Account, call: &Call) -> Result<(), Refusal> {
    let request = &call.request;
    let Some(authorization) = header(&request.headers, "authorization") else {
        let anonymous = ["GetObject", "ListObjects"].contains(&call.operation());
        let missing = || ("MissingAuthenticationToken", "Request is missing Authentication Token".to_owned());
        return anonymous.then_some(()).ok_or_else(missing);
    };
    let part = |name: &str| {
        let rest = authorization.strip_prefix("AWS4-HMAC-SHA256 ")?;
        rest.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
    };
    let incomplete = || ("IncompleteSignature", format!("not a whole signature: {authorization}"));
    let (credential, signed) = part("Credential").zip(part("SignedHeaders")).ok_or_else(incomplete)?;
    let (key, scope) = credential.split_once('/').ok_or_else(incomplete)?;
    let token = header(&request.headers, "x-amz-security-token");
    if key != account.variable("AWS_ACCESS_KEY_ID") || token != Some(account.variable("AWS_SESSION_TOKEN")) {
        return Err(("InvalidClientTokenId", "The security token included in the request is invalid".into()));
    }
    let [date, region, service, "aws4_request"] = scope.split('/').collect::<Vec<_>>()[..] else {
        return Err(incomplete());
    };
    if region != REGION && !(["iam", "sts"].contains(&service) && region == "us-east-1") {
        return Err(("SignatureDoesNotMatch", format!("Credential should be scoped to a valid region, not {region}")));
    }
    let time = header(&request.headers, "x-amz-date").filter(|time| time.starts_with(date)).ok_or_else(incomplete)?;
    let canonical = canonical(request, signed, service == "s3").ok_or_else(incomplete)?;
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let secret = format!("AWS4{}", account.variable("AWS_SECRET_ACCESS_KEY")).into_bytes();
    let key = [date, region, service, "aws4_request"].iter().fold(secret, |key, part| hmac(&key, part));
    if Some(hex(&hmac(&key, &text)).as_str()) != part("Signature") {
        let message = "The request signature we calculated does not match the signature you provided.";
        return Err(("SignatureDoesNotMatch", message.into()));
    }
    Ok(())
}

/// What is signed. `None`: a header is missing, or the body is another.
fn canonical(request: &Request, signed: &str, is_s3: bool) -> Option<String> {
    let body = hex(&Sha256::digest(&request.body));
    if is_s3 && header(&request.headers, "x-amz-content-sha256")? != body {
        return None;
    }
    // S3 signs paths as they are sent, the others escape them once more.
    let path = if is_s3 { request.uri.path().to_owned() } else { escaped(request.uri.path()) };
    let mut query: Vec<&str> =
        request.uri.query().unwrap_or_default().split('&').filter(|one| !one.is_empty()).collect();
    query.sort_unstable();
    let query = query.iter().map(|one| if one.contains('=') { (*one).to_owned() } else { format!("{one}=") });
    let mut canonical = format!("{}\n{path}\n{}\n", request.method, query.collect::<Vec<_>>().join("&"));
    for name in signed.split(';') {
        canonical.push_str(&format!("{name}:{}\n", header(&request.headers, name)?.trim()));
    }
    Some(format!("{canonical}\n{signed}\n{body}"))
}

fn escaped(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key may have any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
