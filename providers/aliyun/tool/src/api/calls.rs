//! One call: its path, its signature, its answer.

use std::{fmt, sync::Arc};

use fx_deploy::{Answer, CloudError, Http, Kind};
use fx_provider::deploy::{Connection, Place};
use http::Method;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    credentials::{self, Credentials, Found},
    errors,
    oss::Store,
    signing::{Moment, Unsigned, sign},
    sls::{self, Lines},
};

/// The version of Function Compute's API, which is also the beginning of every path.
const FC_VERSION: &str = "2023-03-30";
const STS_VERSION: &str = "2015-04-01";

const JSON: &str = "application/json; charset=utf-8";
const BYTES: &str = "application/octet-stream";

/// A call.
pub(crate) struct Call {
    action: &'static str,
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, &'static str)>,
    body: Option<(&'static str, Vec<u8>)>,
}

impl Call {
    /// A call of this name. The path is given in parts, which are encoded here.
    pub fn new(action: &'static str, method: Method, path: &[&str]) -> Self {
        let path = path.iter().map(|part| format!("/{}", encode(part))).collect::<String>();
        Self {
            action,
            method,
            path: format!("/{FC_VERSION}{path}"),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
        }
    }

    /// A reading call.
    pub fn get(action: &'static str, path: &[&str]) -> Self {
        Self::new(action, Method::GET, path)
    }

    /// A deleting call.
    pub fn delete(action: &'static str, path: &[&str]) -> Self {
        Self::new(action, Method::DELETE, path)
    }

    /// Adds to the query.
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Adds a header that is not signed.
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Sends this as JSON.
    pub fn json(mut self, body: &Value) -> Self {
        self.body = Some((JSON, body.to_string().into_bytes()));
        self
    }

    /// Sends this as it is.
    pub fn bytes(mut self, body: &[u8]) -> Self {
        self.body = Some((BYTES, body.to_vec()));
        self
    }
}

/// The platform, open. Clones share it.
#[derive(Clone)]
pub(crate) struct Api(Arc<Inner>);

struct Inner {
    http: Http,
    credentials: Credentials,
    place: Place,
    /// Where the service is managed.
    control: String,
    /// Where functions are called: not through the gateway, which cuts off long calls.
    invoke: String,
    /// Where all logs are, if it is not where the region has them.
    logs: Option<String>,
    /// Where all buckets are, if it is not where the region has them.
    objects: Option<String>,
}

impl fmt::Debug for Api {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Api").field("place", &self.0.place).field("control", &self.0.control).finish()
    }
}

#[derive(Deserialize)]
struct CallerIdentity {
    #[serde(rename = "AccountId")]
    account: String,
}

