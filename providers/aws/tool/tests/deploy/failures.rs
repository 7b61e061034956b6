//! What goes wrong, and what becomes of it.

use fx_aws_stub::Fault;
use fx_deploy::{Cancel, Kind, apply};
use serde_json::json;

use crate::{Cloud, HUSH, only_failure, patience, shop};

const SLOW_DOWN: Fault = Fault::Refused(429, "TooManyRequestsException", "Rate exceeded");
const BROKEN: Fault = Fault::Refused(500, "ServiceException", "internal");

/// Everything that the life of a service writes, each at the time when it is written.
const MADE: [&str; 16] = [
    "CreateRole",
    "AttachRolePolicy",
    "CreateFunction",
    "PublishVersion",
    "CreateAlias",
    "CreateFunctionUrlConfig",
    "AddPermission",
    "PutRule",
    "PutTargets",
    "CreateEventSourceMapping",
    "CreateLogGroup",
    "PutRetentionPolicy",
    "PutRolePolicy",
    "CreateSchedule",
    "PutBucketNotificationConfiguration",
    "PutSubscriptionFilter",
];
const CHANGED: [&str; 10] = [
    "UpdateSchedule",
    "PutBucketNotificationConfiguration",
    "UpdateFunctionCode",
    "UpdateFunctionConfiguration",
    "PublishVersion",
    "UpdateAlias",
    "UpdateFunctionUrlConfig",
    "UpdateEventSourceMapping",
    "PutRule",
    "PutTargets",
];
const REMOVED: [&str; 13] = [
    "DeleteSchedule",
    "DeleteRolePolicy",
    "PutBucketNotificationConfiguration",
    "DeleteSubscriptionFilter",
    "RemovePermission",
    "DeleteFunctionUrlConfig",
    "RemoveTargets",
    "DeleteRule",
    "DeleteEventSourceMapping",
    "DeleteAlias",
    "DeleteFunction",
    "DetachRolePolicy",
    "DeleteRole",
];

/// The whole life of a service, each of whose writes goes wrong like this at first. What it wrote, and how often.
async fn life(faults: &[Fault]) -> Vec<String> {
    let cloud = Cloud::new().await;
    cloud.furnish().await;
    let wrong = |operations: &[&str]| operations.iter().for_each(|one| cloud.proxy.fail(one, faults.to_vec()));
    wrong(&MADE);
    let mut writes = cloud.deployed(&cloud.everything(false), "1").await;
    wrong(&CHANGED);
    writes.extend(cloud.deployed(&cloud.everything(true), "2").await);
    assert_eq!(cloud.release("shop").await.versions.len(), 2);
    assert_eq!(cloud.deployed(&cloud.everything(true), "2").await, [""; 0]);
    wrong(&REMOVED);
    let outcome = cloud.remove("shop").await;
    assert!(outcome.is_success(), "{outcome:?}");
    assert_eq!(cloud.proxy.left_to_fail(), [""; 0], "some of it was not written at all");
    writes.extend(cloud.proxy.take_writes());
    assert_eq!(cloud.functions().await, [""; 0]);
    writes
}

#[tokio::test]
async fn every_write_survives_three_failures_that_pass() {
    life(&[SLOW_DOWN, BROKEN, Fault::LostBefore]).await;
}

#[tokio::test]
async fn an_answer_that_got_lost_does_not_write_twice() {
    let writes = life(&[Fault::LostAfter]).await;
    let calls = |operation: &str| writes.iter().filter(|write| write.split(' ').next() == Some(operation)).count();
    let once = [
        "CreateFunction",
        "CreateLogGroup",
        "CreateSchedule",
        "UpdateSchedule",
        "CreateAlias",
        "CreateFunctionUrlConfig",
        "CreateEventSourceMapping",
        "UpdateFunctionCode",
        "UpdateFunctionConfiguration",
        "UpdateAlias",
        "UpdateFunctionUrlConfig",
        "UpdateEventSourceMapping",
    ];
    assert_eq!(once.map(|operation| (operation, calls(operation))), once.map(|operation| (operation, 1)));
    // One for each version; one for each statement; the function's and the schedule's.
    assert_eq!((calls("PublishVersion"), calls("AddPermission"), calls("CreateRole")), (2, 5, 2), "{writes:?}");
    // To make, to change, to remove it.
    assert_eq!(calls("PutBucketNotificationConfiguration"), 3, "{writes:?}");
}

