//! Signed calls of the services of which a deploy needs a handful of calls each. Their client libraries together would take longer to
//! build than all the rest of fx; the signature is the SDK's own.

use std::time::SystemTime;

use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use bytes::Bytes;
use fx_deploy::{Answer, CloudError, Http, Kind};
use http::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    Api, endpoint,
    errors::{innermost, refusal},
};
use crate::regions::{Partition, partition};

/// A service that is called directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    /// APIs in front of functions, and domains.
    ApiGateway,
    /// EventBridge rules.
    Events,
    /// Roles.
    Iam,
    /// CloudWatch Logs.
    Logs,
    /// Buckets.
    S3,
    /// EventBridge schedules.
    Scheduler,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::ApiGateway, Self::Events, Self::Iam, Self::Logs, Self::S3, Self::Scheduler];

    /// The end of the variable that sets its endpoint.
    pub fn variable(self) -> &'static str {
        match self {
            Self::ApiGateway => "APIGATEWAYV2",
            Self::Events => "EVENTBRIDGE",
            Self::Iam => "IAM",
            Self::Logs => "CLOUDWATCH_LOGS",
            Self::S3 => "S3",
            Self::Scheduler => "SCHEDULER",
        }
    }

    /// The name that signatures are made for.
    fn signed_as(self) -> &'static str {
        match self {
            Self::ApiGateway => "apigateway",
            Self::Events => "events",
            Self::Iam => "iam",
            Self::Logs => "logs",
            Self::S3 => "s3",
            Self::Scheduler => "scheduler",
        }
    }

    /// Its address, and the region that signatures are made for.
    fn home(self, region: &str) -> (String, String) {
        let Partition { domain, iam: (host, home), .. } = partition(region);
        match self {
            Self::Iam => (format!("https://{host}"), (*home).to_owned()),
            _ => (format!("https://{}.{region}.{domain}", self.signed_as()), region.to_owned()),
        }
    }

    /// How its signatures are made. S3 alone wants the path as it is, and the body's checksum as a header.
    fn settings(self) -> SigningSettings {
        let mut settings = SigningSettings::default();
        if self == Self::S3 {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        settings
    }
}

/// A call.
pub(crate) struct Call {
    service: Service,
    operation: &'static str,
    method: Method,
    /// Of S3: the bucket, which is a part of the host's name or of the path.
    bucket: Option<String>,
    /// Begins with `/`, is escaped, and has the query at its end.
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
}

impl Call {
    /// A call of EventBridge: `PutRule`, with its input.
    pub fn events(operation: &'static str, input: &Value) -> Self {
        Self::json(Service::Events, "AWSEvents", operation, input)
    }

    /// A call of CloudWatch Logs.
    pub fn logs(operation: &'static str, input: &Value) -> Self {
        Self::json(Service::Logs, "Logs_20140328", operation, input)
    }

