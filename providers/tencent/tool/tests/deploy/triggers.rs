//! What calls a function, and how it changes.

use fx_deploy::{Cancel, apply};
use serde_json::{Value, json};

use crate::{Cloud, patience};

fn service(events: &str) -> String {
    format!(
        "service: shop\nprovider: {{ memorySize: 128 }}\nfunctions:\n  shop:\n    handler: a.b\n    events:\n{events}"
    )
}

/// Types, descriptions and states of a function's triggers, sorted.
fn triggers(cloud: &Cloud) -> Vec<(String, Value, bool)> {
    let mut found: Vec<_> =
        cloud.stub.world().triggers("shop").into_iter().map(|(kind, _, said, on)| (kind, said, on)).collect();
    found.sort_by_key(|(kind, said, _)| (kind.clone(), said.to_string()));
    found
}

const TIMER: &str =
    "      - timer: { type: cron, value: '0 0 3 * * *', timezone: Asia/Shanghai, name: nightly, payload: go }\n";

#[tokio::test]
async fn a_timer_is_made_changed_and_taken_away() {
    let cloud = Cloud::new().await;
    let writes = cloud.deployed(&service(TIMER), "1").await;
    assert_eq!(writes.last().unwrap(), "CreateTrigger shop");
    assert_eq!(triggers(&cloud), [("timer".to_owned(), json!({ "cron": "0 0 3 * * * *" }), true)]);
    assert_eq!(cloud.deployed(&service(TIMER), "1").await, [""; 0]);

    let later = TIMER.replace("0 0 3", "0 30 4").replace("payload: go", "payload: on, enable: false");
    assert_eq!(cloud.deployed(&service(&later), "1").await, ["UpdateTrigger shop"]);
    assert_eq!(triggers(&cloud), [("timer".to_owned(), json!({ "cron": "0 30 4 * * * *" }), false)]);
    assert_eq!(cloud.deployed(&service(&later), "1").await, [""; 0]);

    let other = later.replace("nightly", "mornings");
    assert_eq!(cloud.deployed(&service(&other), "1").await, ["CreateTrigger shop", "DeleteTrigger shop"]);
}

const BUCKET: &str = "      - cos: { bucket: up-1250000000, events: [created], filter: { prefix: in/ } }\n";

#[tokio::test]
async fn a_buckets_filter_changes_although_the_platform_cannot_change_it() {
    let cloud = Cloud::new().await;
    cloud.deployed(&service(BUCKET), "1").await;
    let said = |event: &str, prefix: &str| json!({ "event": event, "filter": { "Prefix": prefix, "Suffix": "" } });
    assert_eq!(triggers(&cloud), [("cos".to_owned(), said("cos:ObjectCreated:*", "in/"), true)]);
    assert_eq!(cloud.deployed(&service(BUCKET), "1").await, [""; 0]);

    // The new one overlaps the old one, so the old one has to go first.
    let narrower = BUCKET.replace("in/", "in/new/").replace("[created]", "[created, removed]");
    let writes = cloud.deployed(&service(&narrower), "1").await;
    assert_eq!(writes, ["DeleteTrigger shop", "CreateTrigger shop", "CreateTrigger shop"]);
    let wanted = [said("cos:ObjectCreated:*", "in/new/"), said("cos:ObjectRemove:*", "in/new/")];
    assert_eq!(triggers(&cloud), wanted.map(|said| ("cos".to_owned(), said, true)));

    let asleep = narrower.replace("[created, removed]", "[created, removed], enable: false");
    assert_eq!(cloud.deployed(&service(&asleep), "1").await, ["UpdateTriggerStatus shop", "UpdateTriggerStatus shop"]);
    assert!(triggers(&cloud).iter().all(|(_, _, on)| !on));
    let writes = cloud.deployed(&service(TIMER), "1").await;
    assert_eq!(writes, ["CreateTrigger shop", "DeleteTrigger shop", "DeleteTrigger shop"]);
}

#[tokio::test]
async fn a_bucket_goes_over_to_another_function() {
    let cloud = Cloud::new().await;
    cloud.deployed(&service(BUCKET), "1").await;
    let renamed = service(BUCKET).replace("  shop:\n", "  store:\n");
    let writes = cloud.deployed(&renamed, "1").await;
    let made = writes.iter().position(|write| write == "CreateTrigger store").unwrap();
    assert_eq!(writes[made - 1..], ["DeleteTrigger shop", "CreateTrigger store", "DeleteFunction shop"]);
    assert_eq!(cloud.deployed(&renamed, "1").await, [""; 0]);
}

