//! SCF's API: one call after the other over HTTPS, each signed.

mod answers;
mod calls;
mod cos;
mod credentials;
mod errors;
mod signing;

use std::time::{SystemTime, UNIX_EPOCH};

use fx_deploy::{CloudError, Http, Kind};
use fx_provider::deploy::Connection;
use reqwest::Request;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

pub(crate) use answers::{Alias, FunctionInfo, TriggerInfo};
pub(crate) use calls::{DEFAULT, LATEST, Scf, code_bucket};
pub(crate) use credentials::Credentials;

use signing::Signing;

const CONTENT_TYPE: &str = "application/json";
/// Bytes of the largest request that the API takes.
pub(crate) const LARGEST_REQUEST: usize = 10 << 20;
/// Calls a stand-in for the API, in tests.
const ENDPOINT: &str = "FX_TENCENT_ENDPOINT";

/// A service of the platform.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Service {
    /// Its name, which is the first part of its host.
    pub name: &'static str,
    /// The version of its API.
    pub version: &'static str,
}

const CAM: Service = Service { name: "cam", version: "2019-01-16" };
const SCF: Service = Service { name: "scf", version: "2018-04-16" };
const STS: Service = Service { name: "sts", version: "2018-08-13" };
const TAG: Service = Service { name: "tag", version: "2018-08-13" };

/// The API, as somebody.
#[derive(Debug)]
pub(crate) struct Api {
    http: Http,
    credentials: Credentials,
    /// The region that every call is about.
    pub region: String,
    /// `http` or `https` and a host, if it is not the public one.
    endpoint: Option<(&'static str, String)>,
}

impl Api {
    /// Finds region and credentials. Nothing is called.
    pub fn open(connection: &Connection<'_>) -> Result<Self, CloudError> {
        let endpoint = credentials::variable(connection, ENDPOINT).map(|text| endpoint(&text)).transpose()?;
        let (region, credentials) = (credentials::region(connection)?, credentials::find(connection)?);
        Ok(Self { http: Http::new()?, credentials, region, endpoint })
    }

    /// Calls an action.
    pub async fn call<T: DeserializeOwned>(
        &self,
        service: Service,
        action: &'static str,
        body: &Value,
    ) -> Result<T, CloudError> {
        let request = self.request(service, action, body.to_string().into_bytes())?;
        let answer = self.http.send(action, request).await?;
        if answer.status != 200 {
            return Err(errors::status(action, answer.status.as_u16(), answer.retry_after()));
        }
        let unreadable = |kind: Kind, error: serde_json::Error| {
            CloudError::new(kind, action, format!("the answer is not one of the platform's: {error}"))
        };
        // What is no JSON at all comes from something between here and the platform.
        let Envelope { response } =
            serde_json::from_slice(&answer.body).map_err(|error| unreadable(Kind::Unavailable, error))?;
        if let Some(error) = response.get("Error") {
            let text = |name: &str| error[name].as_str().unwrap_or_default();
            return Err(errors::answered(action, text("Code"), text("Message"), response["RequestId"].as_str()));
        }
        serde_json::from_value(response).map_err(|error| unreadable(Kind::Invalid, error))
    }

    fn request(&self, service: Service, action: &'static str, body: Vec<u8>) -> Result<Request, CloudError> {
        if body.len() > LARGEST_REQUEST {
            let message = format!("the request has {} MB, and the platform takes 10 MB", body.len() >> 20);
            return Err(CloudError::new(Kind::Invalid, action, message).help("make the package smaller"));
        }
        let (scheme, host) = match &self.endpoint {
            Some((scheme, host)) => (*scheme, host.clone()),
            None => ("https", self.host(service)),
        };
        let time = now();
        let signing = Signing { service: service.name, host: &host, content_type: CONTENT_TYPE, body: &body, time };
        let authorization = signing.authorization(&self.credentials);
        let mut request = self
            .http
            .client()
            .post(format!("{scheme}://{host}/"))
            .header("content-type", CONTENT_TYPE)
            .header("host", &host)
            .header("authorization", authorization)
            .header("x-tc-action", action)
            .header("x-tc-version", service.version)
            .header("x-tc-timestamp", time)
            .header("x-tc-region", &self.region)
            .header("x-tc-language", "en-US");
        if let Some(token) = &self.credentials.token {
            request = request.header("x-tc-token", token.text());
        }
        request.body(body).build().map_err(|_| self.unsendable(action))
    }

    fn unsendable(&self, action: &str) -> CloudError {
        let source = &self.credentials.source;
        let message = format!("the credentials of {source}, or the region, have characters that no header takes");
        CloudError::new(Kind::Credentials, action, message)
    }

    fn host(&self, service: Service) -> String {
        // The regions of the financial cloud are reached at addresses of their own only.
        match self.region.ends_with("-fsi") {
            true => format!("{}.{}.tencentcloudapi.com", service.name, self.region),
            false => format!("{}.tencentcloudapi.com", service.name),
        }
    }
}

/// Seconds since 1970. A clock from before is not going to be believed anyway.
fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed())
}

/// What every answer is wrapped in.
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "Response")]
    response: Value,
}

fn endpoint(text: &str) -> Result<(&'static str, String), CloudError> {
    let parts = ["http", "https"].iter().find_map(|scheme| {
        let host = text.strip_prefix(scheme)?.strip_prefix("://")?.trim_end_matches('/');
        (!host.is_empty() && !host.contains('/')).then(|| (*scheme, host.to_owned()))
    });
    parts.ok_or_else(|| {
        let message = format!("{ENDPOINT} is `{text}`, which is no address");
        CloudError::new(Kind::Invalid, "connect", message).help("write it as http://127.0.0.1:9999")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_endpoint_is_a_scheme_and_a_host() {
        assert_eq!(endpoint("http://127.0.0.1:80/").unwrap(), ("http", "127.0.0.1:80".to_owned()));
        assert_eq!(endpoint("https://scf.example").unwrap(), ("https", "scf.example".to_owned()));
        for wrong in ["127.0.0.1:80", "http://", "http://a/b", "ftp://a"] {
            assert!(endpoint(wrong).is_err(), "{wrong}");
        }
    }
}
