//! Every call's signature, as AWS's own SDK for Python makes it of what has arrived.

use std::{path::Path, time::UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::STANDARD};
use fx_aws_stub::Call;
use fx_provider::testing::run_tool;
use serde_json::{Value, json};

use crate::{Cloud, everything_public};

fn record(call: &Call) -> Value {
    let header = |(name, value): (&hyper::header::HeaderName, &hyper::header::HeaderValue)| {
        (name.as_str().to_owned(), Value::from(value.to_str().unwrap()))
    };
    json!({
        "operation": call.operation(), "method": call.request.method.as_str(), "path": call.request.uri.to_string(),
        "headers": call.request.headers.iter().map(header).collect::<serde_json::Map<_, _>>(),
        "body": STANDARD.encode(&call.request.body),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_is_signed_as_the_official_sdk_signs_it() {
    let mut cloud = Cloud::new().await;
    cloud.size = Some(51 << 20);
    cloud.furnish().await;
    cloud.deployed(&cloud.everything(false), "1").await;
    let mut calls: Vec<Value> = Vec::new();
    let platform = cloud.platform().await;
    platform.logs("shop", UNIX_EPOCH).await.unwrap();
    platform.release("shop").await.unwrap();
    for changed in [true, false] {
        let outcome = cloud.deploy(&cloud.everything(changed), "2").await;
        assert!(outcome.is_success(), "{outcome:?}");
    }
    let outcome = cloud.deploy(&everything_public(false), "2").await;
    assert!(outcome.is_success(), "{outcome:?}");
    assert!(cloud.remove("shop").await.is_success());
    calls.extend(cloud.proxy.take_calls().iter().map(record));
    let services: std::collections::BTreeSet<&str> =
        calls.iter().filter_map(|call| call["headers"]["authorization"].as_str()?.split('/').nth(3)).collect();
    assert!(
        ["apigateway", "events", "iam", "lambda", "logs", "s3", "scheduler"]
            .iter()
            .all(|service| services.contains(service)),
        "{services:?}"
    );
    // One that is altered on its way must be noticed, or nothing is proven.
    let mut altered = calls.iter().find(|call| call["operation"] == "CreateApi").unwrap().clone();
    altered["body"] = STANDARD.encode(json!({ "more": 1 }).to_string()).into();
    calls.push(altered);

    let file = cloud.folder.path().join("calls.json");
    let keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].map(|name| &cloud.variables[name]);
    std::fs::write(&file, json!({ "keys": keys, "calls": calls }).to_string()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deploy/signatures.py");
    let said =
        tokio::task::spawn_blocking(move || run_tool("python/bin/python", &[script.as_os_str(), file.as_os_str()]));
    assert_eq!(said.await.unwrap(), "CreateApi.more: the service does not know it\nCreateApi: another signature\n");
}
