//! Objects of COS, for packages that are larger than a request to SCF: an API of its own, with a signature of its own.

use fx_deploy::{Answer, CloudError, Kind};
use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};

use super::{Api, Credentials, now, signing::hex};

/// Seconds that a signature is good for: the upload of a large package over a slow line.
const GOOD_FOR: i64 = 3600;

/// A bucket.
pub(super) struct Bucket<'a> {
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
        let missing = match self.send("HeadBucket", "HEAD", "/", Vec::new()).await {
            Ok(_) => false,
            Err(error) if error.kind() == Kind::NotFound => true,
            Err(error) => return Err(error),
        };
        if !missing {
            return Ok(());
        }
        match self.send("PutBucket", "PUT", "/", Vec::new()).await {
            // Another unit of the same deploy was faster.
            Err(error) if error.kind() == Kind::AlreadyExists => Ok(()),
            result => result.map(drop),
        }
    }

    /// Writes an object, whatever was there. `path` begins with `/`, and has nothing in it that would have to be escaped.
    pub async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), CloudError> {
        self.send("PutObject", "PUT", path, bytes).await.map(drop)
    }

    async fn send(&self, operation: &str, method: &str, path: &str, body: Vec<u8>) -> Result<Answer, CloudError> {
        let address = match &self.api.endpoint {
            Some((scheme, host)) => format!("{scheme}://{host}{path}"),
            None => format!("https://{}{path}", self.host),
        };
        let client = self.api.http.client();
        let begun = if method == "HEAD" { client.head(address) } else { client.put(address).body(body) };
        let authorization = authorization(&self.api.credentials, method, path, &self.host, now());
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

/// The value of the `Authorization` header: of COS's own kind, over method, path and host.
fn authorization(credentials: &Credentials, method: &str, path: &str, host: &str, time: i64) -> String {
    let times = format!("{time};{}", time + GOOD_FOR);
    let key = hmac(credentials.key.text(), &times);
    let request = format!("{}\n{path}\n\nhost={host}\n", method.to_lowercase());
    let signature = hmac(&key, &format!("sha1\n{times}\n{}\n", hex(&Sha1::digest(request))));
    let id = &credentials.id;
    format!(
        "q-sign-algorithm=sha1&q-ak={id}&q-sign-time={times}&q-key-time={times}&q-header-list=host&q-url-param-list=&q-signature={signature}"
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
        for (method, path, signature) in [
            ("HEAD", "/", "be7657ed0358ae031d44a500157fde5f011c25de"),
            ("PUT", "/default/hello.zip", "71c504663e6402214e56a1920b5faa3d072aacc4"),
        ] {
            let said = authorization(&credentials, method, path, host, 1_700_000_000);
            let wanted = format!(
                "q-sign-algorithm=sha1&q-ak=AKIDEXAMPLE&q-sign-time=1700000000;1700003600&\
                 q-key-time=1700000000;1700003600&q-header-list=host&q-url-param-list=&q-signature={signature}"
            );
            assert_eq!(said, wanted);
        }
    }
}
