//! What a refusal of the platform means.

use std::time::Duration;

use fx_deploy::{Answer, CloudError, Kind};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use serde::Deserialize;

/// Clocks may be this far apart.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(15);

/// The platform writes an error in several ways, depending on which part of it answers.
#[derive(Debug, Default, Deserialize)]
struct Said {
    #[serde(alias = "Code", alias = "ErrorCode", alias = "errorCode", default)]
    code: String,
    #[serde(alias = "Message", alias = "ErrorMessage", alias = "errorMessage", default)]
    message: String,
    #[serde(alias = "RequestId", alias = "requestID", rename = "requestId")]
    request: Option<String>,
}

/// The error that an answer is.
pub(super) fn of(operation: &str, answer: &Answer) -> CloudError {
    let said: Said = serde_json::from_slice(&answer.body).unwrap_or_default();
    let status = answer.status.as_u16();
    let kind = match kind(status, &said.code) {
        Kind::Denied | Kind::Credentials | Kind::Invalid if is_clock_off(answer) => Kind::Clock,
        kind => kind,
    };
    let message = match without_canon(&said.message) {
        "" => format!("the platform answered with status {status}"),
        message => message.to_owned(),
    };
    let mut error = CloudError::new(kind, operation, message);
    if status == 404 && said.code.is_empty() {
        error = error.help(
            "whoever answered is not the platform: check the region, FX_ALIYUN_ENDPOINT and the proxies of this machine",
        );
    }
    if !said.code.is_empty() {
        error = error.code(said.code);
    }
    let id = said.request.or_else(|| {
        ["x-fc-request-id", "x-acs-request-id", "x-log-requestid"]
            .into_iter()
            .find_map(|name| answer.header(name))
            .map(Into::into)
    });
    if let Some(id) = id {
        error = error.request(id);
    }
    if let Some(pause) = pause(answer) {
        error = error.retry_after(pause);
    }
    error
}

/// A refused signature comes with the text that the platform has signed, in which a session token stands.
fn without_canon(message: &str) -> &str {
    let end = ["server StringToSign", "StringToSign is", "CanonicalRequest"]
        .iter()
        .filter_map(|words| message.find(words))
        .min()
        .unwrap_or(message.len());
    message[..end].trim_end_matches([' ', ',', ';', ':'])
}

fn kind(status: u16, code: &str) -> Kind {
    // Of everything that has a code of its own, whatever the status.
    match code {
        "ConcurrentUpdateError" => return Kind::Busy,
        "SignatureNotMatch" | "SignatureDoesNotMatch" | "IncompleteSignature" => return Kind::Credentials,
        "AccessDenied" | "NoPermission" | "Forbidden.RAM" | "Unauthorized" => return Kind::Denied,
        _ => {}
    }
    let has = |part: &str| code.contains(part);
    if has("InvalidAccessKeyI") || has("InvalidSecurityToken") || has("SecurityToken.Expired") {
        return Kind::Credentials;
    }
    if has("TimeStamp") || has("RequestTime") {
        return Kind::Clock;
    }
    if has("QuotaExceeded") || has("LimitExceeded") {
        return Kind::Quota;
    }
    if has("Throttling") || has("ReadQuotaExceed") {
        return Kind::Throttled;
    }
    match status {
        401 => Kind::Credentials,
        403 => Kind::Denied,
        404 if is_missing(code) => Kind::NotFound,
        409 if code.ends_with("AlreadyExists") || code.ends_with("Exist") => Kind::AlreadyExists,
        409 => Kind::Busy,
        429 => Kind::Throttled,
        500..=599 => Kind::Unavailable,
        _ => Kind::Invalid,
    }
}

/// Whether this is the platform's word for something of fx's that is not there: `TriggerNotFound`, `AsyncConfigNotExists`. A 404 without
/// such a word is a proxy's or a gateway's, and says nothing of what exists: to create because of it would be a mistake.
fn is_missing(code: &str) -> bool {
    let own = ["NotFound", "NotExist", "NotExists"].iter().any(|end| code.ends_with(end)) && !code.contains('.');
    // fx makes no layers: one that is missing will not appear.
    own && !code.starts_with("Layer")
}

/// The gateway asks for a pause in milliseconds, others in seconds.
fn pause(answer: &Answer) -> Option<Duration> {
    let milliseconds = answer.header("x-acs-retry-after").and_then(|text| text.parse().ok());
    milliseconds.map(Duration::from_millis).or_else(|| answer.retry_after())
}

