//! The objects of a bucket that call functions: what fx has put into the bucket's notification configuration.
//!
//! A bucket has one such document for everybody, and S3 only takes it whole. So all functions of a service that a bucket calls are one
//! resource, whose entries are told from other people's by their ids; those stay as they are, byte for byte.

mod document;

use std::collections::BTreeMap;

use bytes::Bytes;
use fx_deploy::{
    Actual, CloudError, FieldChange, Fields, Kind, Known, Outputs, Owner, Pending, Resource, ResourceId, Value,
};
use http::Method;

use self::document::{Document, Entry, overlap};
use super::{ALIAS, Permission, alias_id, digest, function_id, permission::sources};
use crate::api::{Api, Call};

/// The service that calls.
const PRINCIPAL: &str = "s3.amazonaws.com";
/// What the names of its permissions begin with.
const KIND: &str = "bucket-";

/// The objects of a bucket that call functions of a service.
pub(crate) struct Notification {
    api: Api,
    id: ResourceId,
    mark: String,
    bucket: String,
    needs: Vec<ResourceId>,
    wanted: Vec<Entry>,
    desired: Fields,
}

/// What a function wants to be told of: the events of objects whose keys begin and end like this.
pub(crate) struct Wish<'a> {
    pub function: &'a str,
    pub bucket: &'a str,
    pub events: Vec<String>,
    pub prefix: &'a str,
    pub suffix: &'a str,
}

