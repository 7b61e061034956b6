//! Functions, versions, and where requests go.

use fx_deploy::{Action, Kind, Options, Pick, Route};
use serde_json::json;

use crate::{Cloud, run, shop};

#[tokio::test]
async fn the_first_deploy_makes_everything_and_the_second_writes_nothing() {
    let cloud = Cloud::new().await;
    let writes = cloud.deployed(&shop("a"), "1").await;
    assert_eq!(
        writes,
        ["CreateFunction shop", "PublishVersion shop", "UpdateAlias shop", "CreateTrigger shop"],
        "in this order: nothing is visible before all of it is published"
    );
    let function = cloud.stub.world().function("shop").unwrap();
    assert_eq!((&function["Type"], &function["Runtime"]), (&json!("Event"), &json!("CustomRuntime")));
    assert_eq!((&function["MemorySize"], &function["InitTimeout"]), (&json!(256), &json!(65)));
    assert_eq!(function["Environment"]["Variables"], json!([{ "Key": "KEY", "Value": "a" }]));
    assert_eq!(cloud.stub.world().tag("shop", "fx").as_deref(), Some("shop"));
    assert_eq!(cloud.stub.world().alias("shop").unwrap().0, "1");
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
    assert_eq!(writes, ["UpdateFunctionConfiguration", "PublishVersion", "UpdateAlias"]);
    let update = calls.iter().find(|call| call.action == "UpdateFunctionConfiguration").unwrap();
    assert_eq!(update.body.keys().collect::<Vec<_>>(), ["Environment", "FunctionName", "Namespace"]);
    assert_eq!(cloud.release("shop").await.traffic.unwrap().before.as_deref(), Some("1"));
}

#[tokio::test]
async fn changed_code_writes_only_code() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    assert_eq!(
        cloud.deployed(&shop("a"), "2").await,
        ["UpdateFunctionCode shop", "PublishVersion shop", "UpdateAlias shop"]
    );
}

#[tokio::test]
async fn between_two_changes_of_a_function_the_platform_is_waited_for() {
    let cloud = Cloud::new().await;
    cloud.stub.world().be_slow(2);
    cloud.deployed(&shop("a"), "1").await;
    let writes = cloud.deployed(&shop("b"), "2").await;
    let wanted =
        ["UpdateFunctionConfiguration shop", "UpdateFunctionCode shop", "PublishVersion shop", "UpdateAlias shop"];
    assert_eq!(writes, wanted);
    assert_eq!(cloud.deployed(&shop("b"), "2").await, [""; 0]);
}

#[tokio::test]
async fn nothing_is_refused_for_not_having_waited() {
    let cloud = Cloud::new().await;
    cloud.stub.world().be_slow(3);
    for (value, code) in [("a", "1"), ("b", "2")] {
        let outcome = cloud.deploy(&shop(value), code).await;
        assert!(outcome.is_success(), "{outcome:?}");
    }
    let refused: Vec<_> = cloud.stub.take_calls().into_iter().filter_map(|call| call.refused).collect();
    assert!(refused.iter().all(|code| code.starts_with("ResourceNotFound.")), "{refused:?}");
    assert!(cloud.remove("shop").await.is_success());
    assert_eq!(cloud.stub.world().functions(), [""; 0]);
}

#[tokio::test]
async fn what_was_published_before_is_not_published_again() {
    let cloud = Cloud::new().await;
    for value in ["a", "b"] {
        cloud.deployed(&shop(value), "1").await;
    }
    assert_eq!(cloud.deployed(&shop("a"), "1").await, ["UpdateFunctionConfiguration shop", "UpdateAlias shop"]);
    assert_eq!(cloud.stub.world().alias("shop").unwrap().0, "1");
}

#[tokio::test]
async fn a_canary_gets_its_share_and_then_everything_and_can_be_taken_back() {
    let mut cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    cloud.canary = Some("10%".parse().unwrap());
    cloud.deployed(&shop("a"), "2").await;
    let alias = cloud.stub.world().alias("shop").unwrap();
    assert_eq!(alias, ("1".to_owned(), json!([{ "Version": "2", "Weight": 0.1 }])));
    assert_eq!(cloud.deployed(&shop("a"), "2").await, [""; 0]);

    let writes = cloud.reroute(&Route::promote(&cloud.release("shop").await).unwrap()).await;
    assert_eq!(writes, ["UpdateAlias shop"]);
    assert_eq!(cloud.stub.world().alias("shop").unwrap(), ("2".to_owned(), json!([])));

    let back = Route::rollback(&cloud.release("shop").await, None).unwrap();
    assert_eq!(cloud.reroute(&back).await, ["UpdateAlias shop"]);
    let traffic = cloud.release("shop").await.traffic.unwrap();
    assert_eq!((traffic.version.as_str(), traffic.before.as_deref()), ("1", Some("2")));
    assert_eq!(cloud.reroute(&back).await, [""; 0]);
}

