//! TC3-HMAC-SHA256: the proof that a request comes from who it says, and is what was sent.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::Credentials;

const ALGORITHM: &str = "TC3-HMAC-SHA256";
/// Both must be signed; more may.
const SIGNED_HEADERS: &str = "content-type;host";

/// What of a request is signed.
pub(super) struct Signing<'a> {
    /// The service that is called: `scf`.
    pub service: &'a str,
    pub host: &'a str,
    pub content_type: &'a str,
    pub body: &'a [u8],
    /// Seconds since 1970.
    pub time: i64,
}

impl Signing<'_> {
    /// The value of the `Authorization` header.
    pub fn authorization(&self, credentials: &Credentials) -> String {
        let date = self.date();
        let scope = format!("{date}/{}/tc3_request", self.service);
        let text = format!("{ALGORITHM}\n{}\n{scope}\n{}", self.time, hex(&Sha256::digest(self.canonical())));
        let signature = hex(&hmac(&key(credentials.key.text(), &date, self.service), &text));
        let id = &credentials.id;
        format!("{ALGORITHM} Credential={id}/{scope}, SignedHeaders={SIGNED_HEADERS}, Signature={signature}")
    }

    fn canonical(&self) -> String {
        let Self { host, content_type, body, .. } = self;
        let lower = |text: &str| text.trim().to_lowercase();
        format!(
            "POST\n/\n\ncontent-type:{}\nhost:{}\n\n{SIGNED_HEADERS}\n{}",
            lower(content_type),
            lower(host),
            hex(&Sha256::digest(body))
        )
    }

    fn date(&self) -> String {
        // Out of range in the year 9999, when this will have been noticed.
        Timestamp::from_second(self.time).unwrap_or_default().strftime("%Y-%m-%d").to_string()
    }
}

fn key(secret: &str, date: &str, service: &str) -> Vec<u8> {
    [date, service, "tc3_request"].iter().fold(format!("TC3{secret}").into_bytes(), |key, part| hmac(&key, part))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The values were computed with the signing function of the official SDK for Python.
#[cfg(test)]
mod tests {
    use fx_deploy::Value;

    use super::*;

    const TIME: i64 = 1_700_000_000;

    fn credentials() -> Credentials {
        Credentials {
            id: "AKIDEXAMPLE".into(),
            key: Value::secret("fxExampleSecretKey0000000000000000"),
            token: None,
            source: "a test".into(),
        }
    }

    fn signing<'a>(content_type: &'a str, host: &'a str, body: &'a str) -> Signing<'a> {
        Signing { service: "scf", host, content_type, body: body.as_bytes(), time: TIME }
    }

    #[test]
    fn signs_as_the_official_sdk_does() {
        let public = "scf.tencentcloudapi.com";
        let plain = "application/json";
        for (content_type, host, body, signature) in [
            (plain, public, r#"{"Limit": 10}"#, "8d4e5594396b50a0c51908caf050fbed72350cd37ddd7e719460449c5894aca0"),
            (plain, public, r#"{"Limit":10}"#, "c3d558292c0367c3044a6a524542a4fa2e6584a071b4b82baf8a0eb1eda88113"),
            (
                "application/json; charset=utf-8",
                public,
                r#"{"FunctionName":"hello","Description":"你好"}"#,
                "2c267a9dfbddf1fa1f453a7b535be2c0b60ef1bae73fb92668bbe37885562f65",
            ),
            (plain, "127.0.0.1:18080", "{}", "318338d37ef2544c90ba45fe15abf0b5e0a3cd7e53c8dc07856050a9760ed5be"),
        ] {
            let said = signing(content_type, host, body).authorization(&credentials());
            let wanted = format!(
                "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2023-11-14/scf/tc3_request, \
                 SignedHeaders=content-type;host, Signature={signature}"
            );
            assert_eq!(said, wanted, "{content_type} {host} {body}");
        }
    }

    #[test]
    fn the_steps_on_the_way_are_the_sdks_too() {
        let request = signing("application/json", "scf.tencentcloudapi.com", r#"{"Limit": 10}"#);
        assert_eq!(
            hex(&Sha256::digest(request.canonical())),
            "7607f55ef23c3e7adc021c00cdcae533d0f28ab68709d0775108c47dc8fe4f3b"
        );
        assert_eq!(
            hex(&key(credentials().key.text(), "2023-11-14", "scf")),
            "ae7a41a324bde7e4cc60a9421a2f1e3517e942af307ea52d096de59effe6de12"
        );
    }

    #[test]
    fn the_key_is_in_no_output() {
        let said = format!("{:?}", credentials());
        assert!(!said.contains("fxExample") && said.contains("AKIDEXAMPLE"), "{said}");
    }
}
