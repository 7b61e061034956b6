//! Functions, versions, and where requests go.

use fx_deploy::{Action, Options, Pick, Route};
use serde_json::json;

use crate::{Cloud, run, shop};

#[tokio::test]
async fn the_first_deploy_makes_everything_and_the_second_writes_nothing() {
    let cloud = Cloud::new().await;
    let writes = cloud.deployed(&shop("a"), "1").await;
    let [first, last] = [&writes[..7], &writes[7..]];
    let role = "fx-shop-eu-central-1";
    assert_eq!(
        first,
        [
            format!("CreateRole {role}"),
            format!("AttachRolePolicy {role}"),
            "CreateFunction shop".into(),
            "PublishVersion shop".into(),
            "CreateLogGroup".into(),
            "PutRetentionPolicy".into(),
            "CreateAlias shop".into(),
        ],
        "in this order: nothing is visible before all of it is published"
    );
    let mut last = last.to_vec();
    last.sort();
    assert_eq!(last, ["AddPermission shop", "AddPermission shop", "CreateFunctionUrlConfig shop"]);
    let function = cloud.look("/shop").await;
    let configuration = &function["Configuration"];
    assert_eq!(
        (&configuration["Runtime"], &configuration["Handler"]),
        (&json!("provided.al2023"), &json!("bootstrap"))
    );
    assert_eq!((&configuration["MemorySize"], &configuration["Architectures"]), (&json!(256), &json!(["x86_64"])));
    assert_eq!(configuration["Environment"]["Variables"], json!({ "KEY": "a" }));
    assert_eq!(configuration["Role"], format!("arn:aws:iam::{}:role/fx/eu-central-1/shop/{role}", cloud.account));
    assert_eq!(function["Tags"]["fx"], "shop");
    assert_eq!(cloud.look("/shop/aliases/live").await["FunctionVersion"], "1");
    assert_eq!(cloud.deployed(&shop("a"), "1").await, [""; 0]);
}

#[tokio::test]
async fn a_changed_variable_writes_configuration_version_and_alias() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    let writes = cloud.deployed(&shop("b"), "1").await;
    assert_eq!(writes, ["UpdateFunctionConfiguration shop", "PublishVersion shop", "UpdateAlias shop"]);
    assert_eq!(cloud.release("shop").await.traffic.unwrap().before.as_deref(), Some("1"));
}

#[tokio::test]
async fn changed_code_writes_only_code() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    let writes = cloud.deployed(&shop("a"), "2").await;
    assert_eq!(writes, ["UpdateFunctionCode shop", "PublishVersion shop", "UpdateAlias shop"]);
}

#[tokio::test]
async fn what_is_published_is_what_was_looked_at() {
    let cloud = Cloud::new().await;
    let outcome = cloud.deploy(&shop("a"), "1").await;
    assert!(outcome.is_success(), "{outcome:?}");
    let calls = cloud.proxy.take_calls();
    let publish = calls.iter().find(|call| call.name == "PublishVersion shop").unwrap();
    let function = cloud.look("/shop").await;
    assert_eq!(publish.body["CodeSha256"], function["Configuration"]["CodeSha256"]);
    assert!(publish.body["RevisionId"].is_string() && publish.body["Description"].as_str().unwrap().starts_with("fx "));
}

#[tokio::test]
async fn what_was_published_before_is_not_published_again() {
    let cloud = Cloud::new().await;
    for value in ["a", "b"] {
        cloud.deployed(&shop(value), "1").await;
    }
    assert_eq!(cloud.deployed(&shop("a"), "1").await, ["UpdateFunctionConfiguration shop", "UpdateAlias shop"]);
    assert_eq!(cloud.look("/shop/aliases/live").await["FunctionVersion"], "1");
}

#[tokio::test]
async fn a_canary_gets_its_share_and_then_everything_and_can_be_taken_back() {
    let mut cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    cloud.canary = Some("10%".parse().unwrap());
    cloud.deployed(&shop("a"), "2").await;
    let alias = cloud.look("/shop/aliases/live").await;
    assert_eq!(alias["FunctionVersion"], "1");
    assert_eq!(alias["RoutingConfig"]["AdditionalVersionWeights"], json!({ "2": 0.1 }));
    assert_eq!(cloud.deployed(&shop("a"), "2").await, [""; 0]);

    let route = Route::promote(&cloud.release("shop").await).unwrap();
    cloud.proxy.take_calls();
    let platform = cloud.platform().await;
    assert!(run(vec![platform.alias("shop", &route)], vec![]).await.is_success());
    let calls = cloud.proxy.take_calls();
    let update = calls.iter().find(|call| call.name == "UpdateAlias shop").unwrap();
    // Left out, the share would stay.
    assert_eq!(update.body["RoutingConfig"], json!({ "AdditionalVersionWeights": {} }));
    assert_eq!(cloud.release("shop").await.traffic.unwrap().version, "2");

    let back = Route::rollback(&cloud.release("shop").await, None).unwrap();
    cloud.proxy.take_calls();
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
    let release = cloud.release("shop").await;
    let route = Route { version: Pick::Number("4".into()), canary: None, before: Some("3".into()) };
    let platform = cloud.platform().await;
    let surplus = release.surplus(&route, 2).into_iter().map(|old| platform.version("shop", &old.number)).collect();
    let outcome = run(vec![], surplus).await;
    assert!(outcome.is_success(), "{outcome:?}");
    let left: Vec<String> = cloud.release("shop").await.versions.into_iter().map(|version| version.number).collect();
    assert_eq!(left, ["4", "3"]);
}