#[tokio::test]
async fn a_deploy_that_was_stopped_is_gone_on_with() {
    let cloud = Cloud::new().await;
    let (resources, plan, observed) = cloud.planned(&shop("a"), "1").await.unwrap();
    let cancel = Cancel::new();
    let stop = async {
        cloud.proxy.until_done("CreateFunction").await;
        cancel.cancel();
    };
    let patience = patience();
    let (outcome, ()) = tokio::join!(apply(&plan, &resources, observed.known, &patience, &(), &cancel), stop);
    assert!(outcome.interrupted, "{outcome:?}");
    assert!(outcome.left.iter().any(|change| change.resource.kind == "alias"), "{outcome:?}");
    let writes = cloud.deployed(&shop("a"), "1").await;
    assert_eq!(writes.iter().filter(|write| write.starts_with("CreateFunction ")).count(), 1, "{writes:?}");
    assert_eq!(cloud.deployed(&shop("a"), "1").await, [""; 0]);
}

#[tokio::test]
async fn a_deploy_that_was_killed_at_any_write_is_gone_on_with() {
    let cloud = Cloud::new().await;
    for operation in ["CreateRole", "CreateFunction", "PublishVersion", "CreateAlias"] {
        cloud.killed_at(operation, &shop("a"), "1").await;
    }
    for operation in ["UpdateFunctionCode", "UpdateFunctionConfiguration"] {
        cloud.killed_at(operation, &shop("b"), "2").await;
    }
    cloud.deployed(&shop("b"), "2").await;
    let release = cloud.release("shop").await;
    assert_eq!(release.versions.len(), 2, "{release:?}");
    assert_eq!(release.traffic.unwrap().version, "2");
    assert_eq!(cloud.deployed(&shop("b"), "2").await, [""; 0]);
}

#[tokio::test]
async fn two_deploys_at_once_end_in_one_of_the_two() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    let other = cloud.another().await;
    cloud.proxy.be_slow(1);
    let (one, another) = (shop("b"), shop("c"));
    let (_, _) = tokio::join!(cloud.deploy(&one, "2"), other.deploy(&another, "3"));
    // Each of the two may have been told that the other was at it. Running one again settles it.
    cloud.deployed(&shop("b"), "2").await;
    let release = cloud.release("shop").await;
    let live = release.traffic.as_ref().unwrap().version.clone();
    assert_eq!(cloud.look("/shop/aliases/live").await["FunctionVersion"], live.as_str());
    let visible = cloud.look(&format!("/shop?Qualifier={live}")).await["Configuration"].clone();
    assert_eq!(visible["Environment"]["Variables"]["KEY"], "b");
    assert_eq!(cloud.deployed(&shop("b"), "2").await, [""; 0]);
}

#[tokio::test]
async fn a_function_that_was_changed_before_it_was_published_is_not_made_visible() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    let meddling = json!({ "Environment": { "Variables": { "KEY": "b", "WHO": "ann" } } });
    cloud.proxy.fail("UpdateFunctionConfiguration", [Fault::Meddled(meddling)]);
    let outcome = cloud.deploy(&shop("b"), "1").await;
    let error = only_failure(&outcome);
    assert_eq!(error.kind(), Kind::Changed, "{error}");
    assert!(error.to_string().contains("environment.WHO"), "{error}");
    assert_eq!(cloud.release("shop").await.versions.len(), 1);
    assert_eq!(cloud.look("/shop/aliases/live").await["FunctionVersion"], "1");
    cloud.deployed(&shop("b"), "1").await;
    assert_eq!(cloud.look("/shop").await["Configuration"]["Environment"]["Variables"], json!({ "KEY": "b" }));
}

