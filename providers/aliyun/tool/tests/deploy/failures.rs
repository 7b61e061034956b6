//! A platform that is busy, unreachable, or says no; and somebody else at work.

use fx_aliyun_stub::{Fault, TOKEN};
use fx_deploy::{Cancel, Kind, Outcome, apply};
use jiff::SignedDuration;

use crate::{Cloud, HUSH, patience, shop};

/// Everything that the first deploy of a service writes.
const WRITES: [&str; 4] = ["CreateFunction", "PublishFunctionVersion", "CreateAlias", "CreateTrigger"];

fn only_failure(outcome: &Outcome) -> &fx_deploy::CloudError {
    assert_eq!(outcome.failed.len(), 1, "{outcome:?}");
    &outcome.failed[0].error
}

#[tokio::test]
async fn every_write_survives_three_failures_that_pass() {
    for fault in [Fault::Throttled, Fault::Unavailable, Fault::ResetBefore] {
        let cloud = Cloud::new().await;
        for action in WRITES {
            cloud.stub.world().fail(action, [fault; 3]);
        }
        assert_eq!(cloud.deployed(&shop("a"), "1").await.len(), 4, "{fault:?}");
        for action in ["UpdateFunction", "UpdateAlias", "GetTrigger"] {
            cloud.stub.world().fail(action, [fault; 3]);
        }
        assert_eq!(cloud.deployed(&shop("b"), "2").await.len(), 3, "{fault:?}");
    }
}

#[tokio::test]
async fn an_answer_that_got_lost_does_not_write_twice() {
    let cloud = Cloud::new().await;
    for action in WRITES {
        cloud.stub.world().fail(action, [Fault::ResetAfter]);
    }
    assert_eq!(cloud.deployed(&shop("a"), "1").await.len(), 4);
    for action in ["UpdateFunction", "PublishFunctionVersion", "UpdateAlias"] {
        cloud.stub.world().fail(action, [Fault::ResetAfter]);
    }
    assert_eq!(cloud.deployed(&shop("b"), "1").await.len(), 3);
    assert_eq!(cloud.stub.world().versions("shop"), [1, 2]);
    for action in ["DeleteTrigger", "DeleteAlias", "DeleteFunctionVersion", "DeleteFunction"] {
        cloud.stub.world().fail(action, [Fault::ResetAfter]);
    }
    assert!(cloud.remove("shop").await.is_success());
    assert!(cloud.stub.world().is_empty());
}

#[tokio::test]
async fn a_failure_that_does_not_pass_stops_before_anything_is_visible_and_the_next_run_goes_on() {
    for (fault, kind, code) in
        [(Fault::Denied, Kind::Denied, "AccessDenied"), (Fault::Quota, Kind::Quota, "LimitExceededError")]
    {
        let cloud = Cloud::new().await;
        cloud.deployed(&shop("a"), "1").await;
        cloud.stub.world().fail("PublishFunctionVersion", [fault]);
        let outcome = cloud.deploy(&shop("a"), "2").await;
        let error = only_failure(&outcome);
        assert_eq!((error.kind(), error.platform_code()), (kind, Some(code)));
        assert!(error.to_string().contains("request stub-request-") && error.remedy().is_some(), "{error}");
        assert_eq!(cloud.stub.world().alias("shop", "live").unwrap()["versionId"], "1");
        assert_eq!(cloud.stub.take_writes(), ["UpdateFunction shop"]);
        assert_eq!(cloud.deployed(&shop("a"), "2").await, ["PublishFunctionVersion shop", "UpdateAlias shop/live"]);
    }
}

#[tokio::test]
async fn a_deploy_that_was_stopped_is_gone_on_with() {
    let cloud = Cloud::new().await;
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
    assert_eq!(cloud.stub.world().versions("shop"), [1]);
    assert_eq!(cloud.deployed(&shop("a"), "1").await, [""; 0]);
}

#[tokio::test]
async fn a_function_that_was_changed_before_it_was_published_is_not_made_visible() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    cloud.stub.world().fail("UpdateFunction", [Fault::Meddled]);
    let outcome = cloud.deploy(&shop("b"), "1").await;
    let error = only_failure(&outcome);
    assert_eq!(error.kind(), Kind::Changed, "{error}");
    assert!(error.to_string().contains("environment.KEY, environment.WHO"), "{error}");
    assert_eq!(cloud.stub.world().versions("shop"), [1], "what is not what it says must not stay");
    assert_eq!(cloud.stub.world().alias("shop", "live").unwrap()["versionId"], "1");
    cloud.deployed(&shop("b"), "1").await;
    assert_eq!(cloud.stub.world().function("shop").unwrap()["environmentVariables"]["KEY"], "b");

    // The same if the answer to the publish got lost.
    cloud.stub.world().fail("UpdateFunction", [Fault::Meddled]);
    cloud.stub.world().fail("PublishFunctionVersion", [Fault::ResetAfter]);
    let outcome = cloud.deploy(&shop("c"), "1").await;
    assert_eq!(only_failure(&outcome).kind(), Kind::Changed, "{outcome:?}");
    assert_eq!(cloud.stub.world().versions("shop").len(), 2);
}

