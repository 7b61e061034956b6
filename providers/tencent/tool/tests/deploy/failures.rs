//! A platform that is busy, unreachable, or says no; and somebody else at work.

use fx_deploy::{Cancel, Kind, Outcome, apply};
use fx_provider::deploy::{Identity, Order};
use fx_tencent_stub::{Fault, SECRET_KEY, TOKEN};

use crate::{Cloud, HUSH, patience, shop};

/// Everything that the first deploy of a service writes.
const WRITES: [&str; 4] = ["CreateFunction", "PublishVersion", "UpdateAlias", "CreateTrigger"];

fn only_failure(outcome: &Outcome) -> &fx_deploy::CloudError {
    assert_eq!(outcome.failed.len(), 1, "{outcome:?}");
    &outcome.failed[0].error
}

#[tokio::test]
async fn every_call_survives_three_failures_that_pass() {
    for fault in [Fault::Throttled, Fault::Unavailable, Fault::Gateway, Fault::ResetBefore] {
        let cloud = Cloud::new().await;
        for action in WRITES {
            cloud.stub.world().fail(action, [fault; 3]);
        }
        assert_eq!(cloud.deployed(&shop("a"), "1").await.len(), 4, "{fault:?}");
        for action in ["UpdateFunctionConfiguration", "UpdateAlias", "GetFunction", "GetFunctionAddress"] {
            cloud.stub.world().fail(action, [fault; 3]);
        }
        assert_eq!(cloud.deployed(&shop("b"), "1").await.len(), 3, "{fault:?}");
    }
}

#[tokio::test]
async fn an_answer_that_got_lost_does_not_write_twice() {
    let cloud = Cloud::new().await;
    for action in WRITES {
        cloud.stub.world().fail(action, [Fault::ResetAfter]);
    }
    assert_eq!(cloud.deployed(&shop("a"), "1").await.len(), 4);
    for action in ["UpdateFunctionConfiguration", "PublishVersion", "UpdateAlias"] {
        cloud.stub.world().fail(action, [Fault::ResetAfter]);
    }
    assert_eq!(cloud.deployed(&shop("b"), "1").await.len(), 3);
    assert_eq!(cloud.stub.world().versions("shop").len(), 2);
    for action in ["DeleteTrigger", "DeleteFunction"] {
        cloud.stub.world().fail(action, [Fault::ResetAfter]);
    }
    assert!(cloud.remove("shop").await.is_success());
    assert_eq!(cloud.stub.world().functions(), [""; 0]);
}

#[tokio::test]
async fn a_failure_that_does_not_pass_stops_before_anything_is_visible_and_the_next_run_goes_on() {
    for (fault, kind, code) in [
        (Fault::Denied, Kind::Denied, "UnauthorizedOperation.CAM"),
        (Fault::Quota, Kind::Quota, "LimitExceeded.Function"),
    ] {
        let cloud = Cloud::new().await;
        cloud.deployed(&shop("a"), "1").await;
        cloud.stub.world().fail("PublishVersion", [fault]);
        let outcome = cloud.deploy(&shop("a"), "2").await;
        let error = only_failure(&outcome);
        assert_eq!((error.kind(), error.platform_code()), (kind, Some(code)));
        assert!(error.to_string().contains("request stub-request-") && error.remedy().is_some(), "{error}");
        assert_eq!(cloud.stub.world().alias("shop").unwrap().0, "1");
        assert_eq!(cloud.stub.take_writes(), ["UpdateFunctionCode shop"]);
        assert_eq!(cloud.deployed(&shop("a"), "2").await, ["PublishVersion shop", "UpdateAlias shop"]);
    }
}

#[tokio::test]
async fn a_function_that_cannot_be_made_is_made_anew_by_the_next_run() {
    let cloud = Cloud::new().await;
    cloud.stub.world().fail("CreateFunction", [Fault::Broken]);
    let outcome = cloud.deploy(&shop("a"), "1").await;
    assert_eq!(only_failure(&outcome).kind(), Kind::Failed);
    assert!(only_failure(&outcome).to_string().contains("CreateFailed: bootstrap does not start"), "{outcome:?}");
    assert_eq!(cloud.stub.take_writes(), ["CreateFunction shop"]);
    let writes = cloud.deployed(&shop("a"), "1").await;
    assert_eq!(writes[..3], ["DeleteFunction shop", "CreateFunction shop", "PublishVersion shop"]);
}