#[tokio::test]
async fn an_old_version_goes_and_none_that_is_in_use() {
    let cloud = Cloud::new().await;
    for code in ["1", "2", "3", "4"] {
        cloud.deployed(&shop("a"), code).await;
    }
    cloud.stub.world().add_alias("shop", "partner", "1");
    let release = cloud.release("shop").await;
    let route = Route { version: Pick::Number("4".into()), canary: None, before: Some("3".into()) };
    let platform = cloud.connect().await.unwrap();
    let surplus = release.surplus(&route, 2).into_iter().map(|old| platform.version("shop", &old.number)).collect();
    assert!(run(vec![], surplus).await.is_success());
    let left: Vec<u64> = cloud.stub.world().versions("shop").into_iter().map(|(number, _)| number).collect();
    assert_eq!(left, [1, 3, 4], "another alias points at 1");
}

const TWO: &str = "service: two\nprovider: { memorySize: 128 }\nfunctions:\n\
    \x20 one: { handler: a.b, events: [ { http: { path: /one, method: get } } ] }\n\
    \x20 other: { handler: c.d, events: [ { http: { path: /other, method: get } } ] }\n";

#[tokio::test]
async fn several_units_publish_before_any_of_them_is_visible_and_what_is_not_named_any_more_goes() {
    let mut cloud = Cloud::new().await;
    let writes = cloud.deployed(TWO, "1").await;
    let last = writes.iter().rposition(|write| write.starts_with("PublishVersion")).unwrap();
    let first = writes.iter().position(|write| write.starts_with("UpdateAlias")).unwrap();
    assert!(last < first, "{writes:?}");

    let one = TWO.lines().filter(|line| !line.contains("other")).collect::<Vec<_>>().join("\n");
    cloud.options = Options { prune: false, ..Options::default() };
    assert_eq!(cloud.deployed(&one, "1").await, [""; 0]);
    cloud.options.prune = true;
    assert_eq!(cloud.deployed(&one, "1").await, ["DeleteTrigger other", "DeleteFunction other"]);
    assert_eq!(cloud.stub.world().functions(), ["one"]);
}

#[tokio::test]
async fn removing_leaves_nothing() {
    let cloud = Cloud::new().await;
    for code in ["1", "2"] {
        cloud.deployed(&shop("a"), code).await;
    }
    cloud.stub.world().add_foreign("theirs", "Event", &[("fx", "other")]);
    let outcome = cloud.remove("shop").await;
    assert!(outcome.is_success(), "{outcome:?}");
    assert!(outcome.done.iter().all(|change| change.action == Action::Delete));
    assert_eq!(cloud.stub.world().functions(), ["theirs"]);
}

#[tokio::test]
async fn settings_that_are_said_arrive_and_those_that_are_not_are_taken_away() {
    let said = shop("a").replace(
        "memorySize: 256,",
        "memorySize: 256, role: reader, initTimeout: 30, internetAccess: false, layers: { t: { path: 'tools:3' } }, \
         vpcConfig: { vpcId: v, subnetId: s },",
    );
    let cloud = Cloud::new().await;
    cloud.deployed(&said, "1").await;
    let function = cloud.stub.world().function("shop").unwrap();
    assert_eq!((&function["Role"], &function["InitTimeout"]), (&json!("reader"), &json!(30)));
    assert_eq!(function["PublicNetConfig"]["PublicNetStatus"], "DISABLE");
    assert_eq!(function["VpcConfig"], json!({ "VpcId": "v", "SubnetId": "s" }));
    assert_eq!(function["Layers"], json!([{ "LayerName": "tools", "LayerVersion": 3 }]));
    assert_eq!(cloud.deployed(&said, "1").await, [""; 0]);
    let described = said.replace("handler: a.b", "description: 'The (first) shop', handler: a.b");
    assert_eq!(cloud.deployed(&described, "1").await, ["UpdateFunctionConfiguration shop"], "it is in no version");
    assert_eq!(cloud.stub.world().function("shop").unwrap()["Description"], "The  first  shop");
    let bare = shop("a").replace(", environment: { KEY: 'a' }", "");
    cloud.deployed(&bare, "1").await;
    let function = cloud.stub.world().function("shop").unwrap();
    assert_eq!(
        (&function["Role"], &function["Layers"], &function["InitTimeout"]),
        (&json!(""), &json!([]), &json!(65))
    );
    assert_eq!((&function["VpcConfig"]["VpcId"], &function["Environment"]["Variables"]), (&json!(""), &json!([])));
    assert_eq!(cloud.deployed(&bare, "1").await, [""; 0]);
}