    /// A call of IAM.
    pub fn iam(operation: &'static str, input: &[(&str, &str)]) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", operation).append_pair("Version", "2010-05-08").extend_pairs(input);
        let headers = vec![("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned())];
        Self { headers, body: form.finish().into(), ..Self::bare(Service::Iam, operation, Method::POST, "/") }
    }

    /// A call that is told by method and path, with its input, if it has one. `path` is escaped, and has the query at its end.
    pub fn rest(
        service: Service,
        operation: &'static str,
        method: Method,
        path: impl Into<String>,
        input: Option<&Value>,
    ) -> Self {
        let call = Self::bare(service, operation, method, path);
        let Some(input) = input else { return call };
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { headers, body: input.to_string().into(), ..call }
    }

    /// A call about a bucket of `owner`'s, and nobody else's. `path` is escaped, and has the query at its end.
    pub fn s3(
        operation: &'static str,
        method: Method,
        owner: Option<&str>,
        bucket: &str,
        path: impl Into<String>,
        body: Bytes,
    ) -> Self {
        let headers = owner.map(|owner| ("x-amz-expected-bucket-owner", owner.to_owned())).into_iter().collect();
        Self { bucket: Some(bucket.to_owned()), headers, body, ..Self::bare(Service::S3, operation, method, path) }
    }

    /// The same with one more header.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    fn bare(service: Service, operation: &'static str, method: Method, path: impl Into<String>) -> Self {
        Self { service, operation, method, bucket: None, path: path.into(), headers: Vec::new(), body: Bytes::new() }
    }

    fn json(service: Service, prefix: &str, operation: &'static str, input: &Value) -> Self {
        let headers = vec![
            ("content-type", "application/x-amz-json-1.1".to_owned()),
            ("x-amz-target", format!("{prefix}.{operation}")),
        ];
        Self { headers, body: input.to_string().into(), ..Self::bare(service, operation, Method::POST, "/") }
    }

    /// Where it goes. `usual` is the service's own address, `set` the one that the user has set.
    fn url(&self, usual: &str, set: Option<&str>) -> String {
        let path = &self.path;
        match (&self.bucket, set) {
            (None, set) => format!("{}{path}", set.unwrap_or(usual)),
            // A certificate is good for one part of a host's name; other servers than AWS's know buckets in paths only.
            (Some(bucket), set) if set.is_some() || bucket.contains('.') => {
                format!("{}/{bucket}{path}", set.unwrap_or(usual))
            }
            (Some(bucket), _) => format!("{}{path}", usual.replacen("://", &format!("://{bucket}."), 1)),
        }
    }
}

impl Api {
    /// Calls, and reads the answer as JSON.
    pub async fn ask<T: DeserializeOwned>(&self, call: &Call) -> Result<T, CloudError> {
        let answer = self.call(call).await?;
        // Some answers that have nothing to say are empty.
        let body = if answer.body.is_empty() { b"{}" } else { answer.body.as_slice() };
        serde_json::from_slice(body).map_err(|error| unreadable(call.operation, &error.to_string()))
    }

