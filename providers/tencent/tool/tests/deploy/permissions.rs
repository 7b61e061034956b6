//! What `fx policy` prints is enough for everything fx does, and no more.

use std::{collections::BTreeSet, path::Path};

use fx_deploy::{Kind, Options, Route};
use fx_provider::deploy::Identity;
use fx_spec::{Document, Request};
use fx_tencent_stub::Recorded;
use fx_tencent_tool::provider;
use serde_json::{Value, json};

use crate::{Cloud, run};

const ALL: &str = "
service: shop
provider: { memorySize: 256, namespace: apart, environment: { KEY: a } }
functions:
  shop:
    handler: a.b
    events:
      - http: { path: /*, method: any }
      - timer: { type: every, value: 5m, name: often }
      - cos: { bucket: up-1250000000, events: [created] }
";

/// The actions of the policy of a service.
fn actions(text: &str) -> BTreeSet<String> {
    let target = provider().capabilities();
    let document = Document::parse("f.yml", text, Path::new(".")).unwrap();
    let request = Request {
        target: Some(target.name),
        targets: &[target],
        variables: &|_| None,
        udev: Default::default(),
        code: &[],
    };
    let service = document.resolve(&request).service.unwrap();
    let identity = Identity { service: "shop".into(), stage: None };
    let policy = provider().deploy().unwrap().policy(&service, &identity).unwrap();
    let policy: Value = serde_json::from_str(&policy).unwrap();
    let statements = policy["statement"].as_array().unwrap().iter();
    let actions = statements.flat_map(|statement| statement["action"].as_array().unwrap());
    actions.map(|action| action.as_str().unwrap().to_owned()).collect()
}

/// The calls of the whole life of a service, which may make no others than these.
async fn life(allowed: BTreeSet<String>) -> Vec<Recorded> {
    let mut cloud = Cloud::new().await;
    cloud.stub.world().allow_only(allowed);
    cloud.settings.insert("namespace".into(), json!("apart"));
    assert!(cloud.deploy(ALL, "1").await.is_success());
    let mut calls = cloud.stub.take_calls();
    // A package that is larger than a request.
    cloud.padding = 8 << 20;
    assert!(cloud.deploy(ALL, "large").await.is_success());
    cloud.padding = 0;
    // Another configuration, other code, other triggers.
    let other = ALL.replace("KEY: a", "KEY: b").replace("5m", "10m").replace("[created]", "[created], enable: false");
    assert!(cloud.deploy(&other, "2").await.is_success());
    calls.extend(cloud.stub.take_calls());
    let platform = cloud.connect().await.unwrap();
    cloud.reroute(&Route::rollback(&cloud.release("shop").await, None).unwrap()).await;
    assert!(run(vec![], vec![platform.version("shop", "3")]).await.is_success());
    platform.invoke("shop", b"{}").await.unwrap();
    platform.logs("shop", std::time::SystemTime::now()).await.unwrap();
    assert!(cloud.remove("shop").await.is_success());
    // Somebody else's function, taken over.
    cloud.settings.clear();
    cloud.stub.world().add_foreign("shop", "Event", &[]);
    cloud.options = Options { force: true, ..Options::default() };
    assert!(cloud.deploy(ALL, "3").await.is_success());
    calls.extend(cloud.stub.take_calls());
    calls
}

#[tokio::test]
async fn a_whole_life_needs_all_permissions_of_the_policy_and_no_others() {
    let allowed = actions(ALL);
    let mut called = BTreeSet::new();
    for call in life(allowed.clone()).await {
        assert_eq!(call.refused.filter(|code| code.starts_with("UnauthorizedOperation")), None, "{}", call.action);
        called.insert(call.action);
    }
    let named: BTreeSet<String> =
        allowed.iter().filter_map(|action| action.split_once(':')).map(|(_, name)| name.to_owned()).collect();
    assert_eq!(called, named);
}

#[tokio::test]
async fn what_the_policy_lacks_is_said_with_the_command_that_prints_it() {
    let cloud = Cloud::new().await;
    let mut allowed = actions(ALL);
    allowed.remove("scf:PublishVersion");
    cloud.stub.world().allow_only(allowed);
    let outcome = cloud.deploy(ALL, "1").await;
    let error = &outcome.failed[0].error;
    assert_eq!(error.kind(), Kind::Denied);
    assert!(
        error.to_string().contains("scf:PublishVersion") && error.remedy().unwrap().contains("fx policy"),
        "{error}"
    );
}