const TWO: &str = "service: two\nprovider: { memorySize: 128 }\nfunctions:\n\
    \x20 one: { handler: a.b, events: [ { http: { path: /one, method: get } } ] }\n\
    \x20 other: { handler: c.d }\n";

#[tokio::test]
async fn several_units_publish_before_any_of_them_is_visible_and_what_is_not_named_any_more_goes() {
    let mut cloud = Cloud::new().await;
    let writes = cloud.deployed(TWO, "1").await;
    let last = writes.iter().rposition(|write| write.starts_with("PublishVersion")).unwrap();
    let first = writes.iter().position(|write| write.starts_with("CreateAlias")).unwrap();
    assert!(last < first, "{writes:?}");

    let one = TWO.lines().filter(|line| !line.contains("other")).collect::<Vec<_>>().join("\n");
    cloud.options = Options { prune: false, ..Options::default() };
    assert_eq!(cloud.deployed(&one, "1").await, [""; 0]);
    cloud.options.prune = true;
    cloud.deployed(&one, "1").await;
    assert_eq!(cloud.functions().await, ["one"]);
    assert_eq!(cloud.deployed(&one, "1").await, [""; 0]);
}

#[tokio::test]
async fn removing_leaves_nothing() {
    let cloud = Cloud::new().await;
    for code in ["1", "2"] {
        cloud.deployed(&shop("a"), code).await;
    }
    cloud.deployed(&TWO.replace("two", "theirs"), "1").await;
    let outcome = cloud.remove("shop").await;
    assert!(outcome.is_success(), "{outcome:?}");
    assert!(outcome.done.iter().all(|change| change.action == Action::Delete));
    assert_eq!(cloud.functions().await, ["one", "other"]);
    let writes = cloud.proxy.take_writes();
    assert!(writes.contains(&"DeleteRole fx-shop-eu-central-1".to_owned()), "{writes:?}");
    // Nothing is left to be removed.
    assert!(cloud.remove("shop").await.is_success());
    assert_eq!(cloud.proxy.take_writes(), [""; 0]);
}

#[tokio::test]
async fn settings_that_are_said_arrive_and_those_that_are_not_are_taken_away() {
    let said = shop("a").replace("memorySize: 256,", "memorySize: 256, role: reader, timeout: 30,");
    let cloud = Cloud::new().await;
    cloud.make_role("reader", "/").await;
    cloud.deployed(&said, "1").await;
    let configuration = cloud.look("/shop").await["Configuration"].clone();
    assert_eq!(configuration["Role"], format!("arn:aws:iam::{}:role/reader", cloud.account));
    assert_eq!(configuration["Timeout"], 30);
    assert_eq!(cloud.deployed(&said, "1").await, [""; 0]);
    let bare = shop("a").replace(", environment: { KEY: 'a' }", "");
    cloud.deployed(&bare, "1").await;
    let configuration = cloud.look("/shop").await["Configuration"].clone();
    assert!(configuration["Environment"]["Variables"].as_object().is_none_or(serde_json::Map::is_empty));
    assert_eq!(cloud.deployed(&bare, "1").await, [""; 0]);
}

#[tokio::test]
async fn the_address_is_the_platforms() {
    let cloud = Cloud::new().await;
    let outcome = cloud.deploy(&shop("a"), "1").await;
    let addresses = cloud.platform().await.addresses(&outcome.known);
    assert_eq!(addresses.len(), 1);
    assert_eq!(addresses[0].function.as_deref(), Some("shop"));
    assert!(addresses[0].url.starts_with("https://") && !addresses[0].url.ends_with('/'), "{addresses:?}");
}

#[tokio::test]
async fn cross_origin_rules_come_and_go() {
    let cloud = Cloud::new().await;
    let with =
        shop("a").replace("method: any", "method: any, cors: { AllowOrigins: ['https://a.example.com'], MaxAge: 60 }");
    cloud.deployed(&with, "1").await;
    assert_eq!(
        cloud.look_url("shop").await["Cors"],
        json!({ "AllowOrigins": ["https://a.example.com"], "MaxAge": 60 })
    );
    assert_eq!(cloud.deployed(&with, "1").await, [""; 0]);
    assert_eq!(cloud.deployed(&shop("a"), "1").await, ["UpdateFunctionUrlConfig shop"]);
    assert_eq!(cloud.deployed(&shop("a"), "1").await, [""; 0]);
    let everybody = shop("a").replace("method: any", "method: any, cors: true");
    assert_eq!(cloud.deployed(&everybody, "1").await, ["UpdateFunctionUrlConfig shop"]);
    assert_eq!(cloud.look_url("shop").await["Cors"]["AllowOrigins"], json!(["*"]));
}
