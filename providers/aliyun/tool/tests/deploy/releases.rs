//! Functions, versions, and where requests go.

use std::time::{Duration, UNIX_EPOCH};

use fx_aliyun_stub::Fault;
use fx_deploy::{Action, Options, ResourceId, Route};
use serde_json::json;

use crate::{Cloud, names, run, shop};

#[tokio::test]
async fn the_first_deploy_makes_everything_and_the_second_writes_nothing() {
    let cloud = Cloud::new().await;
    let writes = cloud.deployed(&shop("a"), "1").await;
    assert_eq!(
        writes,
        ["CreateFunction", "PublishFunctionVersion shop", "CreateAlias shop", "CreateTrigger shop"],
        "in this order: nothing is visible before all of it is published"
    );
    let function = cloud.stub.world().function("shop").unwrap();
    assert_eq!(function["tags"], json!([{ "Key": "fx", "Value": "shop" }]));
    assert_eq!(function["customRuntimeConfig"]["command"], json!(["/code/bootstrap"]));
    assert_eq!((&function["cpu"], &function["memorySize"]), (&json!(0.1), &json!(256)));
    assert_eq!(function["environmentVariables"], json!({ "KEY": "a" }));
    assert_eq!(cloud.stub.world().alias("shop", "live").unwrap()["versionId"], "1");
    assert_eq!(cloud.stub.world().trigger("shop", "http").unwrap()["qualifier"], "live");
    assert_eq!(cloud.deployed(&shop("a"), "1").await, [""; 0]);
}

#[tokio::test]
async fn a_changed_variable_writes_configuration_version_and_alias() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    let outcome = cloud.deploy(&shop("b"), "1").await;
    assert!(outcome.is_success(), "{outcome:?}");
    let calls = cloud.stub.take_calls();
    let writes: Vec<_> = calls.iter().filter(|call| call.writes).map(|call| call.action.as_str()).collect();
    assert_eq!(writes, ["UpdateFunction", "PublishFunctionVersion", "UpdateAlias"]);
    let update = calls.iter().find(|call| call.action == "UpdateFunction").unwrap();
    assert_eq!(update.body.keys().collect::<Vec<_>>(), ["environmentVariables"]);
    let alias = cloud.stub.world().alias("shop", "live").unwrap();
    assert_eq!((&alias["versionId"], &alias["description"]), (&json!("2"), &json!("fx before 1")));
}

#[tokio::test]
async fn changed_code_writes_only_code() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    cloud.deploy(&shop("a"), "2").await;
    let calls = cloud.stub.take_calls();
    let update = calls.iter().find(|call| call.action == "UpdateFunction").unwrap();
    assert_eq!(update.body.keys().collect::<Vec<_>>(), ["code"]);
}

#[tokio::test]
async fn a_zip_that_no_request_carries_goes_through_a_bucket() {
    let mut cloud = Cloud::new().await;
    cloud.size = Some(90 << 20);
    let writes = cloud.deployed(&shop("a"), "1").await;
    let bucket = "fx-code-1234567890123456-cn-hangzhou";
    assert_eq!(
        writes[..3],
        [format!("PutBucket {bucket}/"), format!("PutObject {bucket}/shop.zip"), "CreateFunction".into()]
    );
    assert_eq!(cloud.deployed(&shop("a"), "1").await, [""; 0]);
    let writes = cloud.deployed(&shop("a"), "2").await;
    assert_eq!(writes[1..3], [format!("PutObject {bucket}/shop.zip"), "UpdateFunction shop".into()]);
}

#[tokio::test]
async fn a_package_stays_in_its_bucket_until_somebody_wants_it_gone() {
    let mut cloud = Cloud::new().await;
    cloud.size = Some(90 << 20);
    cloud.deployed(&shop("a"), "1").await;
    let bucket = "fx-code-1234567890123456-cn-hangzhou";
    let objects = || Some(cloud.stub.world().buckets.get(bucket)?.objects.keys().cloned().collect::<Vec<_>>());
    cloud.stub.world().buckets.get_mut(bucket).unwrap().objects.insert("shop.zip.bak".into(), Default::default());
    assert!(cloud.remove("shop").await.is_success());
    assert_eq!(objects().unwrap(), ["shop.zip", "shop.zip.bak"]);
    cloud.purge("shop").await;
    assert_eq!(objects().unwrap(), ["shop.zip.bak"], "the bucket has something of somebody else's");

    cloud.stub.world().buckets.get_mut(bucket).unwrap().objects.clear();
    cloud.purge("shop").await;
    assert_eq!(objects(), None);
    cloud.purge("shop").await;
}

