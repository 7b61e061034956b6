//! The object store, for packages that are larger than a request and for files that browsers load: an API of its own, with a signature of
//! its own, the fourth: new accounts and new buckets are refused the first.

use fx_deploy::{Answer, CloudError, Kind, Pending};
use fx_provider::site::{Bucket, BucketCall, Remedies};
use hmac::{Hmac, KeyInit, Mac};
use http::Method;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{Api, credentials::Credentials};

const ALGORITHM: &str = "OSS4-HMAC-SHA256";
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// A bucket.
pub(crate) struct Store {
    api: Api,
    name: String,
}

impl Store {
    /// A bucket by its name.
    pub fn new(api: &Api, name: &str) -> Self {
        Self { api: api.clone(), name: name.to_owned() }
    }

    /// Makes it, so that nobody but the account can read it. One that the account has already stays as it is.
    pub async fn make(&self) -> Result<(), CloudError> {
        self.send(&bare("PutBucket", "")).await.map(drop)
    }

    /// Writes an object, whatever was there.
    pub async fn put(&self, key: &str, content_type: &str, body: Vec<u8>) -> Result<(), CloudError> {
        let headers = vec![("content-type", content_type.to_owned())];
        self.send(&BucketCall { headers, body, ..bare("PutObject", key) }).await.map(drop)
    }

    async fn send(&self, call: &BucketCall) -> Result<Answer, CloudError> {
        let (http, credentials) = self.api.means();
        let url = format!("{}{}", self.api.bucket_address(&self.name), call.path_and_query());
        let signed = sign(call, &self.name, &self.api.place().region, credentials, Timestamp::now());
        let begun = http.client().request(call.method.clone(), url).body(call.body.clone());
        let headers = call
            .headers
            .iter()
            .map(|(name, value)| (*name, value))
            .chain(signed.iter().map(|(name, value)| (*name, value)));
        let request = headers.fold(begun, |begun, (name, value)| begun.header(name, value)).build();
        let request = request.map_err(|error| {
            let message = format!("cannot be asked: {}", error.without_url());
            CloudError::new(Kind::Invalid, call.operation, message)
        })?;
        let answer = http.send(call.operation, request).await?;
        if answer.status.is_success() { Ok(answer) } else { Err(error(call.operation, &answer)) }
    }
}

impl Bucket for Store {
    fn name(&self) -> &str {
        &self.name
    }

    fn address(&self) -> String {
        self.api.bucket_address(&self.name)
    }

    fn call(&self, call: BucketCall) -> Pending<'_, Answer> {
        Box::pin(async move { self.send(&call).await })
    }

    fn remedies(&self) -> Remedies {
        Remedies {
            make: "make it in the region of the functions: `ossutil mb oss://BUCKET --region REGION`",
            open: "let everybody read it: turn off \"block public access\" of the bucket, then \
                   `ossutil api put-bucket-acl --bucket BUCKET --acl public-read`; or put a CDN in front of it that may read it",
            cors: "allow it in the bucket's CORS rules: source `*`, method GET (console: Content Security, CORS), and let a CDN in front \
                   of it pass `Access-Control-Allow-Origin` on",
        }
    }
}

fn bare(operation: &'static str, key: &str) -> BucketCall {
    let (method, key) = (Method::PUT, key.to_owned());
    BucketCall { operation, method, key, query: Vec::new(), headers: Vec::new(), body: Vec::new() }
}

/// The headers that a request needs besides its own.
fn sign(
    call: &BucketCall,
    bucket: &str,
    region: &str,
    credentials: &Credentials,
    now: Timestamp,
) -> Vec<(&'static str, String)> {
    let moment = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let scope = format!("{}/{region}/oss/aliyun_v4_request", &moment[..8]);
    let mut added = vec![("x-oss-content-sha256", UNSIGNED.to_owned()), ("x-oss-date", moment.clone())];
    added.extend(credentials.token().map(|token| ("x-oss-security-token", token.to_owned())));
    let is_signed = |name: &str| matches!(name, "content-type" | "content-md5") || name.starts_with("x-oss-");
    let mut signed: Vec<(&str, &str)> = call
        .headers
        .iter()
        .chain(&added)
        .map(|(name, value)| (*name, value.trim()))
        .filter(|(name, _)| is_signed(name))
        .collect();
    signed.sort_unstable();
    let headers: String = signed.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let request = format!("{}\n/{bucket}{}\n{}\n{headers}\n\n{UNSIGNED}", call.method, call.path(), call.query());
    let text = format!("{ALGORITHM}\n{moment}\n{scope}\n{}", hex(&Sha256::digest(request)));
    let start = format!("aliyun_v4{}", credentials.secret()).into_bytes();
    let key = scope.split('/').fold(start, |key, part| mac(&key, part));
    let signature = hex(&mac(&key, &text));
    added.push(("authorization", format!("{ALGORITHM} Credential={}/{scope},Signature={signature}", credentials.id())));
    added
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    // HMAC takes keys of every length.
    Hmac::<Sha256>::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(text.as_bytes());
            mac.finalize().into_bytes().to_vec()
        },
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
        (_, 404) => Kind::NotFound,
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

    /// The values were computed with the signer of the official SDK for Python, alibabacloud-oss-v2 1.4.1.
    #[test]
    fn signs_as_the_official_sdk_does() {
        let credentials = Credentials::new("LTAIEXAMPLE", "fxExampleSecret", Some("token-1".into()));
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        let signed = |call: &BucketCall| {
            let headers = sign(call, "site", "cn-hangzhou", &credentials, now);
            headers.last().unwrap().1.rsplit_once('=').unwrap().1.to_owned()
        };
        let headers =
            vec![("cache-control", "public".to_owned()), ("content-type", "text/css; charset=utf-8".to_owned())];
        let put = BucketCall { headers, ..bare("PutObject", "v1/todo/a b.css") };
        let query = vec![("marker", "v1/x y".to_owned()), ("max-keys", "1000".into()), ("prefix", "v1/todo/".into())];
        let list = BucketCall { query, method: Method::GET, ..bare("ListObjects", "") };
        assert_eq!(
            (signed(&put).as_str(), signed(&list).as_str()),
            (
                "26f3b47921d08dd359d6cb784dabd99fc26e872940a45d91fb20d5ff5a20e2fc",
                "8bc45383606d74e7463bbdf242b4d0afe9a1b74751488a03d6f5119398a2d832"
            )
        );
    }
}