impl Api {
    /// Finds key, region and account.
    pub async fn open(connection: &Connection<'_>) -> Result<Self, CloudError> {
        let Found { credentials, region: profile_region, account: profile_account } = credentials::find(connection)?;
        let variable = |name: &str| (connection.variables)(name).filter(|value| !value.is_empty());
        let region = connection
            .region
            .map(str::to_owned)
            .or_else(|| variable("FX_ALIYUN_REGION"))
            .or_else(|| variable("ALIBABA_CLOUD_REGION_ID"))
            .or(profile_region)
            .ok_or_else(no_region)?;
        // It becomes part of a host's name.
        if region.is_empty() || !region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(CloudError::new(Kind::Invalid, "region", format!("`{region}` is not the name of a region")));
        }
        let given = variable("FX_ALIYUN_ENDPOINT").map(|endpoint| endpoint.trim_end_matches('/').to_owned());
        let control = given.clone().unwrap_or_else(|| control_endpoint(&region));
        let http = Http::new()?;
        let account =
            variable("FX_ALIYUN_ACCOUNT_ID").or_else(|| variable("ALIBABA_CLOUD_ACCOUNT_ID")).or(profile_account);
        let account = match account {
            Some(account) => account,
            None => {
                let sts = variable("FX_ALIYUN_STS_ENDPOINT").or_else(|| given.clone());
                let sts = sts.unwrap_or_else(|| "https://sts.aliyuncs.com".to_owned());
                let call = Call { path: "/".into(), ..Call::new("GetCallerIdentity", Method::POST, &[]) };
                let answer = send(&http, &credentials, sts.trim_end_matches('/'), STS_VERSION, &call).await?;
                parse::<CallerIdentity>(call.action, &answer)?.account
            }
        };
        if account.is_empty() || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            let message = format!("`{account}` is not the number of an account");
            return Err(CloudError::new(Kind::Invalid, "account", message));
        }
        let objects = variable("FX_ALIYUN_OSS_ENDPOINT").or_else(|| given.clone());
        let logs = variable("FX_ALIYUN_LOG_ENDPOINT").or_else(|| given.clone());
        let invoke = given.unwrap_or_else(|| format!("https://{account}.{region}.fc.aliyuncs.com"));
        let place = Place { account, region };
        Ok(Self(Arc::new(Inner { http, credentials, place, control, invoke, logs, objects })))
    }

    /// Account and region.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// Makes a call; what is not a success is an error.
    pub async fn call(&self, call: &Call) -> Result<Answer, CloudError> {
        send(&self.0.http, &self.0.credentials, &self.0.control, FC_VERSION, call).await
    }

    /// Makes a call where functions are called.
    pub async fn invoke(&self, call: &Call) -> Result<Answer, CloudError> {
        send(&self.0.http, &self.0.credentials, &self.0.invoke, FC_VERSION, call).await
    }

    /// A page of a log.
    pub async fn lines(&self, lines: &Lines<'_>) -> Result<Vec<Value>, CloudError> {
        let Inner { http, credentials, place, logs, .. } = &*self.0;
        let endpoint = match logs {
            Some(endpoint) => endpoint.trim_end_matches('/').to_owned(),
            None => format!("https://{}.{}.log.aliyuncs.com", lines.project, place.region),
        };
        parse("GetLogs", &sls::get(http, credentials, &endpoint, lines).await?)
    }

    /// Writes a package into the bucket for packages, which is made if it is not there, and says where it is in the API's words. Of
    /// each function there is one object: the platform keeps what it was given.
    pub async fn upload(&self, function: &str, bytes: Vec<u8>) -> Result<Value, CloudError> {
        let Place { account, region } = self.place();
        let (bucket, object) = (code_bucket(account, region), package_key(function));
        let store = Store::new(self, &bucket);
        store.make().await?;
        store.put(&object, "application/zip", bytes).await?;
        Ok(json!({ "ossBucketName": bucket, "ossObjectName": object }))
    }

    /// The address that has a bucket's objects below it.
    pub(super) fn bucket_address(&self, bucket: &str) -> String {
        match &self.0.objects {
            Some(endpoint) => format!("{}/{bucket}", endpoint.trim_end_matches('/')),
            None => format!("https://{bucket}.oss-{}.aliyuncs.com", self.place().region),
        }
    }

    /// What calls of other services are made with.
    pub(super) fn means(&self) -> (&Http, &Credentials) {
        (&self.0.http, &self.0.credentials)
    }

    /// Makes a call that is answered in JSON.
    pub async fn ask<T: DeserializeOwned>(&self, call: &Call) -> Result<T, CloudError> {
        parse(call.action, &self.call(call).await?)
    }

    /// Asks for something; `None`: it is not there.
    pub async fn find<T: DeserializeOwned>(&self, call: &Call) -> Result<Option<T>, CloudError> {
        match self.ask(call).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deletes something. That it is gone already is no failure.
    pub async fn remove(&self, call: &Call) -> Result<(), CloudError> {
        match self.call(call).await {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == Kind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Asks for a list, page by page. `list` is the member of the answer that it stands in.
    pub async fn list(&self, page: impl Fn() -> Call, list: &str) -> Result<Vec<Value>, CloudError> {
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let mut call = page().query("limit", "100");
            if let Some(token) = token.take() {
                call = call.query("nextToken", token);
            }
            let mut answer: Value = self.ask(&call).await?;
            if let Some(Value::Array(items)) = answer.get_mut(list).map(Value::take) {
                all.extend(items);
            }
            match answer["nextToken"].as_str().filter(|token| !token.is_empty()) {
                Some(next) => token = Some(next.to_owned()),
                None => return Ok(all),
            }
        }
    }
}

async fn send(
    http: &Http,
    credentials: &Credentials,
    endpoint: &str,
    version: &str,
    call: &Call,
) -> Result<Answer, CloudError> {
    let mut query: Vec<String> = call.query.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    query.sort();
    let query = query.join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    let empty = Vec::new();
    let (content_type, body) = call.body.as_ref().map_or((None, &empty), |(kind, body)| (Some(*kind), body));
    let wrong = |error: reqwest::Error| {
        CloudError::new(Kind::Invalid, call.action, format!("`{endpoint}` is not an address: {}", error.without_url()))
    };
    let mut request = http
        .client()
        .request(call.method.clone(), format!("{endpoint}{}{mark}{query}", call.path))
        .body(body.clone())
        .build()
        .map_err(wrong)?;
    let host = host(request.url());
    let unsigned = Unsigned {
        action: call.action,
        version,
        method: call.method.as_str(),
        host: &host,
        path: request.url().path(),
        query: &query,
        content_type,
        body,
    };
    let moment = Moment::now()
        .ok_or_else(|| CloudError::new(Kind::Failed, call.action, "this machine gives no random numbers"))?;
    let mut headers: Vec<(&str, String)> = sign(&unsigned, credentials, moment);
    headers.extend(content_type.map(|kind| ("content-type", kind.to_owned())));
    headers.extend(call.headers.iter().map(|(name, value)| (*name, (*value).to_owned())));
    for (name, value) in headers {
        let value = value.parse::<http::HeaderValue>().map_err(|_| {
            // Only what comes from a key or a token can be wrong here, and it is not printed.
            CloudError::new(Kind::Credentials, call.action, "the access key has a character that no header can carry")
        })?;
        request.headers_mut().insert(name, value);
    }
    let answer = http.send(call.action, request).await?;
    if answer.status.is_success() { Ok(answer) } else { Err(errors::of(call.action, &answer)) }
}

fn host(url: &reqwest::Url) -> String {
    let name = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
}

fn parse<T: DeserializeOwned>(action: &str, answer: &Answer) -> Result<T, CloudError> {
    serde_json::from_slice(&answer.body).map_err(|error| {
        // The error names a place, never a value.
        let message = format!("the answer is not what this version of fx expects: {error}");
        CloudError::new(Kind::Invalid, action, message).request(answer.header("x-fc-request-id").unwrap_or("not said"))
    })
}

/// The bucket for packages: names of buckets are the whole platform's, so the account's number is part of it.
pub(crate) fn code_bucket(account: &str, region: &str) -> String {
    format!("fx-code-{account}-{region}")
}

/// The object that a function's package is in that bucket.
pub(crate) fn package_key(function: &str) -> String {
    format!("{function}.zip")
}

fn no_region() -> CloudError {
    CloudError::new(
        Kind::Invalid,
        "region",
        "no region: neither `--region` nor `provider.region` in f.yml nor FX_ALIYUN_REGION nor \
         ALIBABA_CLOUD_REGION_ID is set, and the profile names none",
    )
    .help("say `region: cn-hangzhou` under `provider` in f.yml, or another one near your visitors")
}

/// Four regions are not called by the usual scheme; from the official SDK's endpoint map.
fn control_endpoint(region: &str) -> String {
    match region {
        "me-central-1" => "https://me-central-1.fc.aliyuncs.com".into(),
        "cn-shanghai-finance-1" => "https://cn-shanghai-finance-1.fc.aliyuncs.com".into(),
        "cn-heyuan-acdr-1" => "https://cn-heyuan-acdr-1.fc.aliyuncs.com".into(),
        "cn-hangzhou-finance" => "https://cn-hangzhou-finance.fc.aliyuncs.com".into(),
        region => format!("https://fcv3.{region}.aliyuncs.com"),
    }
}

/// RFC 3986: everything but letters, digits and `-_.~`.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
            _ => encoded += &format!("%{byte:02X}"),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unreserved_characters_are_left_alone() {
        assert_eq!(encode("aZ0-_.~"), "aZ0-_.~");
        assert_eq!(encode("~/ä 2*'"), "~%2F%C3%A4%202%2A%27");
    }

    #[test]
    fn a_path_is_made_of_encoded_parts() {
        let call = Call::get("GetFunction", &["functions", "a/b c"]);
        assert_eq!(call.path, "/2023-03-30/functions/a%2Fb%20c");
    }

    #[test]
    fn some_regions_have_addresses_of_their_own() {
        assert_eq!(control_endpoint("cn-hangzhou"), "https://fcv3.cn-hangzhou.aliyuncs.com");
        assert_eq!(control_endpoint("me-central-1"), "https://me-central-1.fc.aliyuncs.com");
    }

    #[test]
    fn the_port_is_part_of_the_host_if_it_is_not_the_usual_one() {
        let said = |url: &str| host(&reqwest::Url::parse(url).unwrap());
        assert_eq!(said("https://fc.example.com/x"), "fc.example.com");
        assert_eq!(said("http://127.0.0.1:8080/x"), "127.0.0.1:8080");
    }
}