#[tokio::test]
async fn memory_and_cores_are_written_together() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    cloud.deploy(&shop("a").replace("256", "4096"), "1").await;
    let calls = cloud.stub.take_calls();
    let update = calls.iter().find(|call| call.action == "UpdateFunction").unwrap();
    assert_eq!(update.body.keys().collect::<Vec<_>>(), ["cpu", "memorySize"]);
    assert_eq!(update.refused, None);
}

#[tokio::test]
async fn what_was_published_before_is_not_published_again() {
    let cloud = Cloud::new().await;
    for (value, code) in [("a", "1"), ("b", "1")] {
        cloud.deployed(&shop(value), code).await;
    }
    let writes = cloud.deployed(&shop("a"), "1").await;
    assert_eq!(names(&writes).into_iter().collect::<Vec<_>>(), ["UpdateAlias", "UpdateFunction"]);
    assert_eq!(cloud.stub.world().alias("shop", "live").unwrap()["versionId"], "1");
}

#[tokio::test]
async fn a_canary_gets_its_share_and_then_everything_and_can_be_taken_back() {
    let mut cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    cloud.canary = Some("10%".parse().unwrap());
    cloud.deployed(&shop("a"), "2").await;
    let alias = cloud.stub.world().alias("shop", "live").unwrap();
    assert_eq!((&alias["versionId"], &alias["additionalVersionWeight"]), (&json!("1"), &json!({ "2": 0.1 })));
    assert_eq!(cloud.deployed(&shop("a"), "2").await, [""; 0]);

    let writes = cloud.reroute(&Route::promote(&cloud.release("shop").await).unwrap()).await;
    assert_eq!(writes, ["UpdateAlias shop/live"]);
    let alias = cloud.stub.world().alias("shop", "live").unwrap();
    assert_eq!((&alias["versionId"], &alias["additionalVersionWeight"]), (&json!("2"), &json!({})));

    let back = Route::rollback(&cloud.release("shop").await, None).unwrap();
    assert_eq!(cloud.reroute(&back).await, ["UpdateAlias shop/live"]);
    let alias = cloud.stub.world().alias("shop", "live").unwrap();
    assert_eq!((&alias["versionId"], &alias["description"]), (&json!("1"), &json!("fx before 2")));
    assert_eq!(cloud.reroute(&back).await, [""; 0]);
}

#[tokio::test]
async fn an_old_version_goes_and_none_that_is_in_use() {
    let cloud = Cloud::new().await;
    for code in ["1", "2", "3", "4"] {
        cloud.deployed(&shop("a"), code).await;
    }
    let release = cloud.release("shop").await;
    let route = Route { version: fx_deploy::Pick::Number("4".into()), canary: None, before: Some("3".into()) };
    let platform = cloud.connect().await.unwrap();
    let surplus = release.surplus(&route, 2).into_iter().map(|old| platform.version("shop", &old.number)).collect();
    assert!(run(vec![], surplus).await.is_success());
    assert_eq!(cloud.stub.world().versions("shop"), [3, 4]);
}

#[tokio::test]
async fn a_function_that_is_not_ready_is_waited_for() {
    let cloud = Cloud::new().await;
    cloud.stub.world().set_busy(3);
    cloud.deployed(&shop("a"), "1").await;
    let outcome = cloud.deploy(&shop("b"), "2").await;
    assert!(outcome.is_success(), "{outcome:?}");
    let refused: Vec<_> = cloud.stub.take_calls().into_iter().filter_map(|call| call.refused).collect();
    assert!(!refused.iter().any(|code| code == "ConcurrentUpdateError"), "{refused:?}");
}

#[tokio::test]
async fn several_units_publish_before_any_of_them_is_visible() {
    const TWO: &str = "service: two\nprovider: { memorySize: 128 }\nfunctions:\n\
        \x20 one: { handler: a.b, events: [ { http: { path: /one, method: get } } ] }\n\
        \x20 other: { handler: c.d, events: [ { http: { path: /other, method: get } } ] }\n";
    let cloud = Cloud::new().await;
    let (_, plan, _) = cloud.planned(TWO, "1").await.unwrap();
    let versions = ["one", "other"].map(|name| ResourceId::new("version", name));
    for alias in plan.changes.iter().filter(|change| change.resource.kind == "alias") {
        assert!(versions.iter().all(|version| alias.needs.contains(version)), "{alias:?}");
    }
    cloud.stub.world().fail("PublishFunctionVersion", [Fault::Denied]);
    assert!(!cloud.deploy(TWO, "1").await.is_success());
    assert!(!names(&cloud.stub.take_writes()).contains("CreateAlias"));
    cloud.deployed(TWO, "1").await;

    // One is not named any more.
    let one = TWO.lines().filter(|line| !line.contains("other")).collect::<Vec<_>>().join("\n");
    let mut keeping = cloud;
    keeping.options = Options { prune: false, ..Options::default() };
    assert_eq!(keeping.deployed(&one, "1").await, [""; 0]);
    keeping.options.prune = true;
    let writes = keeping.deployed(&one, "1").await;
    let gone = ["DeleteAlias", "DeleteFunction", "DeleteFunctionVersion", "DeleteTrigger"];
    assert_eq!(names(&writes).into_iter().collect::<Vec<_>>(), gone);
    assert_eq!(keeping.stub.world().functions(), ["one"]);
}