    /// Calls, and reads the answer as JSON. `None`: it is not there.
    pub async fn find<T: DeserializeOwned>(&self, call: &Call) -> Result<Option<T>, CloudError> {
        match self.ask(call).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Calls something away. That it is gone already is no failure.
    pub async fn remove(&self, call: &Call) -> Result<(), CloudError> {
        match self.call(call).await {
            Err(error) if error.kind() != Kind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The address that has a bucket's objects below it.
    pub fn bucket_address(&self, bucket: &str) -> String {
        let (usual, _) = Service::S3.home(&self.place().region);
        let call = Call { bucket: Some(bucket.to_owned()), ..Call::bare(Service::S3, "GetObject", Method::GET, "") };
        call.url(&usual, endpoint(&self.0.endpoints, Service::S3.variable()))
    }

    /// Calls. An answer that says no is an error.
    pub async fn call(&self, call: &Call) -> Result<Answer, CloudError> {
        let inner = &self.0;
        let (usual, region) = call.service.home(&inner.place.region);
        let url = call.url(&usual, endpoint(&inner.endpoints, call.service.variable()));
        let signed = self.sign(call, &url, &region).await?;
        let mut request = inner.http.client().request(call.method.clone(), &url).body(call.body.clone());
        for (name, value) in call.headers.iter().map(|(name, value)| (*name, value.as_str())) {
            request = request.header(name, value);
        }
        for (name, value) in signed {
            request = request.header(name, value);
        }
        let request = request
            .build()
            .map_err(|error| CloudError::new(Kind::Invalid, call.operation, error.without_url().to_string()))?;
        send(&inner.http, call.operation, request).await
    }

    async fn sign(&self, call: &Call, url: &str, region: &str) -> Result<Vec<(String, String)>, CloudError> {
        let failed = |reason: String| CloudError::new(Kind::Credentials, call.operation, reason);
        let credentials = self.0.credentials.provide_credentials().await;
        let identity = credentials.map_err(|error| failed(innermost(&error)))?.into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(call.service.signed_as())
            .time(SystemTime::now())
            .settings(call.service.settings())
            .build()
            .map_err(|error| failed(error.to_string()))?
            .into();
        let headers = call.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let request = SignableRequest::new(call.method.as_str(), url, headers, SignableBody::Bytes(&call.body))
            .map_err(|error| failed(error.to_string()))?;
        let (instructions, _) = sign(request, &parameters).map_err(|error| failed(error.to_string()))?.into_parts();
        Ok(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

async fn send(http: &Http, operation: &str, request: reqwest::Request) -> Result<Answer, CloudError> {
    let answer = http.send(operation, request).await?;
    if answer.status.is_success() {
        return Ok(answer);
    }
    let body = String::from_utf8_lossy(&answer.body);
    let json: Value = serde_json::from_str(&body).unwrap_or_default();
    let said = |names: [&str; 2]| names.iter().find_map(|name| json[*name].as_str().map(str::to_owned));
    let named = || answer.header("x-amzn-errortype").map(str::to_owned);
    let (code, message) = match json.is_object() {
        true => (said(["__type", "code"]).or_else(named), said(["message", "Message"])),
        false => (element(&body, "Code"), element(&body, "Message")),
    };
    let request = answer.header("x-amzn-requestid").map(str::to_owned).or_else(|| element(&body, "RequestId"));
    let status = answer.status.as_u16();
    let (code, message) = (code.unwrap_or_default(), message.unwrap_or_default());
    Err(refusal(operation, status, &code, &message, request.as_deref(), answer.header("retry-after")))
}

/// The texts of all elements of this name in an XML answer.
pub(crate) fn elements(xml: &str, name: &str) -> Vec<String> {
    let Ok(document) = roxmltree::Document::parse(xml) else { return Vec::new() };
    let named = document.descendants().filter(|node| node.tag_name().name() == name);
    named.filter_map(|node| node.text().map(|text| text.trim().to_owned())).collect()
}

fn element(xml: &str, name: &str) -> Option<String> {
    elements(xml, name).into_iter().next()
}

fn unreadable(operation: &str, reason: &str) -> CloudError {
    CloudError::new(Kind::Invalid, operation, format!("an answer that cannot be read: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_is_where_its_part_of_aws_is() {
        assert_eq!(Service::Events.home("eu-central-1").0, "https://events.eu-central-1.amazonaws.com");
        assert_eq!(Service::Logs.home("cn-north-1").0, "https://logs.cn-north-1.amazonaws.com.cn");
        let everywhere = ("https://iam.amazonaws.com".to_owned(), "us-east-1".to_owned());
        assert_eq!(Service::Iam.home("eu-central-1"), everywhere);
    }

    #[test]
    fn a_bucket_is_part_of_the_host_where_certificates_allow() {
        let url = |bucket, set| {
            let call = Call::s3("GetObject", Method::GET, None, bucket, "/a?b", Bytes::new());
            call.url("https://s3.eu-central-1.amazonaws.com", set)
        };
        assert_eq!(url("shop", None), "https://shop.s3.eu-central-1.amazonaws.com/a?b");
        assert_eq!(url("shop.example", None), "https://s3.eu-central-1.amazonaws.com/shop.example/a?b");
        assert_eq!(url("shop", Some("http://localhost:1")), "http://localhost:1/shop/a?b");
    }

    #[test]
    fn a_form_says_action_and_version_first() {
        let call = Call::iam("GetRole", &[("RoleName", "a b")]);
        assert_eq!(call.body, "Action=GetRole&Version=2010-05-08&RoleName=a+b");
    }

    #[test]
    fn an_answer_in_xml_is_read_by_the_names_of_its_elements() {
        let xml = "<R xmlns='urn:x'><E><Code>NoSuchEntity</Code><Message>no &amp; none</Message></E></R>";
        assert_eq!(
            (element(xml, "Code").as_deref(), element(xml, "Message").as_deref()),
            (Some("NoSuchEntity"), Some("no & none"))
        );
        assert_eq!(elements("oops", "Code"), [""; 0]);
    }
}
