//! ACS3-HMAC-SHA256, the platform's third signature: headers of a request that prove who sends it.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::credentials::Credentials;

const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// A request as it will be sent.
pub(super) struct Unsigned<'a> {
    pub action: &'a str,
    pub version: &'a str,
    pub method: &'a str,
    /// With its port, if that is not the scheme's own.
    pub host: &'a str,
    /// Percent-encoded.
    pub path: &'a str,
    /// Percent-encoded `name=value`s, joined by `&`, in order of their names.
    pub query: &'a str,
    pub content_type: Option<&'a str>,
    pub body: &'a [u8],
}

/// What makes one sending of a request differ from all others.
pub(super) struct Moment {
    date: String,
    nonce: String,
}

impl Moment {
    /// Now, and a number that is used once. `None`: this machine has no random numbers.
    pub fn now() -> Option<Self> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).ok()?;
        Some(Self { date: Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), nonce: hex(&random) })
    }
}

/// The headers that a request needs beside `content-type` and the `host` that every client sends.
pub(super) fn sign(request: &Unsigned<'_>, credentials: &Credentials, moment: Moment) -> Vec<(&'static str, String)> {
    let digest = hex(&Sha256::digest(request.body));
    let mut headers = vec![
        ("x-acs-action", request.action.to_owned()),
        ("x-acs-content-sha256", digest.clone()),
        ("x-acs-date", moment.date),
        ("x-acs-signature-nonce", moment.nonce),
        ("x-acs-version", request.version.to_owned()),
    ];
    if let Some(token) = credentials.token() {
        headers.push(("x-acs-security-token", token.to_owned()));
    }
    let mut signed = headers.clone();
    signed.push(("host", request.host.to_owned()));
    signed.extend(request.content_type.map(|value| ("content-type", value.to_owned())));
    signed.sort();
    let names = signed.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let lines: String = signed.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
    let Unsigned { method, path, query, .. } = request;
    let canonical = format!("{method}\n{path}\n{query}\n{lines}\n{names}\n{digest}");
    let text = format!("{ALGORITHM}\n{}", hex(&Sha256::digest(canonical)));
    let signature = hmac(credentials.secret().as_bytes(), text.as_bytes());
    let authorization =
        format!("{ALGORITHM} Credential={},SignedHeaders={names},Signature={}", credentials.id(), hex(&signature));
    headers.push(("authorization", authorization));
    headers
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    // HMAC takes keys of every length.
    Hmac::<Sha256>::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(text);
            mac.finalize().into_bytes().to_vec()
        },
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with the official SDK (alibabacloud_tea_openapi 0.4.6, `get_authorization`).
    const SIGNATURE: &str = "be87bfceac42d9816860e40734a9bf25ed77aa43dbbcad71517e4d9dc2c2e504";

    fn signed(credentials: &Credentials) -> Vec<(&'static str, String)> {
        let request = Unsigned {
            action: "PublishFunctionVersion",
            version: "2023-03-30",
            method: "POST",
            host: "fcv3.cn-hangzhou.aliyuncs.com",
            path: "/2023-03-30/functions/my%20func/versions",
            query: "a=~%2F%C3%A4&b=2%20x",
            content_type: Some("application/json; charset=utf-8"),
            body: br#"{"description":"v1"}"#,
        };
        let moment = Moment { date: "2024-05-06T07:08:09Z".into(), nonce: "3156853299f313e23d1673dc12e1703d".into() };
        sign(&request, credentials, moment)
    }

    #[test]
    fn signs_as_the_official_sdk_does() {
        let headers = signed(&Credentials::new("LTAIexampleKeyId", "exampleKeySecret", None));
        assert_eq!(
            headers.last().unwrap().1,
            format!(
                "ACS3-HMAC-SHA256 Credential=LTAIexampleKeyId,SignedHeaders=content-type;host;x-acs-action;\
                 x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature={SIGNATURE}"
            )
        );
    }

    #[test]
    fn a_temporary_key_sends_its_token_and_signs_it() {
        let headers = signed(&Credentials::new("LTAIexampleKeyId", "exampleKeySecret", Some("the-token".into())));
        assert!(headers.contains(&("x-acs-security-token", "the-token".into())));
        let authorization = &headers.last().unwrap().1;
        assert!(authorization.contains(";x-acs-security-token;") && !authorization.contains(SIGNATURE));
    }

    #[test]
    fn no_two_requests_are_alike() {
        assert_ne!(Moment::now().unwrap().nonce, Moment::now().unwrap().nonce);
    }
}
