//! What goes wrong, and what becomes of it.

use fx_deploy::Kind;

use crate::{Cloud, HUSH, Stopped, proxy::Fault, shop};

const SLOW_DOWN: Fault = Fault::Refused(429, "TooManyRequestsException", "Rate exceeded");
const BROKEN: Fault = Fault::Refused(500, "ServiceException", "internal");

#[tokio::test]
async fn what_passes_is_tried_again() {
    for fault in [SLOW_DOWN, BROKEN, Fault::LostBefore] {
        let cloud = Cloud::new().await;
        for operation in ["CreateFunction", "PublishVersion", "CreateAlias", "AddPermission", "CreateRole"] {
            cloud.proxy.fail(operation, [fault.clone(), fault.clone(), fault.clone()]);
        }
        cloud.deployed(&shop("a"), "1").await;
        assert_eq!(cloud.deployed(&shop("a"), "1").await, [""; 0]);
    }
}

#[tokio::test]
async fn a_call_whose_answer_got_lost_is_found_and_not_repeated() {
    let cloud = Cloud::new().await;
    let operations =
        ["CreateRole", "CreateFunction", "PublishVersion", "CreateAlias", "AddPermission", "CreateFunctionUrlConfig"];
    for operation in operations {
        cloud.proxy.fail(operation, [Fault::LostAfter]);
    }
    let writes = cloud.deployed(&shop("a"), "1").await;
    for operation in ["CreateFunction", "PublishVersion", "CreateAlias", "CreateFunctionUrlConfig"] {
        let calls = writes.iter().filter(|write| write.split(' ').next() == Some(operation)).count();
        assert_eq!(calls, 1, "{operation} in {writes:?}");
    }
    assert_eq!(cloud.release("shop").await.versions.len(), 1);
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
async fn somebody_elses_function_is_not_touched_without_force() {
    let mut cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    let theirs = shop("b").replace("service: shop", "service: other");
    let Err(Stopped::Foreign(foreign)) = cloud.planned(&theirs, "2").await else { panic!("it was planned") };
    assert!(foreign.iter().any(|one| format!("{one:?}").contains("fx service shop")), "{foreign:?}");
    assert_eq!(cloud.proxy.take_writes(), [""; 0]);
    cloud.options.force = true;
    let writes = cloud.deployed(&theirs, "2").await;
    let first = writes.iter().position(|write| write.starts_with("TagResource")).unwrap();
    let code = writes.iter().position(|write| write.starts_with("UpdateFunctionCode")).unwrap();
    assert!(first < code, "{writes:?}");
    assert_eq!(cloud.look("/shop").await["Tags"]["fx"], "other");
}

#[tokio::test]
async fn no_keys_at_all_says_where_they_were_looked_for() {
    let mut cloud = Cloud::new().await;
    cloud.variables.retain(|name, _| name == "AWS_ENDPOINT_URL");
    cloud.variables.insert("AWS_EC2_METADATA_DISABLED".into(), "true".into());
    let error = cloud.connect().await.map(drop).unwrap_err();
    assert_eq!(error.kind(), Kind::Credentials);
    for place in ["AWS_ACCESS_KEY_ID", "the profile default", "AWS_WEB_IDENTITY_TOKEN_FILE"] {
        assert!(error.to_string().contains(place), "{error}");
    }
}

#[tokio::test]
async fn a_secret_is_in_no_output() {
    let cloud = Cloud::new().await;
    let Ok((_, plan, observed)) = cloud.planned(&shop(HUSH), "1").await else { panic!("it cannot be planned") };
    let secret = &cloud.variables["AWS_SECRET_ACCESS_KEY"];
    let outcome = cloud.deploy(&shop(HUSH), "1").await;
    cloud.proxy.fail("UpdateFunctionConfiguration", [Fault::Refused(400, "InvalidParameterValueException", "bad")]);
    let failed = cloud.deploy(&shop(&format!("{HUSH}-2")), "1").await;
    let said = format!("{plan:?} {observed:?} {outcome:?} {failed:?}");
    assert!(!said.contains(HUSH) && !said.contains(secret.as_str()));
    assert_eq!(failed.failed.len(), 1);
}