impl Notification {
    /// One resource for each bucket that is named.
    pub fn of(api: &Api, mark: &str, wishes: &[Wish<'_>]) -> Vec<Self> {
        let mut buckets: BTreeMap<&str, Self> = BTreeMap::new();
        for wish in wishes {
            buckets.entry(wish.bucket).or_insert_with(|| Self::found(api, wish.bucket, mark)).add(wish);
        }
        let mut buckets: Vec<Self> = buckets.into_values().collect();
        for bucket in &mut buckets {
            bucket.desired = fields(api, &bucket.wanted);
        }
        buckets
    }

    /// Two wishes that differ in their events alone are one entry.
    fn add(&mut self, wish: &Wish<'_>) {
        self.calls(wish.function);
        let id = id(&self.mark, &format!("{} {}*{}", wish.function, wish.prefix, wish.suffix));
        match self.wanted.iter_mut().find(|entry| entry.id == id) {
            Some(entry) => entry.events.extend(wish.events.iter().cloned()),
            None => self.wanted.push(Entry {
                id,
                target: target(&self.api, wish.function),
                events: wish.events.iter().cloned().collect(),
                prefix: wish.prefix.to_owned(),
                suffix: wish.suffix.to_owned(),
            }),
        }
    }

    /// S3 asks whether it may call before it takes a function: so the permission stands before, and goes after.
    fn calls(&mut self, function: &str) {
        let permission = Self::permission(&self.api, function, &self.bucket).id().clone();
        self.needs.extend([permission, alias_id(function), function_id(function)]);
    }

    /// That a bucket may call a function.
    pub fn permission(api: &Api, function: &str, bucket: &str) -> Permission {
        let source = format!("arn:{}:s3:::{bucket}", api.partition());
        Permission::for_account(api, function, &format!("{KIND}{bucket}"), PRINCIPAL, &source)
    }

    fn found(api: &Api, bucket: &str, mark: &str) -> Self {
        Self {
            api: api.clone(),
            id: ResourceId::new("notification", bucket),
            mark: mark.to_owned(),
            bucket: bucket.to_owned(),
            needs: Vec::new(),
            wanted: Vec::new(),
            desired: Fields::new(),
        }
    }

    fn call(&self, operation: &'static str, method: Method, body: Bytes) -> Call {
        Call::s3(operation, method, Some(&self.api.place().account), &self.bucket, "/?notification=", body)
    }

    async fn document(&self) -> Result<Document, CloudError> {
        let operation = "GetBucketNotificationConfiguration";
        let answer = self.api.call(&self.call(operation, Method::GET, Bytes::new())).await?;
        Document::read(&answer.body).map_err(|reason| CloudError::new(Kind::Invalid, operation, reason))
    }

    fn is_ours(&self, entry: &Entry) -> bool {
        entry.id.strip_prefix(&prefix(&self.mark)).is_some_and(is_digest)
    }

    async fn look(&self) -> Result<Option<Actual>, CloudError> {
        let document = match self.document().await {
            Ok(document) => document,
            // Nothing to be taken away.
            Err(error) if self.wanted.is_empty() && error.kind() == Kind::NotFound => return Ok(None),
            Err(error) => return Err(self.explained(error)),
        };
        let (ours, theirs): (Vec<Entry>, Vec<Entry>) =
            document.entries().into_iter().partition(|entry| self.is_ours(entry));
        self.check(&theirs)?;
        let fields = fields(&self.api, &ours);
        Ok((!ours.is_empty()).then(|| Actual { fields, owner: Owner::Us, outputs: Outputs::new() }))
    }

    /// S3 takes no two entries that an object could fit both. Said before anything is made.
    fn check(&self, theirs: &[Entry]) -> Result<(), CloudError> {
        let all = theirs.iter().chain(&self.wanted);
        for (index, wanted) in self.wanted.iter().enumerate() {
            let others = all.clone().take(theirs.len() + index);
            let Some(other) = others.filter(|other| overlap(wanted, other)).last() else { continue };
            let message = format!(
                "the bucket {} is to call {} for {}, and calls {} already for {}, of which some objects are both (the entry `{}`)",
                self.bucket,
                short(&self.api, &wanted.target),
                wanted.said(),
                short(&self.api, &other.target),
                other.said(),
                other.id
            );
            return Err(CloudError::new(Kind::Invalid, self.id.to_string(), message).help(
                "an object can call one function: choose another prefix or suffix in f.yml, or take the other notification out of the bucket",
            ));
        }
        Ok(())
    }

    /// Writes our entries, and those of others as they are now.
    async fn write(&self) -> Result<Outputs, CloudError> {
        let document = self.document().await.map_err(|error| self.explained(error))?;
        let theirs: Vec<Entry> = document.entries().into_iter().filter(|entry| !self.is_ours(entry)).collect();
        self.check(&theirs)?;
        let text = document.rewritten(|entry| self.is_ours(entry), &self.wanted);
        let call = self.call("PutBucketNotificationConfiguration", Method::PUT, text.into());
        self.api.call(&call).await.map_err(|error| self.explained(error))?;
        Ok(Outputs::new())
    }

    async fn go(&self) -> Result<(), CloudError> {
        let document = self.document().await?;
        if document.entries().iter().any(|entry| self.is_ours(entry)) {
            let text = document.rewritten(|entry| self.is_ours(entry), &[]);
            let call = self.call("PutBucketNotificationConfiguration", Method::PUT, text.into());
            // That somebody else's entry calls what is not there any more must not keep ours.
            self.api.call(&call.header("x-amz-skip-destination-validation", "true")).await?;
        }
        Ok(())
    }

    /// What a refusal means for a bucket.
    fn explained(&self, error: CloudError) -> CloudError {
        let (bucket, region) = (&self.bucket, &self.api.place().region);
        match (error.kind(), error.platform_code()) {
            (Kind::NotFound, _) => {
                let message = format!("there is no bucket {bucket}, which f.yml names");
                CloudError::new(Kind::Invalid, error.operation(), message)
                    .help(format!("make it: aws s3 mb s3://{bucket} --region {region}. Or name another one"))
                    .caused_by(error)
            }
            (Kind::Denied, _) => {
                let message = format!("the bucket {bucket} may not be asked what it calls: {error}");
                CloudError::new(Kind::Denied, error.operation(), message)
                    .help(
                        "if it is somebody else's (names of buckets are shared by all accounts), name one of this account's; \
                         if it is yours, give these credentials the permissions that `fx policy` prints",
                    )
            }
            (_, Some("PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException")) => {
                let message = format!("the bucket {bucket} is not in {region}: {error}");
                CloudError::new(Kind::Invalid, error.operation(), message).help(format!(
                    "a bucket calls functions of its own region: deploy there, or name a bucket in {region}"
                ))
            }
            _ => error,
        }
    }
}

impl Resource for Notification {
    fn id(&self) -> &ResourceId {
        &self.id
    }

