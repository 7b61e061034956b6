//! Who may call a function.

use fx_aws_stub::Fault;
use hyper::Method;
use serde_json::{Value, json};

use crate::{Cloud, everything_public, shop};

impl Cloud {
    /// The statements about who may call a function: their ids, and on whose behalf.
    async fn statements(&self, function: &str) -> Vec<(String, String)> {
        let policy = self.look(&format!("/{function}/policy?Qualifier=live")).await;
        let policy: Value = serde_json::from_str(policy["Policy"].as_str().unwrap()).unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let statements = policy["Statement"].as_array().unwrap().iter();
        let mut said: Vec<_> =
            statements.map(|one| (text(&one["Sid"]), text(&one["Condition"]["ArnLike"]["AWS:SourceArn"]))).collect();
        said.sort();
        said
    }
}

#[tokio::test]
async fn nothing_leads_to_a_function_before_it_may_be_called() {
    let tick = shop("a").replace(
        "events: [ { http: { path: /*, method: any } }",
        "events: [ { timer: { name: tick, type: every, value: 5m } }",
    );
    let services = [
        (shop("a"), "CreateFunctionUrlConfig"),
        (everything_public(false), "CreateRoute"),
        (everything_public(false), "CreateIntegration"),
        (tick, "PutRule"),
    ];
    for (f_yml, leads) in services {
        let cloud = Cloud::new().await;
        let denied = Fault::Refused(403, "AccessDeniedException", "not authorized to add permissions");
        cloud.proxy.fail("AddPermission", [denied]);
        let outcome = cloud.deploy(&f_yml, "1").await;
        assert!(!outcome.failed.is_empty(), "{leads}");
        let writes = cloud.proxy.take_writes();
        assert!(writes.iter().any(|write| write.starts_with("AddPermission")), "{writes:?}");
        assert!(!writes.iter().any(|write| write.starts_with(leads)), "{writes:?}");

        let writes = cloud.deployed(&f_yml, "1").await;
        let allowed = writes.iter().rposition(|write| write.starts_with("AddPermission")).unwrap();
        assert!(writes.iter().position(|write| write.starts_with(leads)).unwrap() > allowed, "{writes:?}");
        assert_eq!(cloud.deployed(&f_yml, "1").await, [""; 0]);
    }
}

fn timers(names: &[&str]) -> String {
    let timers = names.iter().map(|name| format!("{{ timer: {{ name: {name}, type: every, value: 5m }} }}"));
    let timers = timers.collect::<Vec<_>>().join(", ");
    format!(
        "service: shop\nprovider: {{ memorySize: 128 }}\nfunctions:\n  shop: {{ handler: a.b, events: [ {timers} ] }}\n"
    )
}

#[tokio::test]
async fn timers_whose_names_look_alike_may_each_call() {
    let cloud = Cloud::new().await;
    let both = timers(&["a.b", "a_b"]);
    cloud.deployed(&both, "1").await;
    let sources: Vec<String> = cloud.statements("shop").await.into_iter().map(|(_, source)| source).collect();
    for rule in ["rule/shop-a.b", "rule/shop-a_b"] {
        assert!(sources.iter().any(|source| source.ends_with(rule)), "{rule}: {sources:?}");
    }
    assert_eq!(cloud.deployed(&both, "1").await, [""; 0]);
    let gone = cloud.deployed(&timers(&["a.b"]), "1").await;
    assert!(gone.contains(&"DeleteRule shop-a_b".to_owned()), "{gone:?}");
    let left = cloud.statements("shop").await;
    assert!(left.len() == 1 && left[0].1.ends_with("rule/shop-a.b"), "{left:?}");
}

#[tokio::test]
async fn what_was_permitted_under_an_id_that_others_could_have_is_permitted_under_its_own() {
    let cloud = Cloud::new().await;
    cloud.deployed(&timers(&["a.b"]), "1").await;
    let [(id, source)] = cloud.statements("shop").await.try_into().unwrap();
    let old = "fx-timer-shop-a_b";
    let path = "/2015-03-31/functions/shop/policy";
    cloud.ask(Method::DELETE, "lambda", &format!("{path}/{id}?Qualifier=live"), &Value::Null).await;
    let body = json!({
        "StatementId": old, "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com", "SourceArn": source,
    });
    cloud.ask(Method::POST, "lambda", &format!("{path}?Qualifier=live"), &body).await;
    assert_eq!(cloud.statements("shop").await, [(old.to_owned(), source.clone())]);

    assert_eq!(cloud.deployed(&timers(&["a.b"]), "1").await, ["AddPermission shop", "RemovePermission shop"]);
    assert_eq!(cloud.statements("shop").await, [(id, source)]);
    assert_eq!(cloud.deployed(&timers(&["a.b"]), "1").await, [""; 0]);
}

#[tokio::test]
async fn what_may_call_is_said_one_after_the_other_as_aws_loses_one_of_two() {
    let cloud = Cloud::new().await;
    cloud.furnish().await;
    let all = cloud.everything(false);
    let writes = cloud.deployed(&all, "1").await;
    assert_eq!(writes.iter().filter(|write| write.starts_with("AddPermission")).count(), 5, "{writes:?}");
    assert_eq!(cloud.statements("shop").await.len(), 5);
    assert_eq!(cloud.deployed(&all, "1").await, [""; 0]);
    let fewer: String = all
        .lines()
        .filter(|line| !line.contains("timer:") && !line.contains("http:"))
        .fold(String::new(), |text, line| text + line + "\n");
    let gone = cloud.deployed(&fewer, "1").await;
    assert_eq!(gone.iter().filter(|write| write.starts_with("RemovePermission")).count(), 3, "{gone:?}");
    assert_eq!(cloud.statements("shop").await.len(), 2);
}

#[tokio::test]
async fn what_may_call_is_said_again_if_it_has_got_lost() {
    let cloud = Cloud::new().await;
    cloud.proxy.fail("AddPermission", [Fault::Answered(vec![], "{}".into())]);
    let writes = cloud.deployed(&shop("a"), "1").await;
    assert_eq!(writes.iter().filter(|write| write.starts_with("AddPermission")).count(), 3, "{writes:?}");
    assert_eq!(cloud.statements("shop").await.len(), 2);
    assert_eq!(cloud.deployed(&shop("a"), "1").await, [""; 0]);
}
