//! What calls functions, and the limits and domains in front of them.

use serde_json::{Value, json};

use crate::{Cloud, names};

/// A unit with one trigger of each kind.
const ALL: &str = "service: shop
provider: { memorySize: 128 }
functions:
  index: { handler: index, events: [ { http: { method: any, path: /* } } ] }
  nightly: { handler: nightly, events: [ { timer: { type: cron, value: '0 0 3 * * *', payload: go } } ] }
  import: { handler: import, events: [ { os: { bucket: uploads, events: [created], filter: { prefix: in/, suffix: .csv } } } ] }
  changed: { handler: changed, events: [ { mq: { topic: changes, tags: [a] } } ] }
  lines: { handler: lines, events: [ { log: { source: app, project: logs, log: jobs, interval: 60 } } ] }
aggregation:
  shop: { functions: [index, nightly, import, changed, lines] }
";

fn config(cloud: &Cloud, trigger: &str) -> Value {
    let trigger = cloud.stub.world().trigger("shop", trigger).unwrap();
    serde_json::from_str(trigger["triggerConfig"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn every_kind_is_made_of_the_alias() {
    let cloud = Cloud::new().await;
    let writes = cloud.deployed(ALL, "1").await;
    let made: Vec<_> = writes.iter().filter(|write| write.starts_with("CreateTrigger")).collect();
    assert_eq!(made.len(), 5, "{writes:?}");
    for name in ["http", "timer-nightly", "object-import", "message-changed", "log-lines"] {
        let trigger = cloud.stub.world().trigger("shop", name).unwrap();
        assert_eq!((&trigger["qualifier"], &trigger["description"]), (&json!("live"), &json!("fx shop")), "{name}");
    }
    assert_eq!(
        config(&cloud, "timer-nightly"),
        json!({ "cronExpression": "0 0 3 * * *", "enable": true, "payload": "go" })
    );
    let import = cloud.stub.world().trigger("shop", "object-import").unwrap();
    assert_eq!(import["sourceArn"], "acs:oss:cn-hangzhou:1234567890123456:uploads");
    assert_eq!(import["invocationRole"], "acs:ram::1234567890123456:role/aliyunosseventnotificationrole");
    assert_eq!(cloud.deployed(ALL, "1").await, [""; 0]);
}

#[tokio::test]
async fn a_changed_schedule_is_updated_and_what_is_not_named_any_more_goes() {
    let cloud = Cloud::new().await;
    cloud.deployed(ALL, "1").await;
    let changed = ALL.replace("0 0 3", "0 0 4").replace(", payload: go", "");
    assert_eq!(cloud.deployed(&changed, "1").await, ["UpdateTrigger shop/timer-nightly"]);
    assert_eq!(config(&cloud, "timer-nightly"), json!({ "cronExpression": "0 0 4 * * *", "enable": true }));
    assert_eq!(cloud.deployed(&changed, "1").await, [""; 0]);
    let fewer = changed.replace(", events: [ { timer: { type: cron, value: '0 0 4 * * *' } } ]", "");
    assert_eq!(cloud.deployed(&fewer, "1").await, ["DeleteTrigger shop/timer-nightly"]);
}

#[tokio::test]
async fn a_subscription_to_a_topic_is_made_anew_since_it_cannot_be_changed() {
    let cloud = Cloud::new().await;
    cloud.deployed(ALL, "1").await;
    for changed in [ALL.replace("tags: [a]", "tags: [b]"), ALL.replace(", tags: [a]", "")] {
        assert_eq!(cloud.deployed(&changed, "1").await, ["DeleteTrigger shop/message-changed", "CreateTrigger shop"]);
        assert_eq!(cloud.deployed(&changed, "1").await, [""; 0]);
    }
}

#[tokio::test]
async fn a_bucket_that_is_another_is_another_trigger() {
    let cloud = Cloud::new().await;
    cloud.deployed(ALL, "1").await;
    let writes = cloud.deployed(&ALL.replace("bucket: uploads", "bucket: inbox"), "1").await;
    assert!(names(&writes).is_superset(&["CreateTrigger", "DeleteTrigger"].into()), "{writes:?}");
    assert_eq!(cloud.deployed(&ALL.replace("bucket: uploads", "bucket: inbox"), "1").await, [""; 0]);
}

#[tokio::test]
async fn a_bucket_is_let_go_just_before_it_is_taken_under_another_name() {
    let cloud = Cloud::new().await;
    cloud.deployed(ALL, "1").await;
    let renamed = ALL.replace("import: {", "intake: {").replace("import,", "intake,");
    assert_eq!(cloud.deployed(&renamed, "1").await, ["DeleteTrigger shop/object-import", "CreateTrigger shop"]);
    assert_eq!(cloud.deployed(&renamed, "1").await, [""; 0]);
}

#[tokio::test]
async fn limits_are_put_on_changed_and_taken_off() {
    let with = |retries: u32| {
        ALL.replace(
            "memorySize: 128",
            &format!(
                "memorySize: 128, reservedConcurrency: 9, asyncConfiguration: {{ maxAsyncRetryAttempts: {retries} }}"
            ),
        )
    };
    let cloud = Cloud::new().await;
    let writes = cloud.deployed(&with(2), "1").await;
    assert!(names(&writes).is_superset(&["PutAsyncInvokeConfig", "PutConcurrencyConfig"].into()), "{writes:?}");
    assert_eq!(cloud.deployed(&with(2), "1").await, [""; 0]);
    assert_eq!(cloud.deployed(&with(3), "1").await, ["PutAsyncInvokeConfig shop"]);
    let writes = cloud.deployed(ALL, "1").await;
    let gone = ["DeleteAsyncInvokeConfig", "DeleteConcurrencyConfig", "UntagResources"];
    assert_eq!(names(&writes).into_iter().collect::<Vec<_>>(), gone);
    assert!(cloud.remove("shop").await.is_success());
}

#[tokio::test]
async fn limits_that_somebody_has_set_stay_until_f_yml_names_them() {
    let cloud = Cloud::new().await;
    cloud.deployed(ALL, "1").await;
    cloud.stub.world().plant_limits("shop", 9, 1);
    assert_eq!(cloud.deployed(ALL, "1").await, [""; 0]);

    // The same value, and from now on fx's.
    let named = ALL.replace("memorySize: 128", "memorySize: 128, reservedConcurrency: 9");
    assert_eq!(cloud.deployed(&named, "1").await, ["TagResources", "PutConcurrencyConfig shop"]);
    assert_eq!(cloud.deployed(&named, "1").await, [""; 0]);
    assert_eq!(cloud.deployed(ALL, "1").await, ["DeleteConcurrencyConfig shop", "UntagResources"]);
    assert_eq!(cloud.deployed(ALL, "1").await, [""; 0]);

    // A function that goes takes them along.
    cloud.stub.world().plant_limits("shop", 9, 1);
    assert!(cloud.remove("shop").await.is_success());
    assert!(cloud.stub.world().is_empty());
}

const TWO: &str = "service: two
provider: { memorySize: 128 }
custom: { customDomain: { domainName: two.example.com } }
functions:
  pages: { handler: pages, events: [ { http: { method: get, path: /* } } ] }
  user: { handler: user, events: [ { http: { method: get, path: '/user/:id' } } ] }
";

#[tokio::test]
async fn a_domain_leads_to_each_function_by_its_path() {
    let cloud = Cloud::new().await;
    let outcome = cloud.deploy(TWO, "1").await;
    assert!(outcome.is_success(), "{outcome:?}");
    let domain = cloud.stub.world().domain("two.example.com").unwrap();
    let routes: Vec<_> = domain["routeConfig"]["routes"].as_array().unwrap().iter().collect();
    let to: Vec<_> = routes.iter().map(|route| (&route["path"], &route["functionName"], &route["qualifier"])).collect();
    let live = json!("live");
    assert_eq!(to, [(&json!("/*"), &json!("pages"), &live), (&json!("/user/*"), &json!("user"), &live)]);
    let addresses = cloud.connect().await.unwrap().addresses(&outcome.known);
    assert_eq!((addresses[0].url.as_str(), &addresses[0].note), ("http://two.example.com", &None));
    cloud.stub.take_calls();
    assert_eq!(cloud.deployed(TWO, "1").await, [""; 0]);
    let added = TWO.replace("path: '/user/:id' } }", "path: '/user/:id' } }, { http: { method: get, path: /me } }");
    assert_eq!(cloud.deployed(&added, "1").await, ["UpdateCustomDomain two.example.com"]);
    assert!(cloud.remove("two").await.is_success());
    assert!(cloud.stub.world().is_empty());
}

#[tokio::test]
async fn who_may_call_is_asked_at_the_trigger_and_at_the_domain() {
    let domain = |cloud: &Cloud| cloud.stub.world().domain("two.example.com").unwrap()["authConfig"].clone();
    let asking = TWO.replace("memorySize: 128", "memorySize: 128, authType: function");
    let cloud = Cloud::new().await;
    cloud.deployed(TWO, "1").await;
    assert_eq!(domain(&cloud), json!(null));
    let writes = cloud.deployed(&asking, "1").await;
    assert_eq!(names(&writes), ["UpdateCustomDomain", "UpdateTrigger"].into(), "{writes:?}");
    assert_eq!(domain(&cloud), json!({ "authType": "function" }));
    let trigger = cloud.stub.world().trigger("pages", "http").unwrap()["triggerConfig"].clone();
    assert!(trigger.as_str().unwrap().contains(r#""authType":"function""#), "{trigger}");
    assert_eq!(cloud.deployed(&asking, "1").await, [""; 0]);
    // It opens again only if f.yml says so: somebody may have closed it in the console.
    let opened = TWO.replace("memorySize: 128", "memorySize: 128, authType: anonymous");
    cloud.deployed(&opened, "1").await;
    assert_eq!(domain(&cloud), json!({ "authType": "anonymous" }));
}

#[tokio::test]
async fn cross_origin_rules_come_and_go() {
    let with = ALL.replace("path: /* }", "path: /*, cors: { allowOrigins: ['https://a.example.com'] } }");
    let cloud = Cloud::new().await;
    cloud.deployed(&with, "1").await;
    assert_eq!(config(&cloud, "http")["corsConfig"]["allowOrigins"], json!(["https://a.example.com"]));
    assert_eq!(cloud.deployed(&with, "1").await, [""; 0]);
    assert_eq!(cloud.deployed(ALL, "1").await, ["UpdateTrigger shop/http"]);
    assert_eq!(config(&cloud, "http").get("corsConfig"), None);
}
