//! What is somebody else's stays so.

use fx_aws_stub::Fault;
use fx_deploy::Options;
use fx_provider::deploy::Identity;
use serde_json::json;

use crate::{Cloud, Stopped, only_failure, shop};

#[tokio::test]
async fn a_function_without_our_tag_is_never_overwritten() {
    for (tags, found) in [
        (json!({}), "no fx tag"),
        (json!({ "team": "a" }), "no fx tag"),
        (json!({ "fx": "shop/staging" }), "fx service shop/staging"),
    ] {
        let mut cloud = Cloud::new().await;
        cloud.make_function("shop", tags.clone()).await;
        let before = cloud.look("/shop").await["Configuration"].clone();
        let Err(Stopped::Foreign(foreign)) = cloud.planned(&shop("a"), "1").await else { panic!("{tags}") };
        assert_eq!(foreign.iter().map(|foreign| foreign.found.as_str()).collect::<Vec<_>>(), [found]);
        assert_eq!(cloud.proxy.take_writes(), [""; 0]);
        assert_eq!(cloud.look("/shop").await["Configuration"], before);

        cloud.options = Options { force: true, ..Options::default() };
        let writes = cloud.deployed(&shop("a"), "1").await;
        let first = |operation: &str| writes.iter().position(|write| write.starts_with(operation)).unwrap();
        assert!(first("TagResource") < first("UpdateFunctionCode"), "not ours when it is changed: {writes:?}");
        assert_eq!(cloud.look("/shop").await["Tags"]["fx"], "shop");
        cloud.options.force = false;
        assert_eq!(cloud.deployed(&shop("a"), "1").await, [""; 0]);
    }
}

#[tokio::test]
async fn a_role_and_a_rule_of_somebody_elses_are_not_touched() {
    let mut cloud = Cloud::new().await;
    cloud.make_role("fx-shop-eu-central-1", "/").await;
    let Err(Stopped::Foreign(foreign)) = cloud.planned(&shop("a"), "1").await else { panic!("taken over") };
    let said = foreign.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(said, ["role fx-shop-eu-central-1 exists and was not made by this service: no fx tag"]);
    // A role cannot be moved to where those of the service are, and functions name roles by their place.
    cloud.options.force = true;
    let outcome = cloud.deploy(&shop("a"), "1").await;
    let error = only_failure(&outcome);
    assert!(error.to_string().contains("the role fx-shop-eu-central-1 is at / and cannot be moved"), "{error}");
    assert!(error.remedy().unwrap().contains("`role`"), "{error:?}");
    assert_eq!(cloud.proxy.take_writes(), [""; 0]);

    let cloud = Cloud::new().await;
    cloud.make_rule("shop-tick", "ann's").await;
    let tick = shop("a").replace("events: [", "events: [ { timer: { name: tick, type: every, value: 5m } },");
    let Err(Stopped::Foreign(foreign)) = cloud.planned(&tick, "1").await else { panic!("taken over") };
    assert_eq!(foreign[0].found, "a rule that says `ann's` of itself");
    assert_eq!(cloud.proxy.take_writes(), [""; 0]);
}

#[tokio::test]
async fn another_stage_is_another_service() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    let staging = shop("a").replace("provider: {", "provider: { stage: staging,");
    cloud.deployed(&staging, "1").await;
    assert_eq!(cloud.functions().await, ["shop", "shop-staging"]);
    assert!(cloud.remove("shop").await.is_success());
    assert_eq!(cloud.functions().await, ["shop-staging"]);
    cloud.proxy.take_calls();
    assert_eq!(cloud.deployed(&staging, "1").await, [""; 0], "its role and address are its own");
}

#[tokio::test]
async fn removing_takes_only_what_carries_the_mark() {
    let cloud = Cloud::new().await;
    cloud.make_function("alien", json!({})).await;
    cloud.make_function("other", json!({ "fx": "other" })).await;
    cloud.make_rule("shop-by-hand", "ann's").await;
    cloud.deployed(&shop("a"), "1").await;
    assert!(cloud.remove("shop").await.is_success());
    assert_eq!(cloud.functions().await, ["alien", "other"]);
    let writes = cloud.proxy.take_writes();
    assert!(!writes.iter().any(|write| write.contains("theirs") || write.contains("by-hand")), "{writes:?}");
}

#[tokio::test]
async fn a_busy_platform_is_asked_again_for_one_function_and_not_for_all() {
    let cloud = Cloud::new().await;
    for name in ["theirs", "others", "another"] {
        cloud.make_function(name, json!({})).await;
    }
    cloud.deployed(&shop("a"), "1").await;
    let busy = || Fault::Refused(429, "TooManyRequestsException", "Rate exceeded");
    let identity = Identity { service: "shop".into(), stage: None };
    cloud.proxy.fail("ListTags", [busy(), busy()]);
    cloud.proxy.take_calls();
    cloud.platform().await.owned(&identity).await.unwrap();
    let calls = cloud.proxy.take_calls();
    let asked = |operation: &str| calls.iter().filter(|call| call.operation() == operation).count();
    assert_eq!((asked("ListFunctions"), asked("ListTags")), (1, 4 + 2));
}