/// A signature that is too old is refused as any wrong one; the answer's own date tells them apart.
fn is_clock_off(answer: &Answer) -> bool {
    let date = answer.header("date").and_then(|date| rfc2822::parse(date).ok());
    date.is_some_and(|date| date.timestamp().duration_since(Timestamp::now()).abs() > TOLERANCE)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, StatusCode};

    use super::*;

    fn error(status: u16, body: &str, headers: &[(&'static str, &'static str)]) -> CloudError {
        let mut map = HeaderMap::new();
        map.extend(
            headers.iter().map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value))),
        );
        let answer = Answer { status: StatusCode::from_u16(status).unwrap(), headers: map, body: body.into() };
        of("GetFunction", &answer)
    }

    #[test]
    fn all_spellings_are_read() {
        let bodies = [
            r#"{"Code":"FunctionNotFound","Message":"no such","RequestId":"r-1"}"#,
            r#"{"code":"FunctionNotFound","message":"no such","requestId":"r-1"}"#,
            r#"{"errorCode":"FunctionNotFound","errorMessage":"no such","requestId":"r-1"}"#,
            r#"{"ErrorCode":"FunctionNotFound","ErrorMessage":"no such","RequestId":"r-1"}"#,
        ];
        for body in bodies {
            let error = error(404, body, &[]);
            assert_eq!(error.to_string(), "GetFunction: no such (FunctionNotFound, request r-1)");
            assert_eq!(error.kind(), Kind::NotFound);
        }
    }

    #[test]
    fn what_is_no_error_of_the_platforms_still_says_its_status() {
        let error = error(502, "<html>", &[("x-fc-request-id", "r-2")]);
        assert_eq!(error.to_string(), "GetFunction: the platform answered with status 502 (request r-2)");
        assert!(error.is_temporary());
    }

    #[test]
    fn codes_come_before_the_status() {
        let kind = |status, code: &str| error(status, &format!(r#"{{"Code":"{code}"}}"#), &[]).kind();
        assert_eq!(kind(403, "SignatureDoesNotMatch"), Kind::Credentials);
        assert_eq!(kind(403, "InvalidAccessKeyID"), Kind::Credentials);
        assert_eq!(kind(404, "InvalidAccessKeyId.NotFound"), Kind::Credentials);
        assert_eq!(kind(403, "AccessDenied"), Kind::Denied);
        assert_eq!(kind(400, "InvalidTimeStamp.Expired"), Kind::Clock);
        assert_eq!(kind(400, "LimitExceededError"), Kind::Quota);
        assert_eq!(kind(400, "Throttling.User"), Kind::Throttled);
        assert_eq!(kind(429, "ResourceExhausted"), Kind::Throttled);
        assert_eq!(kind(409, "ProvisionConfigExist"), Kind::AlreadyExists);
        assert_eq!(kind(409, "ConcurrentUpdateError"), Kind::Busy);
        assert_eq!(kind(400, "InvalidArgument"), Kind::Invalid);
        assert_eq!(kind(404, "LayerVersionNotFound"), Kind::Invalid);
        assert_eq!(kind(404, "AsyncConfigNotExists"), Kind::NotFound);
        assert_eq!(kind(404, "LogStoreNotExist"), Kind::NotFound);
        assert_eq!(kind(404, "InvalidApi.NotFound"), Kind::Invalid);
    }

    #[test]
    fn a_404_of_somebody_else_says_nothing_of_what_exists() {
        for body in ["<html>", "{}", ""] {
            let error = error(404, body, &[]);
            assert_eq!(error.kind(), Kind::Invalid, "{body}");
            assert!(error.remedy().unwrap().contains("FX_ALIYUN_ENDPOINT"));
        }
    }

    #[test]
    fn a_refused_signature_is_the_clocks_fault_if_the_dates_differ() {
        let old = [("date", "Mon, 06 May 2024 07:08:09 GMT")];
        assert_eq!(error(403, r#"{"Code":"SignatureNotMatch"}"#, &old).kind(), Kind::Clock);
        assert_eq!(error(404, r#"{"Code":"FunctionNotFound"}"#, &old).kind(), Kind::NotFound);
    }

    #[test]
    fn the_text_that_was_signed_is_not_passed_on() {
        let body = r#"{"Code":"SignatureDoesNotMatch","Message":"Specified signature is not matched with our calculation. server StringToSign is [ACS3-HMAC-SHA256], server CanonicalRequest is [x-acs-security-token:hush]"}"#;
        let error = error(403, body, &[]);
        let said = "GetFunction: Specified signature is not matched with our calculation. (SignatureDoesNotMatch)";
        assert_eq!(error.to_string(), said);
        assert!(!format!("{error:?}").contains("hush"));
    }

    #[test]
    fn the_platform_names_a_pause() {
        let pause = |name, value| error(429, "{}", &[(name, value)]).pause();
        assert_eq!(pause("x-acs-retry-after", "1500"), Some(Duration::from_millis(1500)));
        assert_eq!(pause("retry-after", "2"), Some(Duration::from_secs(2)));
    }
}