#[tokio::test]
async fn a_web_function_takes_several_requests_at_once_and_stays_one() {
    let web = shop("a").replace("memorySize: 256,", "memorySize: 256, type: web, concurrency: 20,");
    let cloud = Cloud::new().await;
    cloud.deployed(&web, "1").await;
    let function = cloud.stub.world().function("shop").unwrap();
    assert_eq!(
        (&function["Type"], &function["InstanceConcurrencyConfig"]["MaxConcurrency"]),
        (&json!("HTTP"), &json!(20))
    );
    assert_eq!(cloud.deployed(&web, "1").await, [""; 0]);
    let alone = web.replace("concurrency: 20", "concurrency: 1");
    cloud.deployed(&alone, "1").await;
    assert_eq!(cloud.deployed(&alone, "1").await, [""; 0]);
    // It cannot become another kind, and is not made anew for it.
    let outcome = cloud.deploy(&shop("a"), "1").await;
    let error = &outcome.failed[0].error;
    assert_eq!(error.kind(), Kind::Invalid);
    assert!(
        error.to_string().contains("type: web → event") && error.remedy().unwrap().contains("fx remove"),
        "{error}"
    );
    assert_eq!(cloud.stub.take_writes(), [""; 0]);
    let refused = cloud.connect().await.unwrap().invoke("shop", b"{}").await.unwrap_err();
    assert!(refused.to_string().contains("shop is a web function"), "{refused}");
}

#[tokio::test]
async fn a_named_namespace_is_made_and_holds_everything() {
    let mut cloud = Cloud::new().await;
    cloud.settings.insert("namespace".into(), json!("apart"));
    let writes = cloud.deployed(&shop("a"), "1").await;
    assert_eq!(writes[..2], ["CreateNamespace apart", "CreateFunction shop"]);
    assert_eq!(cloud.stub.world().function("shop").unwrap()["Namespace"], "apart");
    assert_eq!(cloud.deployed(&shop("a"), "1").await, [""; 0]);
    assert!(cloud.remove("shop").await.is_success());
    assert_eq!(cloud.stub.world().functions(), [""; 0]);
    // Others may have put something into it.
    assert_eq!(cloud.stub.world().namespaces(), ["apart", "default"]);
}

#[tokio::test]
async fn a_function_is_called_through_its_alias_and_its_log_is_read() {
    let cloud = Cloud::new().await;
    for code in ["1", "2"] {
        cloud.deployed(&shop("a"), code).await;
    }
    let platform = cloud.connect().await.unwrap();
    let called = platform.invoke("shop", br#"{"a":1}"#).await.unwrap();
    assert_eq!(called.result, Ok(r#"{"version":"2"}"#.into()));
    assert_eq!(
        (called.request.as_deref(), called.log.as_deref()),
        (Some("stub-function-request"), Some("a line of log\n"))
    );
    assert_eq!(platform.invoke("nobody", b"{}").await.unwrap_err().kind(), Kind::NotFound);

    let since = std::time::SystemTime::now() - std::time::Duration::from_secs(36 * 3600);
    let lines = platform.logs("shop", since).await.unwrap();
    // A day, and the half that is left.
    assert_eq!(lines.len(), 6);
    assert_eq!((lines[1].text.as_str(), lines[1].id.as_str()), (r#"{"level":"info"}"#, "r-1/1"));
    let age = lines[5].time.map(|time| jiff::Timestamp::now().as_millisecond() - i64::try_from(time).unwrap()).unwrap();
    assert!((0..60_000).contains(&age), "the time is Beijing's, {age} ms ago");
}

#[tokio::test]
async fn the_address_is_the_platforms() {
    let cloud = Cloud::new().await;
    let outcome = cloud.deploy(&shop("a"), "1").await;
    let addresses = cloud.connect().await.unwrap().addresses(&outcome.known);
    assert_eq!(addresses.len(), 1);
    assert_eq!(addresses[0].function.as_deref(), Some("shop"));
    assert!(addresses[0].url.starts_with("http://127.0.0.1:") && !addresses[0].url.ends_with('/'), "{addresses:?}");
}