#[tokio::test]
async fn topics_of_both_services() {
    let topics = "      - mq: { topic: ckafka-abc-orders }\n      - mq: { topic: news, tags: [a, b] }\n";
    let cloud = Cloud::new().await;
    cloud.deployed(&service(topics), "1").await;
    let kinds: Vec<_> = triggers(&cloud).into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, ["ckafka", "cmq"]);
    assert_eq!(cloud.deployed(&service(topics), "1").await, [""; 0]);
    // CMQ's cannot be changed.
    let other = topics.replace("[a, b]", "[c]");
    assert_eq!(cloud.deployed(&service(&other), "1").await, ["DeleteTrigger shop", "CreateTrigger shop"]);
    assert_eq!(triggers(&cloud)[1].1["filterKey"], json!(["c"]));

    // Nor can it be turned off, which one of CKafka can.
    let off = other.replace("[c] }", "[c], enable: false }");
    assert_eq!(cloud.deployed(&service(&off), "1").await, ["DeleteTrigger shop", "CreateTrigger shop"]);
    let both = off.replace("orders }", "orders, enable: false }");
    assert_eq!(cloud.deployed(&service(&both), "1").await, ["UpdateTrigger shop"]);
    assert!(triggers(&cloud).iter().all(|(.., on)| !on));
    assert_eq!(cloud.deployed(&service(&both), "1").await, [""; 0]);
}

#[tokio::test]
async fn an_address_comes_and_goes_with_the_routes_and_says_who_may_call() {
    let route = "      - http: { path: /a, method: get, cors: { origins: ['https://a.example'] } }\n";
    let cloud = Cloud::new().await;
    cloud.deployed(&service(route), "1").await;
    let said = &triggers(&cloud)[0].1;
    assert_eq!(said["CorsConfig"], json!({ "Enable": true, "Origins": ["https://a.example"] }));
    let address = said["NetConfig"]["ExtranetUrl"].clone();
    assert_eq!(cloud.deployed(&service(route), "1").await, [""; 0]);

    let closed = route.replace(", cors: { origins: ['https://a.example'] }", "");
    assert_eq!(cloud.deployed(&service(&closed), "1").await, ["UpdateTrigger shop"]);
    assert_eq!(triggers(&cloud)[0].1["NetConfig"]["ExtranetUrl"], address);
    assert_eq!(cloud.deployed(&service(&closed), "1").await, [""; 0]);

    let asking = service(&closed).replace("memorySize: 128", "memorySize: 128, authType: CAM");
    assert_eq!(cloud.deployed(&asking, "1").await, ["UpdateTrigger shop"]);
    assert_eq!(triggers(&cloud)[0].1["AuthType"], "CAM");
    assert_eq!(cloud.deployed(&asking, "1").await, [""; 0]);
    assert_eq!(cloud.deployed(&service(TIMER), "1").await, ["CreateTrigger shop", "DeleteTrigger shop"]);
}

#[tokio::test]
async fn an_address_that_somebody_has_just_taken_away_is_made_again() {
    let route = "      - http: { path: /a, method: get, cors: { origins: ['https://a.example'] } }\n";
    let cloud = Cloud::new().await;
    cloud.deployed(&service(route), "1").await;
    let other = service(&route.replace("a.example", "b.example"));
    let (resources, plan, observed) = cloud.planned(&other, "1").await.unwrap();
    cloud.stub.world().remove_triggers("shop");
    let outcome = apply(&plan, &resources, observed.known, &patience(), &(), &Cancel::new()).await;
    assert!(outcome.is_success(), "{outcome:?}");
    assert_eq!(triggers(&cloud).len(), 1);
    assert_eq!(cloud.deployed(&other, "1").await, ["CreateTrigger shop"]);
    assert_eq!(cloud.deployed(&other, "1").await, [""; 0]);
}

#[tokio::test]
async fn what_somebody_has_made_in_the_console_stays() {
    let cloud = Cloud::new().await;
    cloud.deployed(&service(TIMER), "1").await;
    cloud.stub.world().add_trigger("shop", "timer", "by-hand", &json!({ "cron": "0 0 1 * * * *" }));
    assert_eq!(cloud.deployed(&service(TIMER), "1").await, [""; 0]);
    assert_eq!(triggers(&cloud).len(), 2);
}

#[tokio::test]
async fn a_log_delivery_is_refused_with_what_to_do() {
    let cloud = Cloud::new().await;
    let outcome = cloud.deploy(&service("      - log: { source: topic-1 }\n"), "1").await;
    let error = &outcome.failed[0].error;
    assert!(error.to_string().contains("log service") && error.remedy().unwrap().contains("console of CLS"), "{error}");
    assert_eq!(cloud.stub.take_writes(), [""; 0]);
}
