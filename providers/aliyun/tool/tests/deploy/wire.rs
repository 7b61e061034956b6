//! What a deploy sends, held against the models of the official SDK: every member is known there, and of the kind that is said.

use std::collections::BTreeSet;

use fx_deploy::Route;
use fx_provider::testing::run_tool;
use serde_json::json;

use crate::Cloud;

/// Everything that can be said of a service.
const WIDE: &str = "service: shop
provider:
  memorySize: 128
  timeout: 9
  initTimeout: 30
  role: shop
  internetAccess: false
  authType: function
  reservedConcurrency: 9
  asyncConfiguration: { maxAsyncRetryAttempts: 1, destination: { onFailure: 'acs:mns:cn-hangzhou:1:/queues/failed/messages' } }
  logConfig: { project: p, logstore: l }
  nasConfig: { userId: 1, groupId: 1, mountPoints: [ { serverAddr: 'a.cn-hangzhou.nas.aliyuncs.com:/', mountDir: /mnt } ] }
  tracingConfig: { type: Jaeger, params: { endpoint: 'http://tracing.example.com' } }
  vpcConfig: { vpcId: vpc-1, vSwitchIds: [vsw-1], securityGroupId: sg-1 }
  environment: { KEY: a }
  layers: [ 'acs:fc:cn-hangzhou:1234567890123456:layers/l/versions/1' ]
custom: { customDomain: { domainName: shop.example.com } }
functions:
  shop:
    handler: index
    description: A shop
    concurrency: 20
    events:
      - http: { method: any, path: /*, cors: { allowOrigins: ['https://a.example.com'], allowCredentials: true, maxAge: 60 } }
      - timer: { type: cron, value: '0 0 3 * * *', payload: go }
      - os: { bucket: uploads, events: [created], filter: { prefix: in/, suffix: .csv } }
      - mq: { topic: changes, tags: [a] }
      - log: { source: app, project: logs, log: jobs }
  more: { handler: more, events: [ { http: { method: get, path: /more } } ] }
";

#[tokio::test]
async fn every_member_of_every_request_is_one_of_the_official_sdk() {
    let mut cloud = Cloud::new().await;
    cloud.deployed_calls(WIDE, "1").await;
    let changed = WIDE.replace("Attempts: 1", "Attempts: 2").replace("0 0 3", "0 0 4").replace("/more", "/less");
    cloud.canary = Some("10%".parse().unwrap());
    cloud.deployed_calls(&changed.replace("KEY: a", "KEY: b"), "2").await;
    let platform = cloud.connect().await.unwrap();
    let route = Route::promote(&cloud.release("shop").await).unwrap();
    assert!(crate::run(vec![platform.alias("shop", &route)], vec![platform.version("shop", "1")]).await.is_success());
    platform.invoke("shop", b"{}").await.unwrap();
    // The least that can be said takes away what was there.
    cloud.deployed_calls(&crate::shop("a"), "3").await;
    assert!(cloud.remove("shop").await.is_success());

    let calls = cloud.stub.take_calls();
    let actions: BTreeSet<&str> = calls.iter().map(|call| call.action.as_str()).collect();
    assert_eq!(actions.len(), 32, "one of them is made nowhere: {actions:?}");
    let sent: Vec<_> =
        calls.iter().map(|call| json!({ "action": call.action, "query": call.query, "body": call.body })).collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    serde_json::to_writer(&file, &sent).unwrap();
    let script = include_str!("wire.py");
    assert_eq!(run_tool("python/bin/python", &["-c".as_ref(), script.as_ref(), file.path().as_os_str()]), "");
}