#[tokio::test]
async fn removing_leaves_nothing() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    cloud.deployed(&shop("a"), "2").await;
    let outcome = cloud.remove("shop").await;
    assert!(outcome.is_success(), "{outcome:?}");
    assert!(cloud.stub.world().is_empty());
    assert!(outcome.done.iter().all(|change| change.action == Action::Delete));
}

#[tokio::test]
async fn settings_that_are_said_arrive_and_those_that_are_not_are_taken_away() {
    let said = shop("a").replace(
        "memorySize: 256,",
        "memorySize: 256, role: the-role, initTimeout: 30, internetAccess: false, logConfig: { project: p, logstore: l }, \
         vpcConfig: { vpcId: v, vSwitchIds: [s], securityGroupId: g },",
    );
    let cloud = Cloud::new().await;
    cloud.deployed(&said, "1").await;
    let function = cloud.stub.world().function("shop").unwrap();
    assert_eq!(function["role"], "acs:ram::1234567890123456:role/the-role");
    assert_eq!((&function["logConfig"]["project"], &function["internetAccess"]), (&json!("p"), &json!(false)));
    assert_eq!(function["instanceLifecycleConfig"]["initializer"]["timeout"], 30);
    assert_eq!(cloud.deployed(&said, "1").await, [""; 0]);
    cloud.deployed(&shop("a"), "1").await;
    let function = cloud.stub.world().function("shop").unwrap();
    let left = (&function["role"], &function["logConfig"]["project"], &function["vpcConfig"]["vpcId"]);
    assert_eq!(left, (&json!(""), &json!(""), &json!("")));
    assert_eq!((&function["internetAccess"], &function["instanceLifecycleConfig"]), (&json!(true), &json!({})));
    assert_eq!(cloud.deployed(&shop("a"), "1").await, [""; 0]);
}

#[tokio::test]
async fn the_address_is_said_with_what_browsers_make_of_it() {
    let cloud = Cloud::new().await;
    let outcome = cloud.deploy(&shop("a"), "1").await;
    let addresses = cloud.connect().await.unwrap().addresses(&outcome.known);
    assert_eq!(addresses.len(), 1);
    assert_eq!(addresses[0].function.as_deref(), Some("shop"));
    assert!(addresses[0].url.starts_with("http://127.0.0.1:") && !addresses[0].url.ends_with('/'));
    assert!(addresses[0].note.as_ref().unwrap().contains("download"));
}

#[tokio::test]
async fn lines_are_read_from_where_the_function_hands_them_to() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    let platform = cloud.connect().await.unwrap();
    let error = platform.logs("shop", UNIX_EPOCH).await.unwrap_err();
    assert!(error.to_string().contains("hands its log to nobody") && error.remedy().unwrap().contains("logConfig"));

    cloud.deployed(&shop("a").replace("memorySize", "logConfig: { project: p, logstore: a b }, memorySize"), "1").await;
    let line = |number: u64, topic: &str| json!({ "__time__": (1_700_000_000 + number).to_string(), "__topic__": topic, "message": format!("line {number}\n") });
    assert_eq!(platform.logs("shop", UNIX_EPOCH).await.unwrap_err().platform_code(), Some("LogStoreNotExist"));
    let lines = (0..250).map(|number| line(number, if number == 7 { "FCLogs:other" } else { "FCLogs:shop" }));
    cloud.stub.world().log("a b", lines);
    let all = platform.logs("shop", UNIX_EPOCH).await.unwrap();
    assert_eq!((all.len(), all[0].text.as_str(), all[248].text.as_str()), (249, "line 0", "line 249"));
    let since = UNIX_EPOCH + Duration::from_secs(1_700_000_248);
    let last: Vec<_> = platform.logs("shop", since).await.unwrap().into_iter().map(|line| line.text).collect();
    assert_eq!(last, ["line 248", "line 249"]);
}

#[tokio::test]
async fn a_function_is_called_through_its_alias() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    let called = cloud.connect().await.unwrap().invoke("shop", br#"{"a":1}"#).await.unwrap();
    assert_eq!(called.result, Ok(r#"{"a":1}"#.into()));
    // The log of the version that the alias points at, not of what was written last.
    assert_eq!(called.log.as_deref(), Some("FC Invoke Start RequestId: 1\n"));
    assert!(called.request.is_some());
}
