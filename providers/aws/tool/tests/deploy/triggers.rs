//! What calls a function.

use fx_aws_stub::Fault;
use hyper::Method;
use serde_json::{Value as Json, json};

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
async fn a_schedule_in_a_time_zone_is_the_schedulers_under_a_role_of_its_own() {
    let cloud = Cloud::new().await;
    let at = |hour: u32, zone: &str| {
        with(&format!("{{ timer: {{ name: tick, type: cron, value: '0 0 {hour} * * *', timezone: {zone} }} }}"))
    };
    let role = "fx-shop.schedules-eu-central-1";
    // The role is not known everywhere at once.
    let message = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.";
    cloud.proxy.fail("CreateSchedule", [Fault::Refused(400, "ValidationException", message)]);
    let writes = cloud.deployed(&at(3, "Asia/Shanghai"), "1").await;
    let place = |name: &str| writes.iter().position(|write| write.starts_with(name)).unwrap();
    let name = writes[place("CreateSchedule")].strip_prefix("CreateSchedule ").unwrap();
    assert!(place(&format!("PutRolePolicy {role}")) < place("CreateSchedule"), "{writes:?}");
    assert!(!writes.iter().any(|write| write.starts_with("PutRule")), "{writes:?}");
    let said = cloud.schedule(name).await;
    assert_eq!(said["ScheduleExpression"], "cron(0 3 * * ? *)");
    assert_eq!(said["ScheduleExpressionTimezone"], "Asia/Shanghai");
    let target = &said["Target"];
    assert_eq!(target["Arn"], format!("arn:aws:lambda:eu-central-1:{}:function:shop:live", cloud.account));
    assert_eq!(target["RoleArn"], format!("arn:aws:iam::{}:role/fx/eu-central-1/shop/{role}", cloud.account));
    assert_eq!(cloud.deployed(&at(3, "Asia/Shanghai"), "1").await, [""; 0]);

    assert_eq!(cloud.deployed(&at(4, "Asia/Shanghai"), "1").await, [format!("UpdateSchedule {name}")]);
    let mut in_utc = cloud.deployed(&at(4, "UTC"), "1").await;
    in_utc.retain(|write| write.contains("Schedule") || write.contains("Rule") || write.ends_with(role));
    in_utc.sort();
    let wanted = ["DeleteRole", "DeleteRolePolicy"].map(|call| format!("{call} {role}"));
    let wanted: Vec<_> =
        wanted.into_iter().chain([format!("DeleteSchedule {name}"), format!("PutRule {name}")]).collect();
    assert_eq!(in_utc, wanted);

    cloud.deployed(&at(4, "Asia/Shanghai"), "1").await;
    assert!(cloud.remove("shop").await.is_success());
    let writes = cloud.proxy.take_writes();
    let place = |name: &str| writes.iter().position(|write| write.starts_with(name)).unwrap();
    assert!(place("DeleteSchedule") < place(&format!("DeleteRole {role}")), "{writes:?}");
}

#[tokio::test]
async fn a_log_is_made_before_the_first_line_and_stays() {
    let cloud = Cloud::new().await;
    cloud.proxy.fail("CreateLogGroup", [Fault::LostAfter]);
    let writes = cloud.deployed(&with(""), "1").await;
    let place = |name: &str| writes.iter().position(|write| write.starts_with(name)).unwrap();
    assert!(place("PutRetentionPolicy") < place("CreateAlias"), "{writes:?}");
    assert_eq!(cloud.retention("/aws/lambda/shop").await, json!(30));
    assert_eq!(cloud.deployed(&with(""), "1").await, [""; 0]);

    // Somebody wants to keep more of it.
    let more = json!({ "logGroupName": "/aws/lambda/shop", "retentionInDays": 365 });
    cloud.logs("PutRetentionPolicy", &more).await;
    assert_eq!(cloud.deployed(&with(""), "1").await, [""; 0]);
    assert!(cloud.remove("shop").await.is_success());
    assert_eq!(cloud.retention("/aws/lambda/shop").await, json!(365));

    cloud.purge("shop").await;
    let left = cloud.logs("DescribeLogGroups", &json!({ "logGroupNamePrefix": "/aws/lambda/shop" })).await;
    assert_eq!(left["logGroups"], json!([]));
}

#[tokio::test]
async fn a_log_that_keeps_its_lines_for_ever_goes_on_to() {
    let cloud = Cloud::new().await;
    cloud.logs("CreateLogGroup", &json!({ "logGroupName": "/aws/lambda/shop" })).await;
    let writes = cloud.deployed(&with(""), "1").await;
    assert!(!writes.iter().any(|write| write.contains("Retention")), "{writes:?}");
    assert_eq!(cloud.retention("/aws/lambda/shop").await, json!(null));
}

#[tokio::test]
async fn the_lines_of_a_log_call_a_function_until_it_is_not_named_any_more() {
    let cloud = Cloud::new().await;
    let lines = |group: &str| with(&format!("{{ log: {{ source: {group} }} }}"));
    let outcome = cloud.deploy(&lines("/web/access"), "1").await;
    assert!(outcome.failed[0].error.to_string().contains("there is no log group /web/access"), "{outcome:?}");
    let outcome = cloud.deploy(&lines("/aws/lambda/shop"), "1").await;
    assert!(outcome.failed[0].error.to_string().contains("its own log"), "{outcome:?}");
    assert_eq!(cloud.proxy.take_writes(), [""; 0]);

    cloud.logs("CreateLogGroup", &json!({ "logGroupName": "/web/access" })).await;
    let message = "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.";
    cloud.proxy.fail("PutSubscriptionFilter", [Fault::Refused(400, "InvalidParameterException", message)]);
    let writes = cloud.deployed(&lines("/web/access"), "1").await;
    let place = |name: &str| writes.iter().position(|write| write.starts_with(name)).unwrap();
    assert!(place("AddPermission") < place("PutSubscriptionFilter"), "{writes:?}");
    let policy = cloud.look("/shop/policy").await["Policy"].as_str().unwrap().to_owned();
    assert!(policy.contains(":log-group:/web/access:*") && policy.contains("logs.amazonaws.com"), "{policy}");
    let said = cloud.logs("DescribeSubscriptionFilters", &json!({ "logGroupName": "/web/access" })).await;
    let target = &said["subscriptionFilters"][0]["destinationArn"];
    assert_eq!(*target, format!("arn:aws:lambda:eu-central-1:{}:function:shop:live", cloud.account));
    assert_eq!(cloud.deployed(&lines("/web/access"), "1").await, [""; 0]);

    let gone = cloud.deployed(&with(""), "1").await;
    let gone: Vec<_> = gone.iter().map(|write| write.split(' ').next().unwrap()).collect();
    assert_eq!(gone, ["DeleteSubscriptionFilter", "RemovePermission"]);
}

impl Cloud {
    /// Asks moto's scheduler itself.
    async fn schedule(&self, name: &str) -> Json {
        self.ask(Method::GET, "scheduler", &format!("/schedules/{name}"), &Json::Null).await
    }

    /// Asks moto's CloudWatch itself.
    pub async fn logs(&self, operation: &str, input: &Json) -> Json {
        let answer = self.hand.tell("logs", &format!("Logs_20140328.{operation}"), input).await;
        answer.unwrap_or_else(|| panic!("moto refuses {operation}"))
    }

    async fn retention(&self, group: &str) -> Json {
        let said = self.logs("DescribeLogGroups", &json!({ "logGroupNamePrefix": group })).await;
        assert_eq!(said["logGroups"][0]["logGroupName"], group, "{said}");
        said["logGroups"][0]["retentionInDays"].clone()
    }
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
