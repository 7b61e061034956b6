//! Under which role a function works, and for how long.

use fx_aws_stub::Fault;
use hyper::Method;
use serde_json::Value;

use crate::{Cloud, shop};

const ROLE: &str = "fx-shop-eu-central-1";

/// A service that may read queues.
fn reader() -> String {
    shop("a").replace("memorySize: 256", "memorySize: 256, policies: [service-role/AWSLambdaSQSQueueExecutionRole]")
}

fn detaches(write: &str) -> bool {
    write.starts_with("DetachRolePolicy")
}

#[tokio::test]
async fn a_right_is_taken_away_once_nothing_works_with_it_any_more() {
    let cloud = Cloud::new().await;
    cloud.deployed(&reader(), "1").await;
    let denied = Fault::Refused(403, "AccessDeniedException", "not authorized to move the alias");
    cloud.proxy.fail("UpdateAlias", [denied]);
    let outcome = cloud.deploy(&shop("a"), "2").await;
    assert!(!outcome.is_success());
    let writes = cloud.proxy.take_writes();
    assert!(writes.iter().any(|write| write.starts_with("UpdateAlias")), "{writes:?}");
    assert!(!writes.iter().any(|write| detaches(write)), "the old version still serves: {writes:?}");

    assert_eq!(
        cloud.deployed(&shop("a"), "2").await,
        ["UpdateAlias shop".to_owned(), format!("DetachRolePolicy {ROLE}")]
    );
    assert_eq!(cloud.deployed(&shop("a"), "2").await, [""; 0]);
}

#[tokio::test]
async fn a_right_stays_as_long_as_a_canary_runs_beside_what_needs_it() {
    let mut cloud = Cloud::new().await;
    cloud.deployed(&reader(), "1").await;
    cloud.canary = Some("10%".parse().unwrap());
    let writes = cloud.deployed(&shop("a"), "2").await;
    assert!(
        writes.contains(&"UpdateAlias shop".to_owned()) && !writes.iter().any(|write| detaches(write)),
        "{writes:?}"
    );
    assert_eq!(cloud.deployed(&shop("a"), "2").await, [""; 0]);
    cloud.canary = None;
    assert_eq!(
        cloud.deployed(&shop("a"), "2").await,
        ["UpdateAlias shop".to_owned(), format!("DetachRolePolicy {ROLE}")]
    );
}

#[tokio::test]
async fn a_role_stays_until_no_version_works_under_it() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    cloud.make_role("given", "/").await;
    let given = shop("a").replace("memorySize: 256", "memorySize: 256, role: given");
    let writes = cloud.deployed(&given, "2").await;
    assert!(writes.contains(&"UpdateAlias shop".to_owned()), "{writes:?}");
    assert!(!writes.iter().any(|write| write.ends_with(ROLE)), "version 1 works under it: {writes:?}");
    assert_eq!(cloud.deployed(&given, "2").await, [""; 0]);

    cloud.ask(Method::DELETE, "lambda", "/2015-03-31/functions/shop?Qualifier=1", &Value::Null).await;
    let writes = cloud.deployed(&given, "2").await;
    assert_eq!(writes, [format!("DetachRolePolicy {ROLE}"), format!("DeleteRole {ROLE}")]);
    assert_eq!(cloud.deployed(&given, "2").await, [""; 0]);
}

#[tokio::test]
async fn a_function_goes_before_the_role_that_it_works_under() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    assert!(cloud.remove("shop").await.is_success());
    let writes = cloud.proxy.take_writes();
    let at = |name: &str| writes.iter().position(|write| write.starts_with(name)).unwrap();
    assert!(
        at("DeleteFunction shop") < at("DetachRolePolicy") && at("DetachRolePolicy") < at("DeleteRole"),
        "{writes:?}"
    );
}
