//! The calls that a deploy makes.

use std::collections::BTreeSet;

use fx_deploy::{CloudError, Kind};
use jiff::{Timestamp, tz};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Api, CAM, SCF, STS, TAG,
    answers::{Alias, CallResult, FunctionInfo, Listed, Log, TriggerInfo, VersionInfo, or_default},
    cos::Bucket,
};

/// The alias that every function has, and that traffic comes through.
pub(crate) const DEFAULT: &str = "$DEFAULT";
/// What is not published.
pub(crate) const LATEST: &str = "$LATEST";

/// How many items a list is asked for at once.
const PAGE: usize = 100;
/// The furthest item that the log gives.
const LOG_END: usize = 10_000;

/// SCF, in one namespace of one account.
#[derive(Debug)]
pub(crate) struct Scf {
    api: Api,
    pub account: String,
    pub namespace: String,
}

/// An answer of which nothing is needed.
#[derive(Deserialize)]
struct Nothing {}

impl Scf {
    /// Asks whose credentials these are, which is also how wrong ones are noticed before anything else is called.
    pub async fn open(api: Api, namespace: String) -> Result<Self, CloudError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Caller {
            account_id: String,
        }
        let Caller { account_id } = api.call(STS, "GetCallerIdentity", &json!({})).await?;
        Ok(Self { api, account: account_id, namespace })
    }

    /// The region.
    pub fn region(&self) -> &str {
        &self.api.region
    }

    /// A function or one of its versions; `None`: there is none of that name.
    pub async fn function(&self, name: &str, qualifier: &str) -> Result<Option<FunctionInfo>, CloudError> {
        let body = json!({ "FunctionName": name, "Qualifier": qualifier, "ShowCode": "FALSE" });
        found(self.scf("GetFunction", body).await)
    }

    /// SHA-256 of a version's zip, lower-case hex.
    pub async fn code(&self, name: &str, qualifier: &str) -> Result<String, CloudError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Place {
            #[serde(default, deserialize_with = "or_default")]
            code_sha256: String,
        }
        let body = json!({ "FunctionName": name, "Qualifier": qualifier });
        let Place { code_sha256 } = self.scf("GetFunctionAddress", body).await?;
        Ok(code_sha256.to_lowercase())
    }

    /// The functions with this value of a tag; none if there is no such namespace yet.
    pub async fn functions(&self, key: &str, value: &str) -> Result<Vec<String>, CloudError> {
        let filter = json!([{ "Name": format!("tag-{key}"), "Values": [value] }]);
        let listed = self.list("ListFunctions", "Functions", json!({ "Filters": filter })).await;
        let listed: Vec<Listed> = found(listed)?.unwrap_or_default();
        let is_tagged = |function: &Listed| function.tags.iter().any(|tag| tag.key == key && tag.value == value);
        Ok(listed.into_iter().filter(is_tagged).map(|function| function.function_name).collect())
    }

    /// The published versions, the newest first; `None`: there is no such function.
    pub async fn versions(&self, function: &str) -> Result<Option<Vec<VersionInfo>>, CloudError> {
        let listed = self.list("ListVersionByFunction", "Versions", json!({ "FunctionName": function })).await;
        let Some(mut versions): Option<Vec<VersionInfo>> = found(listed)? else { return Ok(None) };
        let number = |version: &VersionInfo| version.version.parse::<u64>().ok();
        versions.retain(|version| number(version).is_some());
        versions.sort_by_key(|version| std::cmp::Reverse(number(version)));
        Ok(Some(versions))
    }

    /// Where the alias that traffic comes through points; `None`: there is no such function.
    pub async fn alias(&self, function: &str) -> Result<Option<Alias>, CloudError> {
        found(self.scf("GetAlias", json!({ "FunctionName": function, "Name": DEFAULT })).await)
    }

    /// The versions that other aliases of a function point at: aliases that fx has not made.
    pub async fn held(&self, function: &str) -> Result<BTreeSet<String>, CloudError> {
        let body = json!({ "FunctionName": function });
        // The one list whose pages are asked for in text.
        let listed = self.pages("ListAliases", "Aliases", body, |number| json!(number.to_string())).await;
        let aliases: Vec<Alias> = found(listed)?.unwrap_or_default();
        let others = aliases.into_iter().filter(|alias| alias.name != DEFAULT);
        let versions = others.flat_map(|alias| {
            let additional = alias.routing_config.additional_version_weights.into_iter().map(|share| share.version);
            std::iter::once(alias.function_version).chain(additional)
        });
        Ok(versions.filter(|version| version != LATEST).collect())
    }

    /// The triggers on that alias; none if there is no such function.
    pub async fn triggers(&self, function: &str) -> Result<Vec<TriggerInfo>, CloudError> {
        let listed = self.list("ListTriggers", "Triggers", json!({ "FunctionName": function })).await;
        let mut triggers: Vec<TriggerInfo> = found(listed)?.unwrap_or_default();
        triggers.retain(|trigger| trigger.qualifier == DEFAULT);
        Ok(triggers)
    }

    /// Whether there is a namespace of this name.
    pub async fn has_namespace(&self, name: &str) -> Result<bool, CloudError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Namespace {
            name: String,
        }
        let all: Vec<Namespace> = self.list("ListNamespaces", "Namespaces", json!({})).await?;
        Ok(all.iter().any(|namespace| namespace.name == name))
    }

    /// Makes a change, in this namespace.
    pub async fn change(&self, action: &'static str, body: Value) -> Result<(), CloudError> {
        self.scf::<Nothing>(action, body).await.map(drop)
    }

    /// Publishes a version and gives back its number.
    pub async fn publish(&self, function: &str, description: &str) -> Result<String, CloudError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Published {
            function_version: String,
        }
        let body = json!({ "FunctionName": function, "Description": description });
        let Published { function_version } = self.scf("PublishVersion", body).await?;
        Ok(function_version)
    }

    /// Sets a tag of a function. SCF takes tags only when it makes one; the tag service takes them later too.
    pub async fn tag(&self, function: &str, key: &str, value: &str) -> Result<(), CloudError> {
        let resource = format!(
            "qcs::scf:{}:uin/{}:namespace/{}/function/{function}",
            self.api.region, self.account, self.namespace
        );
        let body = json!({ "Resource": resource, "ReplaceTags": [{ "TagKey": key, "TagValue": value }] });
        self.api.call::<Nothing>(TAG, "ModifyResourceTags", &body).await.map(drop)
    }

    /// Uploads a package to COS, into a bucket that is made for packages, and says where it is in SCF's words. Of each function there
    /// is one object: the platform keeps what it was given.
    pub async fn upload(&self, function: &str, bytes: Vec<u8>) -> Result<Value, CloudError> {
        let (bucket, key) = (self.code_bucket().await?, self.package_key(function));
        let bucket = Bucket::new(&self.api, &bucket);
        bucket.ensure().await?;
        bucket.put(&key, bytes).await?;
        // The account's number is not part of the name here. Of the regions, Beijing alone wants to be said.
        let mut place = json!({ "CosBucketName": code_bucket(self.region()), "CosObjectName": format!("/{key}") });
        if self.region() == "ap-beijing" {
            place["CosBucketRegion"] = json!(self.region());
        }
        Ok(place)
    }

    /// The full name of the bucket for packages, the account's number at its end included.
    pub async fn code_bucket(&self) -> Result<String, CloudError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct User {
            app_id: u64,
        }
        let User { app_id } = self.api.call(CAM, "GetUserAppId", &json!({})).await?;
        Ok(format!("{}-{app_id}", code_bucket(self.region())))
    }

    /// The object that a function's package is in that bucket.
    pub fn package_key(&self, function: &str) -> String {
        format!("{}/{function}.zip", self.namespace)
    }

    /// A bucket by its full name, the account's number at its end included.
    pub fn bucket(&self, name: &str) -> Bucket<'_> {
        Bucket::new(&self.api, name)
    }

    /// Calls a function through its alias and waits for the end.
    pub async fn invoke(&self, function: &str, event: &str) -> Result<CallResult, CloudError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Invoked {
            result: CallResult,
        }
        let body = json!({ "FunctionName": function, "Event": event, "Qualifier": DEFAULT, "LogType": "Tail" });
        let Invoked { result } = self.scf("InvokeFunction", body).await?;
        Ok(result)
    }

    /// The calls that began within a day, oldest first.
    pub async fn logs(&self, function: &str, from: Timestamp, to: Timestamp) -> Result<Vec<Log>, CloudError> {
        let mut all = Vec::new();
        loop {
            let body = json!({
                "FunctionName": function, "StartTime": beijing(from), "EndTime": beijing(to),
                "OrderBy": "start_time", "Order": "asc", "Offset": all.len(), "Limit": PAGE,
            });
            #[derive(Deserialize)]
            #[serde(rename_all = "PascalCase")]
            struct Logs {
                #[serde(deserialize_with = "or_default")]
                data: Vec<Log>,
            }
            let Logs { data } = self.scf("GetFunctionLogs", body).await?;
            let last = data.len() < PAGE;
            all.extend(data);
            if last || all.len() + PAGE > LOG_END {
                return Ok(all);
            }
        }
    }

    async fn scf<T: for<'de> Deserialize<'de>>(&self, action: &'static str, body: Value) -> Result<T, CloudError> {
        self.api.call(SCF, action, &self.within(action, body)).await
    }

    /// The request with this namespace in it, where the action takes one.
    fn within(&self, action: &str, mut body: Value) -> Value {
        if let Some(members) = body.as_object_mut()
            && !matches!(action, "ListNamespaces" | "CreateNamespace")
        {
            members.insert("Namespace".into(), json!(self.namespace));
        }
        body
    }

    /// All pages of a list.
    async fn list<T: for<'de> Deserialize<'de>>(
        &self,
        action: &'static str,
        member: &str,
        body: Value,
    ) -> Result<Vec<T>, CloudError> {
        self.pages(action, member, body, |number| json!(number)).await
    }

    async fn pages<T: for<'de> Deserialize<'de>>(
        &self,
        action: &'static str,
        member: &str,
        mut body: Value,
        number: impl Fn(usize) -> Value,
    ) -> Result<Vec<T>, CloudError> {
        let mut all = Vec::new();
        body["Limit"] = number(PAGE);
        loop {
            body["Offset"] = number(all.len());
            let mut answer: Map<String, Value> = self.scf(action, body.clone()).await?;
            let page = answer.remove(member).unwrap_or_default();
            let page: Option<Vec<T>> = serde_json::from_value(page).map_err(|error| {
                CloudError::new(Kind::Invalid, action, format!("the answer is not one of the platform's: {error}"))
            })?;
            let page = page.unwrap_or_default();
            let total = answer.get("TotalCount").and_then(Value::as_u64).unwrap_or_default();
            let last = page.is_empty();
            all.extend(page);
            if last || all.len() as u64 >= total {
                return Ok(all);
            }
        }
    }
}

/// The bucket for packages, without the account's number.
pub(crate) fn code_bucket(region: &str) -> String {
    format!("fx-code-{region}")
}

/// An answer, or that there is nothing to answer about.
fn found<T>(result: Result<T, CloudError>) -> Result<Option<T>, CloudError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// How the platform writes moments: by Beijing's clock.
fn beijing(moment: Timestamp) -> String {
    moment.to_zoned(tz::TimeZone::fixed(tz::offset(8))).strftime("%Y-%m-%d %H:%M:%S").to_string()
}
