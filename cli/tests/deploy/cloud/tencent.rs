//! SCF.

use std::{collections::BTreeMap, process::Command, sync::Arc};

use fx_tencent_stub::{APP_ID, Fault, REGION, SECRET_ID, SECRET_KEY, Stub};
use serde_json::Value;
use tokio::runtime::Handle;

use super::{Object, Platform};
use crate::runner::Runner;

pub struct Tencent(Stub);

impl Tencent {
    pub fn start<R: Runner>(runtime: &Handle, runner: Option<Arc<R>>) -> Self {
        Self(runtime.block_on(Stub::start(runner.map(|runner| runner as _))).unwrap())
    }
}

impl Platform for Tencent {
    fn name(&self) -> &'static str {
        "tencent"
    }

    fn secret(&self) -> &str {
        SECRET_KEY
    }

    fn sign_in(&self, command: &mut Command, secret: &str) {
        command
            .env("FX_TENCENT_ENDPOINT", self.0.endpoint())
            .env("TENCENTCLOUD_REGION", REGION)
            .env("TENCENTCLOUD_SECRET_ID", SECRET_ID)
            .env("TENCENTCLOUD_SECRET_KEY", secret);
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
        let function = self.0.world().function(function)?;
        let mut variables = function["Environment"]["Variables"].as_array()?.iter();
        variables.find(|variable| variable["Key"] == name).map(|variable| variable["Value"].clone())
    }

    fn is_empty(&self) -> bool {
        self.0.world().functions().is_empty()
    }

    fn plant(&self, function: &str) {
        self.0.world().add_foreign(function, "Event", &[]);
    }

    fn add_bucket(&self, name: &str, open: bool, cors: bool) {
        let mut world = self.0.world();
        let bucket = world.buckets.entry(name.to_owned()).or_default();
        (bucket.open, bucket.cors) = (open, cors);
    }

    fn package(&self, function: &str) -> (String, String) {
        (format!("fx-code-{REGION}-{APP_ID}"), format!("default/{function}.zip"))
    }

    fn put(&self, bucket: &str, key: &str) {
        let mut world = self.0.world();
        let bucket = world.buckets.entry(bucket.to_owned()).or_default();
        bucket.objects.insert(format!("/{key}"), Default::default());
    }

    fn objects(&self, bucket: &str) -> BTreeMap<String, Object> {
        let objects = self.0.world().buckets.get(bucket).cloned().unwrap_or_default().objects.into_iter();
        let said = |object: fx_tencent_stub::Object| Object {
            content_type: object.content_type,
            cache_control: object.cache_control,
        };
        objects.map(|(key, object)| (key.trim_start_matches('/').to_owned(), said(object))).collect()
    }
}
