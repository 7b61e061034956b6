//! Objects of COS, for packages that are larger than a request to SCF and for files that browsers load: an API of its own, with a signature
//! of its own.

use fx_deploy::{Answer, CloudError, Kind};
use fx_provider::site::BucketCall;
use hmac::{Hmac, KeyInit, Mac};
use http::Method;
use sha1::{Digest, Sha1};

use super::{Api, Credentials, now, signing::hex};

/// Seconds that a signature is good for: the upload of a large package over a slow line.
const GOOD_FOR: i64 = 3600;

/// A bucket.
pub(crate) struct Bucket<'a> {
    api: &'a Api,
    host: String,
}

impl<'a> Bucket<'a> {
    /// A bucket by its full name, the account's number at its end included.
    pub fn new(api: &'a Api, name: &str) -> Self {
        Self { api, host: format!("{name}.cos.{}.myqcloud.com", api.region) }
    }

    /// Makes it if it is not there. Nobody but the account can read it.
    pub async fn ensure(&self) -> Result<(), CloudError> {
        let missing = match self.send(&bare("HeadBucket", Method::HEAD, "")).await {
            Ok(_) => false,
            Err(error) if error.kind() == Kind::NotFound => true,
            Err(error) => return Err(error),
        };
        if !missing {
            return Ok(());
        }
        match self.send(&bare("PutBucket", Method::PUT, "")).await {
            // Another unit of the same deploy was faster.
            Err(error) if error.kind() == Kind::AlreadyExists => Ok(()),
            result => result.map(drop),
        }
    }

    /// Writes an object, whatever was there.
    pub async fn put(&self, key: &str, body: Vec<u8>) -> Result<(), CloudError> {
        self.send(&BucketCall { body, ..bare("PutObject", Method::PUT, key) }).await.map(drop)
    }

    /// The address that has its objects below it.
    pub fn address(&self) -> String {
        match &self.api.endpoint {
            Some((scheme, host)) => {
                let name = self.host.split('.').next().unwrap_or_default();
                format!("{scheme}://{host}/{name}")
            }
            None => format!("https://{}", self.host),
        }
    }

    /// Makes a call; an answer that is no success is an error.
    pub async fn send(&self, call: &BucketCall) -> Result<Answer, CloudError> {
        let operation = call.operation;
        let address = match &self.api.endpoint {
            Some((scheme, host)) => format!("{scheme}://{host}{}", call.path_and_query()),
            None => format!("https://{}{}", self.host, call.path_and_query()),
        };
        let authorization = authorization(&self.api.credentials, call, &self.host, now());
        let begun = self.api.http.client().request(call.method.clone(), address).body(call.body.clone());
        let headers = call.headers.iter().map(|(name, value)| (*name, value));
        let begun = headers.fold(begun, |begun, (name, value)| begun.header(name, value));
        let mut request = begun.header("host", &self.host).header("authorization", authorization);
        if let Some(token) = &self.api.credentials.token {
            request = request.header("x-cos-security-token", token.text());
        }
        let request = request.build().map_err(|_| self.api.unsendable(operation))?;
        let answer = self.api.http.send(operation, request).await?;
        match answer.status.is_success() {
            true => Ok(answer),
            false => Err(error(operation, &answer)),
        }
    }
}

fn bare(operation: &'static str, method: Method, key: &str) -> BucketCall {
    BucketCall { operation, method, key: key.to_owned(), query: Vec::new(), headers: Vec::new(), body: Vec::new() }
}

/// What a refusal means. Its reason is in a little XML, except of questions that are answered without a body.
fn error(operation: &str, answer: &Answer) -> CloudError {
    let body = String::from_utf8_lossy(&answer.body);
    let text = |tag: &str| {
        let (_, rest) = body.split_once(&format!("<{tag}>"))?;
        rest.split_once(&format!("</{tag}>")).map(|(text, _)| text.to_owned())
    };
    let code = text("Code").unwrap_or_default();
    let kind = match (code.as_str(), answer.status.as_u16()) {
        ("SignatureDoesNotMatch" | "InvalidAccessKeyId", _) => Kind::Credentials,
        ("RequestTimeTooSkewed" | "RequestIsExpired", _) => Kind::Clock,
        ("TooManyBuckets", _) => Kind::Quota,
        ("SlowDown", _) | (_, 429) => Kind::Throttled,
        (_, 403) => Kind::Denied,
        (_, 404) => Kind::NotFound,
        (_, 409) => Kind::AlreadyExists,
        (_, 500..) => Kind::Unavailable,
        _ => Kind::Invalid,
    };
    let message = text("Message").unwrap_or_else(|| format!("COS answered with status {}", answer.status.as_u16()));
    let error = CloudError::new(kind, operation, message);
    let error = if code.is_empty() { error } else { error.code(code) };
    match answer.header("x-cos-request-id") {
        Some(request) => error.request(request),
        None => error,
    }
}

/// The value of the `Authorization` header: of COS's own kind, over method, path, query and host.
fn authorization(credentials: &Credentials, call: &BucketCall, host: &str, time: i64) -> String {
    let times = format!("{time};{}", time + GOOD_FOR);
    let key = hmac(credentials.key.text(), &times);
    let (method, query) = (call.method.as_str().to_lowercase(), call.query());
    let request = format!("{method}\n/{}\n{query}\nhost={host}\n", call.key);
    let asked = call.query.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let signature = hmac(&key, &format!("sha1\n{times}\n{}\n", hex(&Sha1::digest(request))));
    let id = &credentials.id;
    format!(
        "q-sign-algorithm=sha1&q-ak={id}&q-sign-time={times}&q-key-time={times}&q-header-list=host&q-url-param-list={asked}&q-signature={signature}"
    )
}

fn hmac(key: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    hex(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use fx_deploy::Value;

    use super::*;

    /// The values were computed with the signing class of the official SDK for Python, cos-python-sdk-v5 1.9.
    #[test]
    fn signs_as_the_official_sdk_does() {
        let credentials = Credentials {
            id: "AKIDEXAMPLE".into(),
            key: Value::secret("fxExampleSecretKey0000000000000000"),
            token: None,
            source: "a test".into(),
        };
        let host = "fx-code-1250000000.cos.ap-guangzhou.myqcloud.com";
        let list = vec![("marker", "web/a b".to_owned()), ("max-keys", "1000".into()), ("prefix", "web/".into())];
        for (call, asked, signature) in [
            (bare("HeadBucket", Method::HEAD, ""), "", "be7657ed0358ae031d44a500157fde5f011c25de"),
            (bare("PutObject", Method::PUT, "default/hello.zip"), "", "71c504663e6402214e56a1920b5faa3d072aacc4"),
            (bare("PutObject", Method::PUT, "web/a b.css"), "", "4363673210cd9c980b3d1b5cb4b32fc7dbd31920"),
            (
                BucketCall { query: list, ..bare("GetBucket", Method::GET, "") },
                "marker;max-keys;prefix",
                "d588ea5f89ee1c16c69b5760b03eb596645d0504",
            ),
        ] {
            let said = authorization(&credentials, &call, host, 1_700_000_000);
            let wanted = format!(
                "q-sign-algorithm=sha1&q-ak=AKIDEXAMPLE&q-sign-time=1700000000;1700003600&\
                 q-key-time=1700000000;1700003600&q-header-list=host&q-url-param-list={asked}&q-signature={signature}"
            );
            assert_eq!(said, wanted);
        }
    }
}