#[tokio::test]
async fn a_role_that_is_not_known_everywhere_yet_is_waited_for() {
    let cloud = Cloud::new().await;
    let not_yet = Fault::Refused(
        400,
        "InvalidParameterValueException",
        "The role defined for the function cannot be assumed by Lambda.",
    );
    cloud.proxy.fail("CreateFunction", [not_yet.clone(), not_yet]);
    cloud.deployed(&shop("a"), "1").await;
}

#[tokio::test]
async fn what_does_not_pass_stops_the_deploy_and_a_second_one_goes_on() {
    let cases = [
        (Fault::Refused(403, "AccessDeniedException", "not authorized"), Kind::Denied),
        (Fault::Refused(400, "CodeStorageExceededException", "full"), Kind::Quota),
        (Fault::Refused(412, "PreconditionFailedException", "changed"), Kind::Changed),
    ];
    for (fault, kind) in cases {
        let cloud = Cloud::new().await;
        cloud.proxy.fail("PublishVersion", [fault]);
        let outcome = cloud.deploy(&shop("a"), "1").await;
        let error = &outcome.failed[0].error;
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains("request r-0"), "{error}");
        let writes = cloud.proxy.take_writes();
        assert!(!writes.iter().any(|write| write.contains("Alias")), "{writes:?}");
        assert!(!cloud.deployed(&shop("a"), "1").await.contains(&"CreateFunction shop".to_owned()));
    }
}

#[tokio::test]
async fn keys_that_are_wrong_and_a_clock_that_is_off_are_told_apart() {
    let cloud = Cloud::new().await;
    let wrong = [
        ("InvalidClientTokenId", "The security token included in the request is invalid.", Kind::Credentials),
        ("SignatureDoesNotMatch", "Signature expired: 20200101T000000Z is now earlier than", Kind::Clock),
        ("ExpiredToken", "The security token included in the request is expired", Kind::Credentials),
    ];
    for (code, message, kind) in wrong {
        cloud.proxy.fail("GetCallerIdentity", [Fault::Refused(403, code, message)]);
        let error = cloud.connect().await.map(drop).unwrap_err();
        assert_eq!(error.kind(), kind, "{error:?}");
    }
}

#[tokio::test]
async fn no_secret_is_in_any_output() {
    let cloud = Cloud::new().await;
    let (_, plan, observed) = cloud.planned(&shop(HUSH), "1").await.unwrap();
    let mut said = format!("{plan:?} {observed:?} {}", serde_json::to_string(&plan).unwrap());
    let outcome = cloud.deploy(&shop(HUSH), "1").await;
    assert!(outcome.is_success(), "{outcome:?}");
    said += &format!("{outcome:?} {}", serde_json::to_string(&outcome.done).unwrap());
    let (_, plan, observed) = cloud.planned(&shop("other"), "1").await.unwrap();
    said += &format!("{plan:?} {observed:?} {:?}", cloud.release("shop").await);
    for fault in [Fault::Refused(400, "InvalidParameterValueException", "bad"), Fault::GivenUp("no room")] {
        cloud.proxy.fail("UpdateFunctionConfiguration", [fault]);
        let outcome = cloud.deploy(&shop(&format!("{HUSH}-2")), "1").await;
        said += &format!("{outcome:?} {}", only_failure(&outcome));
    }
    assert!(said.contains("environment.KEY") && said.contains("InvalidParameterValueException"), "{said}");
    let key = cloud.variables["AWS_SECRET_ACCESS_KEY"].as_str();
    for secret in [HUSH, key] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
    // It goes to AWS as what it is, a value of the environment, and nowhere else; the key does not go out at all.
    for mut call in cloud.proxy.take_calls() {
        assert!(!format!("{:?}", call.request).contains(key), "{}", call.name);
        call.body["Environment"] = json!(null);
        assert!(!call.body.to_string().contains(HUSH), "{}: {}", call.name, call.body);
    }
}
