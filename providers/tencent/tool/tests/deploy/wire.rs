//! What a deploy sends, held against the models of the official SDK: every member is known there, and of the kind that is said.

use std::collections::BTreeSet;

use fx_deploy::{Options, Route};
use fx_provider::testing::run_tool;
use serde_json::json;

use crate::{Cloud, run, shop};

/// Everything that can be said of a service.
const WIDE: &str = "
service: shop
provider:
  memorySize: 256
  timeout: 9
  initTimeout: 30
  namespace: apart
  role: shop
  internetAccess: true
  vpcConfig: { vpcId: vpc-1, subnetId: subnet-1 }
  environment: { KEY: a }
functions:
  shop:
    handler: a.b
    description: A shop
    layers: [ 'l:1' ]
    events:
      - http: { path: /*, method: any, cors: { origins: ['https://a.example'], credentials: true, maxAge: 60 } }
      - timer: { type: every, value: 5m, name: often, payload: go }
      - cos: { bucket: up-1250000000, events: [created], filter: { prefix: in/, suffix: .csv } }
      - mq: { topic: ckafka-abc-orders }
      - mq: { topic: news, tags: [a] }
  pages: { handler: a.pages, type: web, concurrency: 20, events: [ { http: { path: /pages, method: get } } ] }
";
/// Calls of other services than SCF.
const ELSEWHERE: [&str; 6] =
    ["GetCallerIdentity", "GetUserAppId", "HeadBucket", "ModifyResourceTags", "PutBucket", "PutObject"];

#[tokio::test]
async fn every_member_of_every_request_is_one_of_the_official_sdk() {
    let mut cloud = Cloud::new().await;
    cloud.settings.insert("namespace".into(), json!("apart"));
    cloud.canary = Some("10%".parse().unwrap());
    let changed = WIDE.replace("5m", "10m").replace("filter", "enable: false, filter").replace("KEY: a", "KEY: b");
    for (f_yml, code, padding) in [(WIDE, "1", 0), (&changed, "2", 0), (WIDE, "3", 8 << 20), (&shop("a"), "4", 0)] {
        cloud.padding = padding;
        let outcome = cloud.deploy(f_yml, code).await;
        assert!(outcome.is_success(), "{outcome:?}");
    }
    let platform = cloud.connect().await.unwrap();
    let route = Route::promote(&cloud.release("shop").await).unwrap();
    let old = vec![platform.version("shop", "2")];
    assert!(run(vec![platform.alias("shop", &route)], old).await.is_success());
    platform.invoke("shop", b"{}").await.unwrap();
    platform.logs("shop", std::time::SystemTime::now()).await.unwrap();
    assert!(cloud.remove("shop").await.is_success());
    cloud.settings.clear();
    cloud.stub.world().add_foreign("shop", "Event", &[]);
    cloud.options = Options { force: true, ..Options::default() };
    assert!(cloud.deploy(&shop("a"), "5").await.is_success());

    let mut calls = cloud.stub.take_calls();
    calls.retain(|call| !ELSEWHERE.contains(&call.action.as_str()));
    let actions: BTreeSet<&str> = calls.iter().map(|call| call.action.as_str()).collect();
    assert_eq!(actions.len(), 22, "one of them is made nowhere: {actions:?}");
    let sent: Vec<_> = calls.iter().map(|call| json!({ "action": call.action, "body": call.body })).collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    serde_json::to_writer(&file, &sent).unwrap();
    let script = include_str!("wire.py");
    assert_eq!(run_tool("python/bin/python", &["-c".as_ref(), script.as_ref(), file.path().as_os_str()]), "");
}
