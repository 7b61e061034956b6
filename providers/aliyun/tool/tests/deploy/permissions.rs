//! The policy names what the whole life of a service calls: no less, and no more.

use std::{collections::BTreeSet, path::Path, time::UNIX_EPOCH};

use fx_aliyun_stub::Recorded;
use fx_aliyun_tool::{LIMITS, provider};
use fx_provider::deploy::Identity;
use fx_spec::{Document, Request};
use serde_json::{Value, json};

use crate::Cloud;

/// The actions that the policy of a service allows.
fn allowed(f_yml: &str) -> BTreeSet<String> {
    let document = Document::parse("f.yml", f_yml, Path::new(".")).unwrap();
    let request = Request {
        target: Some("aliyun"),
        targets: &[&LIMITS],
        variables: &|_| None,
        udev: Default::default(),
        code: &[],
    };
    let service = document.resolve(&request).service.unwrap();
    let identity = Identity { service: service.name.value.clone(), stage: None };
    let policy = provider().deploy().unwrap().policy(&service, &identity).unwrap();
    let policy: Value = serde_json::from_str(&policy).unwrap();
    let statements = policy["Statement"].as_array().unwrap().iter();
    let actions = statements.flat_map(|statement| statement["Action"].as_array().unwrap());
    // Passing a role on is no call, and reading the package is the platform's.
    let silent = ["ram:PassRole", "oss:GetObject"];
    actions
        .map(|action| action.as_str().unwrap().to_owned())
        .filter(|action| !silent.contains(&action.as_str()))
        .collect()
}

/// Everything that a service can have.
const F_YML: &str = "service: shop
provider:
  memorySize: 128
  reservedConcurrency: 9
  asyncConfiguration: { maxAsyncRetryAttempts: 1 }
  logConfig: { project: p, logstore: l }
custom: { customDomain: { domainName: shop.example.com } }
functions:
  shop:
    handler: index
    events:
      - http: { method: any, path: /* }
      - timer: { type: cron, value: '0 0 3 * * *' }
      - os: { bucket: uploads, events: [created] }
      - mq: { topic: changes }
      - log: { source: app, project: logs, log: jobs }
  more: { handler: more, events: [ { http: { method: get, path: /more } } ] }
";

/// All calls of the whole life of a service.
async fn life() -> Vec<Recorded> {
    let mut cloud = Cloud::new().await;
    cloud.stub.world().plant("shop", &json!([]));
    cloud.options.force = true;
    assert!(cloud.deploy(F_YML, "1").await.is_success());
    let changed = F_YML.replace("Attempts: 1", "Attempts: 2").replace("0 0 3", "0 0 4").replace("/more", "/less");
    assert!(cloud.deploy(&changed, "2").await.is_success());
    cloud.size = Some(90 << 20);
    assert!(cloud.deploy(&changed, "3").await.is_success());
    let platform = cloud.connect().await.unwrap();
    platform.invoke("shop", b"{}").await.unwrap();
    cloud.stub.world().log("l", []);
    platform.logs("shop", UNIX_EPOCH).await.unwrap();
    assert!(cloud.remove("shop").await.is_success());
    cloud.stub.take_calls()
}

#[tokio::test]
async fn what_a_service_calls_in_its_life_is_what_its_policy_allows() {
    let called: BTreeSet<String> = life()
        .await
        .iter()
        .map(|call| match call.action.as_str() {
            "GetLogs" => "log:GetLogStoreLogs".to_owned(),
            "PutBucket" | "PutObject" => format!("oss:{}", call.action),
            action => format!("fc:{action}"),
        })
        .collect();
    assert_eq!(called, allowed(F_YML));
}
