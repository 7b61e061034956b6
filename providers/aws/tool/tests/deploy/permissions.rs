//! The policy names what the whole life of a service calls: no less, and no more.

use std::{collections::BTreeSet, path::Path, time::UNIX_EPOCH};

use fx_aws_stub::{Call, Fault};
use fx_aws_tool::{LIMITS, provider};
use fx_provider::deploy::Identity;
use fx_spec::{Document, Request};
use serde_json::{Value, json};

use crate::{Cloud, everything_public};

/// The actions that the policy of a service allows.
fn allowed(f_yml: &str) -> BTreeSet<String> {
    let document = Document::parse("f.yml", f_yml, Path::new(".")).unwrap();
    let request =
        Request { target: Some("aws"), targets: &[&LIMITS], variables: &|_| None, udev: Default::default(), code: &[] };
    let service = document.resolve(&request).service.unwrap();
    let identity = Identity { service: service.name.value.clone(), stage: None };
    let policy = provider().deploy().unwrap().policy(&service, &identity).unwrap();
    let policy: Value = serde_json::from_str(&policy).unwrap();
    let statements = policy["Statement"].as_array().unwrap().iter();
    let actions = statements.flat_map(|statement| statement["Action"].as_array().unwrap());
    actions
        .map(|action| action.as_str().unwrap().to_owned())
        .filter(|action| !SILENT.contains(&action.as_str()))
        .collect()
}

/// What AWS asks for without a call of its own: handing on a role, a package that it reads from a bucket, tags of what is made in API Gateway, and the
/// role of API Gateway's own for the first domain.
const SILENT: [&str; 4] = ["apigateway:TagResource", "iam:CreateServiceLinkedRole", "iam:PassRole", "s3:GetObject"];

/// The permission for a call. Whose it is stands in its signature.
fn needed(call: &Call) -> Option<String> {
    let signature = call.request.headers["authorization"].to_str().unwrap();
    let service = signature.split('/').nth(3).unwrap();
    Some(match (service, call.operation()) {
        // Everybody may ask who he is.
        ("sts", _) => return None,
        ("s3", "HeadBucket") => "s3:ListBucket".into(),
        ("s3", operation) => format!("s3:{}", operation.trim_end_matches("Configuration")),
        ("lambda", "Invoke") => "lambda:InvokeFunction".into(),
        ("apigateway", _) => format!("apigateway:{}", call.request.method),
        (service, operation) => format!("{service}:{operation}"),
    })
}

#[tokio::test]
async fn what_a_service_calls_in_its_life_is_what_its_policy_allows() {
    let mut cloud = Cloud::new().await;
    cloud.furnish().await;
    // Taking over needs the permission to say whose something is.
    cloud.make_function("shop", json!({})).await;
    cloud.make_role("fx-shop-eu-central-1", "/fx/eu-central-1/shop/").await;
    cloud.options.force = true;
    // One of its packages does not go into a request.
    cloud.size = Some(51 << 20);
    for (changed, code) in [(false, "1"), (true, "2"), (false, "3")] {
        let outcome = cloud.deploy(&cloud.everything(changed), code).await;
        assert!(outcome.is_success(), "{outcome:?}");
    }
    let platform = cloud.platform().await;
    cloud.proxy.fail("Invoke", [Fault::Answered(vec![], "{}".into())]);
    platform.invoke("shop", b"{}").await.unwrap();
    platform.logs("shop", UNIX_EPOCH).await.unwrap();
    assert!(cloud.remove("shop").await.is_success());
    cloud.deploy(&cloud.everything(false), "4").await;
    assert!(cloud.remove("shop").await.is_success());
    let calls = cloud.proxy.take_calls();
    let called: BTreeSet<String> = calls.iter().filter_map(needed).collect();
    // An API may be left from before.
    let more = BTreeSet::from(["apigateway:DELETE".to_owned()]);
    assert_eq!(&called | &more, allowed(&cloud.everything(false)));
}

#[tokio::test]
async fn an_api_and_a_domain_need_more() {
    let cloud = Cloud::new().await;
    for changed in [false, true] {
        let outcome = cloud.deploy(&everything_public(changed), "1").await;
        assert!(outcome.is_success(), "{outcome:?}");
    }
    assert!(cloud.remove("shop").await.is_success());
    let calls = cloud.proxy.take_calls();
    let called: BTreeSet<String> = calls.iter().filter_map(needed).collect();
    let allowed = allowed(&everything_public(false));
    let of_gateway = |all: &BTreeSet<String>| -> Vec<String> {
        all.iter().filter(|action| action.starts_with("apigateway:")).cloned().collect()
    };
    assert_eq!(of_gateway(&called), of_gateway(&allowed));
    assert!(called.is_subset(&allowed), "{:?}", called.difference(&allowed));
}