#[tokio::test]
async fn a_function_that_does_not_show_at_once_is_waited_for() {
    let cloud = Cloud::new().await;
    // The first look finds none anyway.
    cloud.stub.world().fail("GetFunction", [Fault::Hidden; 3]);
    assert_eq!(cloud.deployed(&shop("a"), "1").await.len(), 4);
}

#[tokio::test]
async fn an_update_that_fails_is_no_success_and_the_next_run_mends_it() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    cloud.stub.world().fail("UpdateFunctionCode", [Fault::Broken]);
    let outcome = cloud.deploy(&shop("a"), "2").await;
    assert!(only_failure(&outcome).to_string().contains("UpdateFailed"), "{outcome:?}");
    assert_eq!(cloud.stub.world().alias("shop").unwrap().0, "1");
    cloud.stub.take_writes();
    let writes = cloud.deployed(&shop("a"), "2").await;
    assert_eq!(writes, ["UpdateFunctionCode shop", "PublishVersion shop", "UpdateAlias shop"]);
    assert_eq!(cloud.deployed(&shop("a"), "2").await, [""; 0]);
}

#[tokio::test]
async fn a_deploy_that_was_stopped_is_gone_on_with() {
    let cloud = Cloud::new().await;
    cloud.stub.world().be_slow(2);
    let (resources, plan, observed) = cloud.planned(&shop("a"), "1").await.unwrap();
    let cancel = Cancel::new();
    let stop = async {
        while cloud.stub.world().function("shop").is_none() {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
    };
    let patience = patience();
    let (outcome, ()) = tokio::join!(apply(&plan, &resources, observed.known, &patience, &(), &cancel), stop);
    assert!(outcome.interrupted, "{outcome:?}");
    cloud.deployed(&shop("a"), "1").await;
    assert_eq!(cloud.stub.world().versions("shop").len(), 1);
    assert_eq!(cloud.deployed(&shop("a"), "1").await, [""; 0]);
}

#[tokio::test]
async fn a_function_that_was_changed_before_it_was_published_is_not_made_visible() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    cloud.stub.world().fail("UpdateFunctionConfiguration", [Fault::Meddled]);
    let outcome = cloud.deploy(&shop("b"), "1").await;
    let error = only_failure(&outcome);
    assert_eq!(error.kind(), Kind::Changed, "{error}");
    assert!(error.to_string().contains("environment."), "{error}");
    assert_eq!(cloud.stub.world().versions("shop").len(), 1, "what is not what it says must not stay");
    assert_eq!(cloud.stub.world().alias("shop").unwrap().0, "1");
    cloud.deployed(&shop("b"), "1").await;
    let variables = cloud.stub.world().function("shop").unwrap()["Environment"]["Variables"].clone();
    assert_eq!(variables, serde_json::json!([{ "Key": "KEY", "Value": "b" }]));
}

#[tokio::test]
async fn two_deploys_at_once_end_in_one_of_the_two() {
    let (cloud, other) = (Cloud::new().await, Cloud::new().await);
    cloud.deployed(&shop("a"), "1").await;
    let other = Cloud { variables: cloud.variables.clone(), ..other };
    let (one, two) = (shop("b"), shop("c"));
    let (_, _) = tokio::join!(cloud.deploy(&one, "2"), other.deploy(&two, "3"));
    // Each of the two may have been told that the other was at it. Running one again settles it.
    cloud.deployed(&shop("b"), "2").await;
    let traffic = cloud.release("shop").await.traffic.unwrap();
    assert_eq!((traffic.version, traffic.canary), (cloud.stub.world().alias("shop").unwrap().0, None));
    let variables = cloud.stub.world().function("shop").unwrap()["Environment"]["Variables"].clone();
    assert_eq!(variables[0]["Value"], "b");
    assert_eq!(cloud.deployed(&shop("b"), "2").await, [""; 0]);
}

#[tokio::test]
async fn a_wrong_key_and_a_wrong_clock_are_told_apart() {
    let mut cloud = Cloud::new().await;
    cloud.set("TENCENTCLOUD_SECRET_KEY", HUSH);
    let error = only_failure(&cloud.deploy(&shop("a"), "1").await).to_string();
    assert!(error.contains("AuthFailure.SignatureFailure") && !error.contains(HUSH), "{error}");

    let cloud = Cloud::new().await;
    cloud.stub.world().set_clock_ahead(20 * 60);
    let outcome = cloud.deploy(&shop("a"), "1").await;
    assert_eq!(only_failure(&outcome).kind(), Kind::Clock, "{outcome:?}");
    cloud.stub.world().set_clock_ahead(4 * 60);
    cloud.deployed(&shop("a"), "1").await;

    let mut cloud = Cloud::new().await;
    cloud.set("TENCENTCLOUD_SECRET_ID", "AKIDnobody");
    let outcome = cloud.deploy(&shop("a"), "1").await;
    assert_eq!(only_failure(&outcome).kind(), Kind::Credentials, "{outcome:?}");
}

