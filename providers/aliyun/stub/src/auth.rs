//! Who calls: the signature, the clock, and the number that is good once.

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit, Mac};
use http::request::Parts;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{KEY_ID, KEY_SECRET, TOKEN, answer::Refusal, world::World};

const ALGORITHM: &str = "ACS3-HMAC-SHA256 ";
/// Seconds by which clocks may differ.
const TOLERANCE: i64 = 15 * 60;

pub(crate) fn verify(head: &Parts, body: &[u8], world: &mut World) -> Result<(), Refusal> {
    let header = |name: &str| {
        let missing = || Refusal::new(400, "MissingRequiredHeader", format!("{name} is missing"));
        head.headers.get(name).and_then(|value| value.to_str().ok()).ok_or_else(missing)
    };
    for name in ["host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"]
    {
        header(name)?;
    }
    if !body.is_empty() {
        header("content-type")?;
    }
    let authorization = header("authorization")?;
    let parts = authorization.strip_prefix(ALGORITHM).ok_or_else(|| incomplete("the algorithm"))?;
    let part = |name: &str| {
        let found = parts.split(',').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        found.ok_or_else(|| incomplete(name))
    };
    let (credential, signed, signature) = (part("Credential")?, part("SignedHeaders")?, part("Signature")?);
    let token = head.headers.get("x-acs-security-token").and_then(|value| value.to_str().ok());
    match (credential, token) {
        (KEY_ID, None) => {}
        ("STS.stub", Some(TOKEN)) => {}
        ("STS.stub", _) => return Err(Refusal::new(403, "InvalidSecurityToken.Malformed", "the token is not good")),
        _ => return Err(Refusal::new(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")),
    }
    if header("x-acs-content-sha256")? != hex(&Sha256::digest(body)) {
        return Err(Refusal::argument("x-acs-content-sha256 is not that of the body"));
    }
    let must: BTreeSet<&str> = head
        .headers
        .keys()
        .map(http::HeaderName::as_str)
        .filter(|name| ["host", "content-type"].contains(name) || name.starts_with("x-acs-"))
        .collect();
    let names: Vec<&str> = signed.split(';').collect();
    if !names.is_sorted() || !must.iter().all(|name| names.contains(name)) {
        return Err(incomplete("a signed header"));
    }
    let mut lines = String::new();
    for name in &names {
        lines += &format!("{name}:{}\n", header(name)?.trim());
    }
    let mut query: Vec<&str> =
        head.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()).collect();
    query.sort_unstable();
    let (path, query) = (head.uri.path(), query.join("&"));
    let canonical = format!("{}\n{path}\n{query}\n{lines}\n{signed}\n{}", head.method, hex(&Sha256::digest(body)));
    let text = format!("{}\n{}", ALGORITHM.trim(), hex(&Sha256::digest(canonical)));
    if hmac(KEY_SECRET.as_bytes(), text.as_bytes()) != signature {
        return Err(Refusal::new(403, "SignatureDoesNotMatch", "The signature does not match what was calculated."));
    }
    let date: Timestamp = header("x-acs-date")?.parse().map_err(|_| Refusal::argument("x-acs-date is no date"))?;
    if (world.now().as_second() - date.as_second()).abs() > TOLERANCE {
        return Err(Refusal::new(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."));
    }
    if !world.nonces.insert(header("x-acs-signature-nonce")?.to_owned()) {
        return Err(Refusal::new(400, "SignatureNonceUsed", "Specified signature nonce was used already."));
    }
    Ok(())
}

fn incomplete(what: &str) -> Refusal {
    Refusal::new(400, "IncompleteSignature", format!("{what} is missing from the signature"))
}

fn hmac(key: &[u8], text: &[u8]) -> String {
    Hmac::<Sha256>::new_from_slice(key).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(text);
            hex(&mac.finalize().into_bytes())
        },
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
