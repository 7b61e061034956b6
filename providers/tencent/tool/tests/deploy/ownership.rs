//! What is somebody else's stays so.

use fx_deploy::Options;

use crate::{Cloud, Stopped, shop};

#[tokio::test]
async fn a_function_without_our_tag_is_never_overwritten() {
    let mut cloud = Cloud::new().await;
    for (tags, found) in [
        (vec![], "no fx tag"),
        (vec![("team", "a")], "no fx tag"),
        (vec![("fx", "shop/staging")], "fx service shop/staging"),
    ] {
        cloud.stub.world().add_foreign("shop", "Event", &tags);
        let before = cloud.stub.world().function("shop");
        let Err(Stopped::Foreign(foreign)) = cloud.planned(&shop("a"), "1").await else { panic!("{tags:?}") };
        assert_eq!(foreign.iter().map(|foreign| foreign.found.as_str()).collect::<Vec<_>>(), [found]);
        assert_eq!(cloud.stub.take_writes(), [""; 0]);
        assert_eq!(cloud.stub.world().function("shop"), before);
    }
    // The takeover is part of the plan, and is written.
    cloud.options = Options { force: true, ..Options::default() };
    let (_, plan, _) = cloud.planned(&shop("a"), "1").await.unwrap();
    let shown: Vec<_> = plan.changes[0].fields.iter().map(ToString::to_string).collect();
    assert!(shown.contains(&"owner: shop/staging → shop".to_owned()), "{shown:?}");
    cloud.deployed(&shop("a"), "1").await;
    assert_eq!(cloud.stub.world().tag("shop", "fx").as_deref(), Some("shop"));
    cloud.options.force = false;
    assert_eq!(cloud.deployed(&shop("a"), "1").await, [""; 0]);
}

#[tokio::test]
async fn a_stage_is_a_service_of_its_own() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    let staged = shop("a").replace("memorySize: 256", "memorySize: 256, stage: test");
    cloud.deployed(&staged, "1").await;
    assert_eq!(cloud.stub.world().functions(), ["shop", "shop-test"]);
    assert_eq!(cloud.stub.world().tag("shop-test", "fx").as_deref(), Some("shop/test"));
    assert!(cloud.remove("shop").await.is_success());
    assert_eq!(cloud.stub.world().functions(), ["shop-test"]);
}

#[tokio::test]
async fn a_function_of_another_kind_is_not_taken_over() {
    let mut cloud = Cloud::new().await;
    cloud.stub.world().add_foreign("shop", "HTTP", &[]);
    cloud.options = Options { force: true, ..Options::default() };
    let outcome = cloud.deploy(&shop("a"), "1").await;
    assert!(outcome.failed[0].error.to_string().contains("type: web → event"), "{outcome:?}");
    assert_eq!(cloud.stub.take_writes(), [""; 0]);
}