#[tokio::test]
async fn two_deploys_at_once_end_in_one_of_the_two() {
    let (cloud, other) = (Cloud::new().await, Cloud::new().await);
    cloud.deployed(&shop("a"), "1").await;
    let other = Cloud { variables: cloud.variables.clone(), ..other };
    let (one, another) = (shop("b"), shop("c"));
    let (_, _) = tokio::join!(cloud.deploy(&one, "2"), other.deploy(&another, "3"));
    // Each of the two may have been told that the other was at it. Running one again settles it.
    cloud.deployed(&shop("b"), "2").await;
    let live = cloud.stub.world().alias("shop", "live").unwrap()["versionId"].as_str().unwrap().to_owned();
    let release = cloud.release("shop").await;
    assert_eq!(release.traffic.as_ref().unwrap().version, live);
    assert_eq!(cloud.stub.world().function("shop").unwrap()["environmentVariables"]["KEY"], "b");
    assert_eq!(cloud.deployed(&shop("b"), "2").await, [""; 0]);
}

#[tokio::test]
async fn a_wrong_key_and_a_wrong_clock_are_told_apart() {
    let mut cloud = Cloud::new().await;
    cloud.set("ALIBABA_CLOUD_ACCESS_KEY_SECRET", HUSH);
    let error = only_failure(&cloud.deploy(&shop("a"), "1").await).to_string();
    assert!(error.contains("SignatureDoesNotMatch") && !error.contains(HUSH), "{error}");

    let cloud = Cloud::new().await;
    cloud.stub.world().set_clock(SignedDuration::from_mins(20));
    let outcome = cloud.deploy(&shop("a"), "1").await;
    assert_eq!(only_failure(&outcome).kind(), Kind::Clock, "{outcome:?}");
    cloud.stub.world().set_clock(SignedDuration::from_mins(10));
    cloud.deployed(&shop("a"), "1").await;

    let mut cloud = Cloud::new().await;
    cloud.set("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAInobody");
    let outcome = cloud.deploy(&shop("a"), "1").await;
    assert_eq!(only_failure(&outcome).kind(), Kind::Credentials, "{outcome:?}");
}

#[tokio::test]
async fn a_temporary_key_is_good_with_its_token() {
    let mut cloud = Cloud::new().await;
    cloud.set("ALIBABA_CLOUD_ACCESS_KEY_ID", "STS.stub");
    cloud.set("ALIBABA_CLOUD_SECURITY_TOKEN", TOKEN);
    cloud.deployed(&shop("a"), "1").await;
    cloud.set("ALIBABA_CLOUD_SECURITY_TOKEN", "stale");
    let outcome = cloud.deploy(&shop("a"), "1").await;
    assert_eq!(only_failure(&outcome).kind(), Kind::Credentials, "{outcome:?}");
}

#[tokio::test]
async fn the_account_is_asked_for_if_nobody_says_it() {
    let mut cloud = Cloud::new().await;
    cloud.variables.remove("FX_ALIYUN_ACCOUNT_ID");
    assert_eq!(cloud.connect().await.unwrap().place().account, fx_aliyun_stub::ACCOUNT);
    cloud.set("ALIBABA_CLOUD_ACCOUNT_ID", "42");
    assert_eq!(cloud.connect().await.unwrap().place().account, "42");
    cloud.set("FX_ALIYUN_ACCOUNT_ID", "not a number");
    assert_eq!(cloud.connect().await.err().unwrap().kind(), Kind::Invalid);
}

#[tokio::test]
async fn a_zip_that_is_too_large_is_refused_before_anything_is_called() {
    let cloud = Cloud::new().await;
    let platform = cloud.connect().await.unwrap();
    let mut document = fx_provider::testing::artifact(&shop("a"), fx_aliyun_tool::provider());
    document.units[0].size = 501 << 20;
    let identity = fx_provider::deploy::Identity { service: "shop".into(), stage: None };
    let order = fx_provider::deploy::Order {
        document: &document,
        folder: cloud.folder.path(),
        identity: &identity,
        environment: &Default::default(),
        releases: &Default::default(),
        canary: None,
        needs: &[],
    };
    let error = platform.resources(&order).err().unwrap();
    assert!(error.to_string().contains("shop.zip has 501 MB, and the platform takes at most 500 MB"), "{error}");
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
        cloud.stub.world().fail("UpdateFunction", [fault]);
        let outcome = cloud.deploy(&shop(&format!("{HUSH}-2")), "1").await;
        said += &format!("{outcome:?} {}", only_failure(&outcome));
    }
    let wrong = cloud.deploy(&shop(HUSH).replace("KEY:", "FC_KEY:"), "1").await;
    said += &format!("{wrong:?}");
    assert!(said.contains("environment.KEY") && said.contains("InvalidArgument"), "{said}");
    for secret in ["hush", fx_aliyun_stub::KEY_SECRET] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}
