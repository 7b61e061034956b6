//! Function Compute.

use std::{collections::BTreeMap, process::Command, sync::Arc};

use fx_aliyun_stub::{ACCOUNT, Fault, KEY_ID, KEY_SECRET, REGION, Stub};
use serde_json::{Value, json};
use tokio::runtime::Handle;

use super::{Object, Platform};
use crate::runner::Runner;

pub struct Aliyun(Stub);

impl Aliyun {
    pub fn start<R: Runner>(runtime: &Handle, runner: Option<Arc<R>>) -> Self {
        Self(runtime.block_on(Stub::start(runner.map(|runner| runner as _))).unwrap())
    }
}

impl Platform for Aliyun {
    fn name(&self) -> &'static str {
        "aliyun"
    }

    fn secret(&self) -> &str {
        KEY_SECRET
    }

    fn sign_in(&self, command: &mut Command, secret: &str) {
        command
            .env("FX_ALIYUN_ENDPOINT", self.0.endpoint())
            .env("FX_ALIYUN_ACCOUNT_ID", ACCOUNT)
            .env("ALIBABA_CLOUD_REGION_ID", REGION)
            .env("ALIBABA_CLOUD_ACCESS_KEY_ID", KEY_ID)
            .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", secret);
    }

    fn take_writes(&self) -> Vec<String> {
        self.0.take_writes()
    }

    fn deny(&self, action: &str) {
        self.0.world().fail(action, [Fault::Denied]);
    }

    fn lose(&self, action: &str) {
        self.0.world().fail(action, [Fault::ResetAfter]);
    }

    fn silence(&self, action: &str) {
        self.0.world().fail(action, [Fault::Silent]);
    }

    fn trouble(&self, action: &str, times: usize) {
        self.0.world().fail(action, std::iter::repeat_n(Fault::Unavailable, times));
    }

    fn take_calls(&self) -> Vec<String> {
        self.0.take_calls().into_iter().map(|call| call.action.to_string()).collect()
    }

    fn functions(&self) -> Vec<String> {
        self.0.world().functions()
    }

    fn versions(&self, function: &str) -> usize {
        self.0.world().versions(function).len()
    }

    fn variable(&self, function: &str, name: &str) -> Option<Value> {
        self.0.world().function(function)?["environmentVariables"].get(name).cloned()
    }

    fn domain(&self, name: &str) -> Option<Vec<String>> {
        let domain = self.0.world().domain(name)?;
        let routes = domain["routeConfig"]["routes"].as_array().cloned().unwrap_or_default();
        Some(routes.iter().filter_map(|route| route["functionName"].as_str()).map(str::to_owned).collect())
    }

    fn is_empty(&self) -> bool {
        self.0.world().is_empty()
    }

    fn plant(&self, function: &str) {
        self.0.world().plant(function, &json!([]));
    }

    fn add_bucket(&self, name: &str, open: bool, cors: bool) {
        let mut world = self.0.world();
        let bucket = world.buckets.entry(name.to_owned()).or_default();
        (bucket.open, bucket.cors) = (open, cors);
    }

    fn package(&self, function: &str) -> (String, String) {
        (format!("fx-code-{ACCOUNT}-{REGION}"), format!("{function}.zip"))
    }

    fn put(&self, bucket: &str, key: &str) {
        let mut world = self.0.world();
        let bucket = world.buckets.entry(bucket.to_owned()).or_default();
        bucket.objects.insert(key.to_owned(), Default::default());
    }

    fn objects(&self, bucket: &str) -> BTreeMap<String, Object> {
        let objects = self.0.world().buckets.get(bucket).cloned().unwrap_or_default().objects.into_iter();
        let said = |object: fx_aliyun_stub::Object| Object {
            content_type: object.content_type,
            cache_control: object.cache_control,
        };
        objects.map(|(key, object)| (key, said(object))).collect()
    }
}
