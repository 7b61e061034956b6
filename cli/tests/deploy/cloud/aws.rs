//! Lambda, and moto behind it.

use std::{collections::BTreeMap, process::Command, sync::Arc};

use fx_aws_stub::{Fault, REGION, Stub};
use http::Method;
use serde_json::{Value, json};
use tokio::runtime::Handle;

use super::{Object, Platform};
use crate::runner::Runner;

pub struct Aws {
    stub: Stub,
    runtime: Handle,
    /// Names of buckets are everybody's, and all accounts are in one moto.
    bucket: String,
}

impl Aws {
    pub fn start<R: Runner>(runtime: &Handle, runner: Option<Arc<R>>) -> Self {
        let stub = runtime.block_on(Stub::start(runner.map(|runner| runner as _))).unwrap();
        let bucket = format!("site-{}", stub.account().number);
        Self { stub, runtime: runtime.clone(), bucket }
    }

    /// Makes a bucket that is not there.
    fn make_bucket(&self, name: &str) {
        let account = self.stub.account();
        if self.wait(account.store(Method::HEAD, name, "")).is_none() {
            self.wait(account.make_bucket(name));
        }
    }

    fn wait<T>(&self, answer: impl Future<Output = T>) -> T {
        self.runtime.block_on(answer)
    }
}

impl Platform for Aws {
    fn name(&self) -> &'static str {
        "aws"
    }

    fn secret(&self) -> &str {
        self.stub.account().variable("AWS_SECRET_ACCESS_KEY")
    }

    fn sign_in(&self, command: &mut Command, secret: &str) {
        command.env("AWS_ENDPOINT_URL", self.stub.endpoint()).env("AWS_REGION", REGION);
        command.envs(self.stub.account().variables.iter().map(|(name, value)| (name, value)));
        command.env("AWS_SECRET_ACCESS_KEY", secret);
    }

    fn take_writes(&self) -> Vec<String> {
        self.stub.take_writes()
    }

    fn deny(&self, action: &str) {
        self.stub.fail(action, [Fault::Refused(403, "AccessDeniedException", "you may not do this")]);
    }

    fn lose(&self, action: &str) {
        self.stub.fail(action, [Fault::LostAfter]);
    }

    fn silence(&self, action: &str) {
        self.stub.fail(action, [Fault::Silent]);
    }

    fn trouble(&self, action: &str, times: usize) {
        let unavailable = Fault::Refused(503, "ServiceUnavailableException", "try again");
        self.stub.fail(action, std::iter::repeat_n(unavailable, times));
    }

    fn take_calls(&self) -> Vec<String> {
        self.stub.proxy().take_calls().iter().map(|call| call.operation().to_owned()).collect()
    }

    fn invocation(&self) -> &'static str {
        "Invoke"
    }

    fn functions(&self) -> Vec<String> {
        self.wait(self.stub.account().functions())
    }

    fn versions(&self, function: &str) -> usize {
        self.wait(self.stub.account().versions(function))
    }

    fn variable(&self, function: &str, name: &str) -> Option<Value> {
        let function = self.wait(self.stub.account().function(function, None))?;
        function["Environment"]["Variables"].get(name).cloned()
    }

    fn is_empty(&self) -> bool {
        self.wait(self.stub.is_empty())
    }

    fn plant(&self, function: &str) {
        self.wait(self.stub.account().make_function(function, &json!({})));
    }

    fn bucket(&self) -> &str {
        &self.bucket
    }

    fn add_bucket(&self, name: &str, open: bool, cors: bool) {
        self.make_bucket(name);
        let account = self.stub.account();
        self.wait(async {
            account.open_bucket(name, open).await;
            account.share_bucket(name, cors).await;
        });
    }

    fn package(&self, function: &str) -> (String, String) {
        (format!("fx-code-{}-{REGION}", self.stub.account().number), format!("{function}.zip"))
    }

    fn furnish(&self) {
        self.make_bucket("todo-uploads");
        let form = "Action=CreateQueue&Version=2012-11-05&QueueName=todo-changes";
        self.wait(self.stub.account().post("sqs", form)).unwrap();
    }

    fn put(&self, bucket: &str, key: &str) {
        self.make_bucket(bucket);
        let account = self.stub.account();
        self.wait(account.store(Method::PUT, &format!("{bucket}/{key}"), "")).unwrap();
    }

    fn objects(&self, bucket: &str) -> BTreeMap<String, Object> {
        let objects = self.wait(self.stub.account().objects(bucket)).into_iter();
        let said = |object: fx_aws_stub::Object| Object {
            content_type: object.content_type,
            cache_control: object.cache_control,
        };
        objects.map(|(key, object)| (key, said(object))).collect()
    }
}