    fn needs(&self) -> &[ResourceId] {
        &self.needs
    }

    fn desired(&self) -> &Fields {
        &self.desired
    }

    fn read<'a>(&'a self, _: &'a Known) -> Pending<'a, Option<Actual>> {
        Box::pin(self.look())
    }

    fn create<'a>(&'a self, _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.write())
    }

    fn update<'a>(&'a self, _: &'a [FieldChange], _: &'a Known) -> Pending<'a, Outputs> {
        Box::pin(self.write())
    }

    fn delete<'a>(&'a self, _: &'a Known) -> Pending<'a, ()> {
        Box::pin(self.go())
    }
}

/// The buckets that call these functions, of which the permissions speak.
pub(crate) async fn found_notifications(
    api: &Api,
    functions: &[String],
    mark: &str,
) -> Result<Vec<Notification>, CloudError> {
    let mut buckets: BTreeMap<String, Notification> = BTreeMap::new();
    for function in functions {
        for source in sources(api, function, KIND).await? {
            let name = source.rsplit(':').next().unwrap_or_default();
            let bucket = buckets.entry(name.to_owned()).or_insert_with(|| Notification::found(api, name, mark));
            bucket.calls(function);
        }
    }
    Ok(buckets.into_values().collect())
}

/// The id of one of our entries: it says whose it is, and is the same in each deploy.
fn id(mark: &str, what: &str) -> String {
    prefix(mark) + &digest(what)
}

fn prefix(mark: &str) -> String {
    format!("fx-{}-{}-", super::plain(mark), digest(mark))
}

fn is_digest(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What is called: the alias of a function.
fn target(api: &Api, function: &str) -> String {
    api.arn("lambda", &format!("function:{function}:{ALIAS}"))
}

/// A function by its name, if it is one that fx would call like this.
fn short<'a>(api: &Api, target: &'a str) -> &'a str {
    let before = api.arn("lambda", "function:");
    target.strip_prefix(&before).and_then(|rest| rest.strip_suffix(ALIAS)?.strip_suffix(':')).unwrap_or(target)
}

fn fields(api: &Api, entries: &[Entry]) -> Fields {
    let mut fields = Fields::new();
    for entry in entries {
        let name = format!("{} {}*{}", short(api, &entry.target), entry.prefix, entry.suffix);
        // Twice the same is a difference that the next change takes away.
        let name = if fields.get(&name).is_some() { format!("{name} {}", entry.id) } else { name };
        let events: Vec<&str> = entry.events.iter().map(String::as_str).collect();
        fields.set(name, Value::plain(events.join(", ")));
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_whose_it_is() {
        let ours = |mark: &str, id: &str| id.strip_prefix(&prefix(mark)).is_some_and(is_digest);
        assert!(ours("shop", &id("shop", "a")) && ours("shop/staging", &id("shop/staging", "a")));
        // A stage, a service whose name begins alike, one whose name looks alike, somebody by hand.
        for other in [id("shop/staging", "a"), id("shop-x", "a"), id("shop_staging", "a"), "fx-shop-1".into()] {
            assert!(!ours("shop", &other), "{other}");
        }
        assert!(!ours("shop/staging", &id("shop_staging", "a")));
        assert_ne!(id("shop", "a"), id("shop", "b"));
    }
}
