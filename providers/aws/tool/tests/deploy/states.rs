//! What AWS takes its time for, and what it gives up on.

use fx_aws_stub::Fault;
use fx_deploy::Kind;

use crate::{Cloud, only_failure, shop};

#[tokio::test]
async fn between_two_changes_of_a_function_the_platform_is_waited_for() {
    let cloud = Cloud::new().await;
    cloud.proxy.be_slow(2);
    cloud.deployed(&shop("a"), "1").await;
    let writes = cloud.deployed(&shop("b"), "2").await;
    let wanted =
        ["UpdateFunctionCode shop", "UpdateFunctionConfiguration shop", "PublishVersion shop", "UpdateAlias shop"];
    assert_eq!(writes, wanted);
    assert_eq!(cloud.deployed(&shop("b"), "2").await, [""; 0]);
}

#[tokio::test]
async fn another_change_that_is_under_way_is_waited_for() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    let words = [
        "The operation cannot be performed at this time. An update is in progress for resource",
        "The operation cannot be performed at this time. The function is currently in the following state: Pending",
    ];
    for (value, words) in ["b", "c"].into_iter().zip(words) {
        let busy = Fault::Refused(409, "ResourceConflictException", words);
        cloud.proxy.fail("UpdateFunctionConfiguration", [busy.clone(), busy]);
        assert_eq!(cloud.deployed(&shop(value), "1").await.len(), 5, "two in vain, and three");
    }
}

#[tokio::test]
async fn an_update_that_fails_is_no_success_and_the_next_run_mends_it() {
    for operation in ["UpdateFunctionCode", "UpdateFunctionConfiguration"] {
        let cloud = Cloud::new().await;
        cloud.proxy.be_slow(1);
        cloud.deployed(&shop("a"), "1").await;
        cloud.proxy.fail(operation, [Fault::GivenUp("the subnet has no address left")]);
        let outcome = cloud.deploy(&shop("b"), "2").await;
        let error = only_failure(&outcome);
        assert_eq!(error.kind(), Kind::Failed, "{operation}");
        assert!(error.to_string().contains("the subnet has no address left (InternalError)"), "{error}");
        let writes = cloud.proxy.take_writes();
        assert!(!writes.iter().any(|write| write.starts_with("PublishVersion")), "{writes:?}");
        assert_eq!(cloud.look("/shop/aliases/live").await["FunctionVersion"], "1");
        cloud.deployed(&shop("b"), "2").await;
        assert_eq!(cloud.look("/shop/aliases/live").await["FunctionVersion"], "2");
        assert_eq!(cloud.deployed(&shop("b"), "2").await, [""; 0]);
    }
}

#[tokio::test]
async fn a_function_that_cannot_be_made_is_no_success_and_the_next_run_mends_it() {
    let cloud = Cloud::new().await;
    cloud.proxy.be_slow(1);
    cloud.proxy.fail("CreateFunction", [Fault::GivenUp("the key is disabled")]);
    let outcome = cloud.deploy(&shop("a"), "1").await;
    let error = only_failure(&outcome);
    assert_eq!(error.kind(), Kind::Failed);
    assert!(error.to_string().contains("the key is disabled (InternalError)"), "{error}");
    let writes = cloud.proxy.take_writes();
    assert!(!writes.iter().any(|write| write.starts_with("PublishVersion")), "{writes:?}");
    cloud.deployed(&shop("a"), "1").await;
    assert_eq!(cloud.deployed(&shop("a"), "1").await, [""; 0]);
}

#[tokio::test]
async fn a_queue_that_is_being_bound_changed_or_let_go_is_waited_for() {
    let cloud = Cloud::new().await;
    cloud.furnish().await;
    cloud.proxy.be_slow(3);
    let without = cloud.everything(false).replace("      - mq: { topic: jobs, enable: true }\n", "");
    cloud.deployed(&cloud.everything(false), "1").await;
    let asleep = cloud.everything(false).replace("enable: true", "enable: false");
    assert_eq!(cloud.deployed(&asleep, "1").await, ["UpdateEventSourceMapping"]);
    let gone = cloud.deployed(&without, "1").await;
    assert!(gone.contains(&"DeleteEventSourceMapping".to_owned()), "{gone:?}");
    assert!(cloud.deployed(&cloud.everything(false), "1").await.contains(&"CreateEventSourceMapping".to_owned()));

    // Somebody has just let go of it in the console, and AWS is still at it.
    cloud.let_go_of_queues().await;
    let again = cloud.deployed(&cloud.everything(false), "1").await;
    assert_eq!(again.last().map(String::as_str), Some("CreateEventSourceMapping"), "{again:?}");
    assert_eq!(cloud.deployed(&cloud.everything(false), "1").await, [""; 0]);
}
