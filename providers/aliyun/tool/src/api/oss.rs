//! The object store, for packages that are larger than a request: an API of its own, with a signature of its own.

use base64::{Engine, engine::general_purpose::STANDARD};
use fx_deploy::{Answer, CloudError, Http, Kind};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};
use sha1::Sha1;

use super::credentials::Credentials;

const ZIP: &str = "application/zip";

/// Makes a bucket, which nobody but the account can read. One that the account has already stays as it is.
pub(super) async fn make_bucket(
    http: &Http,
    credentials: &Credentials,
    address: &str,
    bucket: &str,
) -> Result<(), CloudError> {
    put(http, credentials, "PutBucket", &format!("{address}/"), &format!("/{bucket}/"), Vec::new()).await
}

/// Writes an object, whatever was there. Its name has nothing in it that would have to be escaped.
pub(super) async fn put_object(
    http: &Http,
    credentials: &Credentials,
    address: &str,
    bucket: &str,
    object: &str,
    bytes: Vec<u8>,
) -> Result<(), CloudError> {
    put(http, credentials, "PutObject", &format!("{address}/{object}"), &format!("/{bucket}/{object}"), bytes).await
}

async fn put(
    http: &Http,
    credentials: &Credentials,
    operation: &str,
    address: &str,
    resource: &str,
    body: Vec<u8>,
) -> Result<(), CloudError> {
    let failed = |message: String| CloudError::new(Kind::Invalid, operation, message);
    let date = DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&Timestamp::now())
        .map_err(|error| failed(format!("this machine's clock is off: {error}")))?;
    let headers: Vec<(&str, &str)> =
        credentials.token().map(|token| ("x-oss-security-token", token)).into_iter().collect();
    let authorization = sign(["PUT", "", ZIP, &date], &headers, resource, credentials);
    let begun = http.client().put(address).body(body).header("content-type", ZIP).header("date", &date);
    let begun = headers.iter().fold(begun, |begun, (name, value)| begun.header(*name, *value));
    let request = begun.header("authorization", authorization).build();
    let request = request.map_err(|error| failed(format!("cannot be asked: {}", error.without_url())))?;
    let answer = http.send(operation, request).await?;
    if answer.status.is_success() { Ok(()) } else { Err(error(operation, &answer)) }
}

/// `lines`: method, digest and type of the body, date. `headers` in order of their names.
fn sign(lines: [&str; 4], headers: &[(&str, &str)], resource: &str, credentials: &Credentials) -> String {
    let named: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let text = format!("{}\n{named}{resource}", lines.join("\n"));
    // HMAC takes keys of every length.
    let signature = Hmac::<Sha1>::new_from_slice(credentials.secret().as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(text.as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        },
    );
    format!("OSS {}:{signature}", credentials.id())
}

/// What a refusal means. Its reason is in a little XML.
fn error(operation: &str, answer: &Answer) -> CloudError {
    let body = String::from_utf8_lossy(&answer.body);
    let text = |tag: &str| {
        let (_, rest) = body.split_once(&format!("<{tag}>"))?;
        rest.split_once(&format!("</{tag}>")).map(|(text, _)| text.to_owned())
    };
    let (code, status) = (text("Code").unwrap_or_default(), answer.status.as_u16());
    let kind = match (code.as_str(), status) {
        ("SignatureDoesNotMatch" | "InvalidAccessKeyId" | "SecurityTokenExpired", _) => Kind::Credentials,
        ("RequestTimeTooSkewed", _) => Kind::Clock,
        ("TooManyBuckets", _) => Kind::Quota,
        (_, 429) => Kind::Throttled,
        (_, 403) => Kind::Denied,
        // A bucket's name is taken by somebody else for good.
        (_, 500..) => Kind::Unavailable,
        _ => Kind::Invalid,
    };
    let message = text("Message").unwrap_or_else(|| format!("OSS answered with status {status}"));
    let error = CloudError::new(kind, operation, message);
    let error = if code.is_empty() { error } else { error.code(code) };
    match answer.header("x-oss-request-id") {
        Some(request) => error.request(request),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_the_stores_own_documentation_does() {
        let credentials = Credentials::new("44CF9590006BF252F707", "OtxrzxIsfpFjA7SwPzILwy8Bw21TLhquhboDYROV", None);
        let lines =
            ["PUT", "ODBGOERFMDMzQTczRUY3NUE3NzA5QzdFNUYzMDQxNEM=", "text/html", "Thu, 17 Nov 2005 18:49:58 GMT"];
        let headers = [("x-oss-magic", "abracadabra"), ("x-oss-meta-author", "foo@bar.com")];
        let signed = sign(lines, &headers, "/oss-example/nelson", &credentials);
        assert_eq!(signed, "OSS 44CF9590006BF252F707:26NBxoKdsyly4EDv6inkoDft/yA=");
    }
}
