//! What somebody does in an account by hand: calls of moto itself, which nothing counts and nothing stops.

use std::collections::BTreeMap;

use bytes::Bytes;
use hyper::{HeaderMap, Method};
use serde_json::{Value, json};

use crate::{
    REGION,
    moto::{self, Account},
};

/// What is said about an object of S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its `Content-Type`.
    pub content_type: String,
    /// Its `Cache-Control`.
    pub cache_control: String,
}

impl Account {
    /// As much of a signature as moto reads: who calls what.
    pub fn scope(&self, service: &str) -> String {
        let key = self.variable("AWS_ACCESS_KEY_ID");
        let scope = format!("Credential={key}/20260101/{REGION}/{service}/aws4_request");
        format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0")
    }

    /// The value of one of the variables that hold the keys.
    pub fn variable(&self, name: &str) -> &str {
        self.variables.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// A call of a service with JSON. `None`: it was refused.
    pub async fn ask(&self, method: Method, service: &str, path: &str, body: &Value) -> Option<Value> {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let (_, answer) = self.send(method, service, path, &[], text.into()).await?;
        Some(serde_json::from_slice(&answer).unwrap_or_default())
    }

    /// A call of a service whose operations are named in a header: `Logs_20140328.CreateLogGroup`.
    pub async fn tell(&self, service: &str, target: &str, body: &Value) -> Option<Value> {
        let headers = [("x-amz-target", target), ("content-type", "application/x-amz-json-1.1")];
        let (_, answer) = self.send(Method::POST, service, "/", &headers, body.to_string().into()).await?;
        Some(serde_json::from_slice(&answer).unwrap_or_default())
    }

    /// A call of a service with a form, which is answered in XML.
    pub async fn post(&self, service: &str, form: &str) -> Option<String> {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let (_, answer) = self.send(Method::POST, service, "/", &headers, form.to_owned().into()).await?;
        Some(String::from_utf8_lossy(&answer).into_owned())
    }

    /// A call of S3, by bucket and key: `shop/app.css`.
    pub async fn store(&self, method: Method, path: &str, body: impl Into<Bytes>) -> Option<Bytes> {
        Some(self.send(method, "s3", &format!("/{path}"), &[], body.into()).await?.1)
    }

    /// The names of all functions.
    pub async fn functions(&self) -> Vec<String> {
        let listed = self.ask(Method::GET, "lambda", "/2015-03-31/functions/", &Value::Null).await.unwrap_or_default();
        let names = listed["Functions"].as_array().into_iter().flatten();
        let mut names: Vec<_> = names.filter_map(|one| one["FunctionName"].as_str()).map(str::to_owned).collect();
        names.sort();
        names
    }

    /// A function, or one of its versions, as GetFunction has its configuration.
    pub async fn function(&self, name: &str, version: Option<&str>) -> Option<Value> {
        let version = version.map(|version| format!("?Qualifier={version}")).unwrap_or_default();
        let path = format!("/2015-03-31/functions/{name}{version}");
        Some(self.ask(Method::GET, "lambda", &path, &Value::Null).await?["Configuration"].take())
    }

    /// How many versions of a function there are.
    pub async fn versions(&self, function: &str) -> usize {
        let path = format!("/2015-03-31/functions/{function}/versions");
        let listed = self.ask(Method::GET, "lambda", &path, &Value::Null).await.unwrap_or_default();
        listed["Versions"].as_array().into_iter().flatten().filter(|one| one["Version"] != "$LATEST").count()
    }

    /// Makes a function.
    pub async fn make_function(&self, name: &str, tags: &Value) {
        self.make_role(&format!("theirs-{name}"), "/").await;
        let body = json!({
            "FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap", "Code": { "ZipFile": "UEsDBA==" },
            "Role": format!("arn:aws:iam::{}:role/theirs-{name}", self.number), "Tags": tags,
        });
        self.ask(Method::POST, "lambda", "/2015-03-31/functions", &body).await.expect("moto makes a function");
    }

    /// Makes a role.
    pub async fn make_role(&self, name: &str, path: &str) {
        let form = "Action=CreateRole&Version=2010-05-08&AssumeRolePolicyDocument=%7B%7D";
        let made = self.post("iam", &format!("{form}&RoleName={name}&Path={path}")).await;
        made.expect("moto makes a role");
    }

    /// Makes a bucket. Names of buckets are everybody's.
    pub async fn make_bucket(&self, bucket: &str) {
        let place = format!("<LocationConstraint>{REGION}</LocationConstraint>");
        let body = format!("<CreateBucketConfiguration>{place}</CreateBucketConfiguration>");
        self.store(Method::PUT, bucket, body).await.expect("moto makes a bucket");
    }

    /// Lets everybody read a bucket, or nobody else.
    pub async fn open_bucket(&self, bucket: &str, open: bool) {
        let path = format!("{bucket}?policy");
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{bucket}/*"),
        }] });
        let done = match open {
            true => self.store(Method::PUT, &path, policy.to_string()).await,
            false => self.store(Method::DELETE, &path, "").await,
        };
        done.expect("moto takes a bucket's policy");
    }

    /// Lets pages of other addresses load a bucket's files, or not.
    pub async fn share_bucket(&self, bucket: &str, shared: bool) {
        let path = format!("{bucket}?cors");
        let rule = "<CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>";
        let done = match shared {
            true => self.store(Method::PUT, &path, format!("<CORSConfiguration>{rule}</CORSConfiguration>")).await,
            false => self.store(Method::DELETE, &path, "").await,
        };
        done.expect("moto takes a bucket's rules for other sites");
    }

    /// The objects of a bucket by key. There are none in a bucket that is not there.
    pub async fn objects(&self, bucket: &str) -> BTreeMap<String, Object> {
        let listed = self.store(Method::GET, &format!("{bucket}?list-type=2"), "").await.unwrap_or_default();
        let mut objects = BTreeMap::new();
        for key in texts(&String::from_utf8_lossy(&listed), "Key") {
            let found = self.send(Method::HEAD, "s3", &format!("/{bucket}/{key}"), &[], Bytes::new()).await;
            let Some((headers, _)) = found else { continue };
            let header =
                |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
            let object = Object { content_type: header("content-type"), cache_control: header("cache-control") };
            objects.insert(key, object);
        }
        objects
    }

    /// The names of all roles.
    pub async fn roles(&self) -> Vec<String> {
        let listed = self.post("iam", "Action=ListRoles&Version=2010-05-08").await.unwrap_or_default();
        texts(&listed, "RoleName")
    }

    /// The names of all rules of EventBridge.
    pub async fn rules(&self) -> Vec<String> {
        let listed = self.tell("events", "AWSEvents.ListRules", &json!({})).await.unwrap_or_default();
        let names = listed["Rules"].as_array().into_iter().flatten().filter_map(|rule| rule["Name"].as_str());
        names.map(str::to_owned).collect()
    }

    /// The names of all HTTP APIs.
    pub async fn apis(&self) -> Vec<String> {
        let listed = self.ask(Method::GET, "apigateway", "/v2/apis", &Value::Null).await.unwrap_or_default();
        let names = listed["items"].as_array().into_iter().flatten().filter_map(|api| api["name"].as_str());
        names.map(str::to_owned).collect()
    }

    async fn send(
        &self,
        method: Method,
        service: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Option<(HeaderMap, Bytes)> {
        let call = self.client.request(method, format!("{}{path}", moto::address())).body(body);
        let call = headers.iter().fold(call, |call, (name, value)| call.header(*name, *value));
        let answer = call.header("authorization", self.scope(service)).send().await.expect("moto answers");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.expect("moto answers to the end");
        status.is_success().then_some((headers, body))
    }
}

/// The texts of all elements of this name.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let Ok(document) = roxmltree::Document::parse(xml) else { return Vec::new() };
    let named = document.descendants().filter(|node| node.tag_name().name() == name);
    named.filter_map(|node| node.text().map(str::to_owned)).collect()
}