#[tokio::test]
async fn a_temporary_key_is_good_with_its_token() {
    let mut cloud = Cloud::new().await;
    cloud.set("TENCENTCLOUD_SECRET_ID", "AKIDstubSession");
    cloud.set("TENCENTCLOUD_TOKEN", TOKEN);
    cloud.deployed(&shop("a"), "1").await;
    cloud.set("TENCENTCLOUD_TOKEN", "stale");
    let outcome = cloud.deploy(&shop("a"), "1").await;
    assert_eq!(only_failure(&outcome).kind(), Kind::Credentials, "{outcome:?}");
}

#[tokio::test]
async fn a_package_that_no_function_takes_is_refused_before_anything_is_called() {
    let cloud = Cloud::new().await;
    let platform = cloud.connect().await.unwrap();
    let mut document = fx_provider::testing::artifact(&shop("a"), fx_tencent_tool::provider());
    document.units[0].size = 501 << 20;
    let identity = Identity { service: "shop".into(), stage: None };
    let order = Order {
        document: &document,
        folder: cloud.folder.path(),
        identity: &identity,
        environment: &Default::default(),
        releases: &Default::default(),
        canary: None,
        needs: &[],
    };
    let error = platform.resources(&order).err().unwrap();
    assert!(error.to_string().contains("shop.zip has 501 MB, and SCF takes 500 MB"), "{error}");
    assert!(error.remedy().unwrap().contains("--release"), "{error:?}");
}

#[tokio::test]
async fn a_package_that_is_larger_than_a_request_goes_through_a_bucket() {
    let mut cloud = Cloud::new().await;
    cloud.padding = 8 << 20;
    // The first two connections end without an answer.
    cloud.stub.world().fail("PutBucket", [Fault::ResetAfter]);
    cloud.stub.world().fail("PutObject", [Fault::ResetAfter]);
    let writes = cloud.deployed(&shop("a"), "1").await;
    let bucket = "fx-code-ap-guangzhou-1300000001";
    let object = format!("{bucket}/default/shop.zip");
    assert_eq!(writes[..2], [format!("PutBucket {bucket}/"), format!("PutObject {object}")]);
    assert_eq!(cloud.stub.world().objects().join(", "), object);
    assert_eq!(cloud.deployed(&shop("a"), "1").await, [""; 0]);
    // Other code takes the place of the old one; another variable takes none.
    let writes = cloud.deployed(&shop("a"), "2").await;
    assert_eq!(writes[..2], [format!("PutObject {object}"), "UpdateFunctionCode shop".to_owned()]);
    assert_eq!(cloud.deployed(&shop("b"), "2").await[0], "UpdateFunctionConfiguration shop");
    assert_eq!(cloud.stub.world().objects(), [object]);

    // It stays until somebody wants it gone, and the bucket goes with it.
    assert!(cloud.remove("shop").await.is_success());
    assert_eq!(cloud.stub.world().buckets.len(), 1);
    cloud.purge("shop").await;
    assert_eq!(cloud.stub.world().buckets.len(), 0);
    cloud.purge("shop").await;
}

#[tokio::test]
async fn no_secret_is_in_any_output() {
    let cloud = Cloud::new().await;
    let (_, plan, observed) = cloud.planned(&shop(HUSH), "1").await.unwrap();
    let mut said = format!("{plan:?} {observed:?} {}", serde_json::to_string(&plan).unwrap());
    cloud.deployed(&shop(HUSH), "1").await;
    let (_, plan, observed) = cloud.planned(&shop("other"), "1").await.unwrap();
    said += &format!("{plan:?} {observed:?}");
    for fault in [Fault::Denied, Fault::Meddled] {
        cloud.stub.world().fail("UpdateFunctionConfiguration", [fault]);
        let outcome = cloud.deploy(&shop(&format!("{HUSH}-2")), "1").await;
        said += &format!("{outcome:?} {}", only_failure(&outcome));
    }
    let wrong = cloud.deploy(&shop(HUSH).replace("KEY:", "SCF_KEY:"), "1").await;
    said += &format!("{wrong:?}");
    assert!(said.contains("environment.KEY") && said.contains("EnvironmentSystemProtect"), "{said}");
    for secret in ["hush", SECRET_KEY] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}
