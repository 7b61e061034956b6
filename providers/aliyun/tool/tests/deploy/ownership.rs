//! What is somebody else's stays so.

use fx_deploy::Options;
use serde_json::json;

use crate::{Cloud, Stopped, shop};

#[tokio::test]
async fn a_function_without_our_tag_is_never_overwritten() {
    let mut cloud = Cloud::new().await;
    for (tags, found) in [
        (json!([]), "no fx tag"),
        (json!([{ "Key": "team", "Value": "a" }]), "no fx tag"),
        (json!([{ "Key": "fx", "Value": "shop/staging" }]), "fx service shop/staging"),
    ] {
        cloud.stub.world().plant("shop", &tags);
        let Err(Stopped::Foreign(foreign)) = cloud.planned(&shop("a"), "1").await else { panic!("{tags}") };
        assert_eq!(foreign.iter().map(|foreign| foreign.found.as_str()).collect::<Vec<_>>(), [found]);
        assert_eq!(cloud.stub.take_writes(), [""; 0]);
    }
    cloud.options = Options { force: true, ..Options::default() };
    cloud.deployed(&shop("a"), "1").await;
    let function = cloud.stub.world().function("shop").unwrap();
    assert_eq!(function["tags"], json!([{ "Key": "fx", "Value": "shop" }]));
    cloud.options.force = false;
    assert_eq!(cloud.deployed(&shop("a"), "1").await, [""; 0]);
}

#[tokio::test]
async fn another_stage_is_another_service() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    let staging = shop("a").replace("provider: {", "provider: { stage: staging,");
    cloud.deployed(&staging, "1").await;
    assert_eq!(cloud.stub.world().functions(), ["shop", "shop-staging"]);
    assert!(cloud.remove("shop").await.is_success());
    assert_eq!(cloud.stub.world().functions(), ["shop-staging"]);
}

#[tokio::test]
async fn removing_takes_only_what_carries_the_mark() {
    let cloud = Cloud::new().await;
    cloud.stub.world().plant("alien", &json!([]));
    cloud.stub.world().plant("other", &json!([{ "Key": "fx", "Value": "other" }]));
    cloud.deployed(&shop("a"), "1").await;
    assert!(cloud.remove("shop").await.is_success());
    assert_eq!(cloud.stub.world().functions(), ["alien", "other"]);

    // Not even if the platform lists what was not asked for.
    cloud.stub.world().ignore_filters();
    cloud.deployed(&shop("a"), "1").await;
    assert!(cloud.remove("shop").await.is_success());
    assert_eq!(cloud.stub.world().functions(), ["alien", "other"]);
}

#[tokio::test]
async fn a_domain_that_leads_to_others_too_stays() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    let routes = json!([{ "path": "/a", "functionName": "shop" }, { "path": "/b", "functionName": "other" }]);
    let domain = json!({ "domainName": "both.example.com", "protocol": "HTTP", "routeConfig": { "routes": routes } });
    cloud.stub.world().plant_domain(&domain);
    assert!(cloud.remove("shop").await.is_success());
    assert!(cloud.stub.world().functions().is_empty() && cloud.stub.world().domain("both.example.com").is_some());
}

#[tokio::test]
async fn a_domain_that_leads_elsewhere_is_somebody_elses() {
    let with = |service: &str| {
        shop("a").replace("shop", service) + "custom: { customDomain: { domainName: shop.example.com } }\n"
    };
    let cloud = Cloud::new().await;
    cloud.deployed(&with("other"), "1").await;
    let Err(Stopped::Foreign(foreign)) = cloud.planned(&with("shop"), "1").await else { panic!("taken over") };
    assert_eq!(foreign.len(), 1);
    assert_eq!(
        foreign[0].to_string(),
        "domain shop.example.com exists and was not made by this service: routes to function other"
    );
}

#[tokio::test]
async fn a_trigger_that_was_made_by_hand_stays() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    let by_hand = json!({
        "triggerName": "by-hand", "triggerType": "timer", "qualifier": "live", "description": "of ann",
        "triggerConfig": r#"{"cronExpression":"@every 5m","enable":true}"#,
    });
    cloud.stub.world().plant_trigger("shop", &by_hand);
    assert_eq!(cloud.deployed(&shop("a"), "1").await, [""; 0]);
    let named = shop("a").replace("events: [", "events: [ { timer: { type: every, value: 9m, name: by-hand } },");
    let Err(Stopped::Foreign(foreign)) = cloud.planned(&named, "1").await else { panic!("taken over") };
    assert_eq!(foreign[0].found, "not made by fx");
}
