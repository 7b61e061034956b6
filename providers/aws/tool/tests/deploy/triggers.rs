//! What calls a function.

use crate::Cloud;

fn with(events: &str) -> String {
    format!(
        "service: shop\nprovider: {{ memorySize: 128 }}\nfunctions:\n  shop: {{ handler: a.b, events: [ {events} ] }}\n"
    )
}

#[tokio::test]
async fn a_schedule_is_made_changed_and_taken_away() {
    let cloud = Cloud::new().await;
    let tick = |value: &str| with(&format!("{{ timer: {{ name: tick, type: every, value: {value}, payload: go }} }}"));
    let writes = cloud.deployed(&tick("5m"), "1").await;
    let rule = writes.iter().find_map(|write| write.strip_prefix("PutRule ")).unwrap().to_owned();
    assert!(rule.starts_with("shop-"), "{rule}");
    assert!(writes.contains(&format!("PutTargets {rule}")) && writes.contains(&"AddPermission shop".into()));
    assert_eq!(cloud.deployed(&tick("5m"), "1").await, [""; 0]);
    assert_eq!(cloud.deployed(&tick("10m"), "1").await, [format!("PutRule {rule}"), format!("PutTargets {rule}")]);
    let mut gone = cloud.deployed(&with(""), "1").await;
    gone.sort();
    assert_eq!(gone, [format!("DeleteRule {rule}"), "RemovePermission shop".into(), format!("RemoveTargets {rule}")]);
}

#[tokio::test]
async fn what_is_not_made_is_refused_before_anything_is_made() {
    let cloud = Cloud::new().await;
    let refused = [
        "{ log: { source: s, project: p, log: l } }",
        "{ timer: { type: cron, value: '0 0 3 * * *', timezone: Asia/Shanghai } }",
    ];
    for events in refused {
        let outcome = cloud.deploy(&with(events), "1").await;
        let error = &outcome.failed[0].error;
        assert!(error.to_string().contains("does not make on AWS yet"), "{error}");
        assert!(error.remedy().unwrap().contains("sam deploy"), "{error:?}");
    }
    assert_eq!(cloud.proxy.take_writes(), [""; 0]);
}

#[tokio::test]
async fn a_queue_feeds_a_function_until_it_is_not_named_any_more() {
    let cloud = Cloud::new().await;
    cloud.make_queue("jobs").await;
    let jobs = |more: &str| with(&format!("{{ mq: {{ topic: jobs{more} }} }}"));
    let writes = cloud.deployed(&jobs(""), "1").await;
    assert!(writes.contains(&"CreateEventSourceMapping".to_owned()), "{writes:?}");
    let policies = writes.iter().filter(|write| write.starts_with("AttachRolePolicy")).count();
    assert_eq!(policies, 2, "one for the log, one for the queue: {writes:?}");
    assert_eq!(cloud.deployed(&jobs(""), "1").await, [""; 0]);
    let gone = cloud.deployed(&with(""), "1").await;
    assert!(gone.contains(&"DeleteEventSourceMapping".to_owned()), "{gone:?}");
    assert!(gone.contains(&"DetachRolePolicy fx-shop-eu-central-1".to_owned()), "{gone:?}");
}
