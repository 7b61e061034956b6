//! The stub and the official SDK (alibabacloud_fc20230330), so that both read the same wire: what the SDK sends, the stub takes, and
//! what a deploy of ours has made, the SDK reads.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world may as well panic")]

use std::collections::BTreeMap;

use fx_aliyun_stub::{ACCOUNT, KEY_ID, KEY_SECRET, REGION, Stub};
use fx_aliyun_tool::provider;
use fx_deploy::Options;
use fx_provider::{
    deploy::Connection,
    testing::{
        artifact,
        deploy::{applied, planned},
        run_tool,
    },
};
use serde_json::{Value as Json, json};

const SCRIPT: &str = include_str!("sdk/calls.py");

/// Runs a part of the script against the stub; it prints JSON.
async fn sdk(stub: &Stub, part: &str, secret: &str) -> Json {
    let (endpoint, part, secret) = (stub.endpoint(), part.to_owned(), secret.to_owned());
    let printed = tokio::task::spawn_blocking(move || {
        let arguments = ["-c", SCRIPT, &endpoint, KEY_ID, &secret, &part];
        run_tool("python/bin/python", &arguments.map(AsRef::as_ref))
    });
    serde_json::from_str(&printed.await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_official_sdk_sends_is_taken() {
    let stub = Stub::start(None).await.unwrap();
    let said = sdk(&stub, "life", KEY_SECRET).await;
    assert_eq!(said["tags"], json!([{ "Key": "fx", "Value": "sdk" }]));
    assert_eq!(said["checksum"], said["expected checksum"]);
    assert_eq!(said["weights"], json!({ "2": 0.05 }));
    assert_eq!(said["listed"], json!(["sdk"]));
    assert_eq!(said["echo"], "{\"a\": \"ä\"}");
    assert_eq!(said["missing"], "FunctionNotFound");
    assert!(stub.world().is_empty());
    let refused: Vec<_> = stub.take_calls().into_iter().filter_map(|call| call.refused).collect();
    assert_eq!(refused, ["FunctionNotFound"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stub_refuses_the_official_sdk_with_a_wrong_secret() {
    let stub = Stub::start(None).await.unwrap();
    assert_eq!(sdk(&stub, "refused", "wrong").await, json!("SignatureDoesNotMatch"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_sdk_reads_what_a_deploy_has_made() {
    const F_YML: &str = "service: sdk\nprovider: { memorySize: 256, environment: { KEY: ä } }\nfunctions:\n\
        \x20 sdk: { handler: a.b, events: [ { http: { path: /*, method: any } }, { timer: { type: every, value: 5m } } ] }\n";
    let stub = Stub::start(None).await.unwrap();
    let (endpoint, settings) = (stub.endpoint(), BTreeMap::new());
    let variables = |name: &str| match name {
        "ALIBABA_CLOUD_ACCESS_KEY_ID" => Some(KEY_ID.to_owned()),
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET" => Some(KEY_SECRET.to_owned()),
        "FX_ALIYUN_ENDPOINT" => Some(endpoint.clone()),
        "FX_ALIYUN_ACCOUNT_ID" => Some(ACCOUNT.to_owned()),
        _ => None,
    };
    let connection = Connection { region: Some(REGION), settings: &settings, variables: &variables, home: None };
    let platform = provider().deploy().unwrap().connect(&connection).await.unwrap();
    let document = artifact(F_YML, provider());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sdk.zip"), "PK of the SDK").unwrap();
    let planned = planned(platform.as_ref(), &document, folder.path(), None, Options::default()).await;
    assert!(applied(planned).await.is_success());
    let said = sdk(&stub, "read", KEY_SECRET).await;
    assert_eq!(said["environment"], json!({ "KEY": "ä" }));
    assert_eq!(said["command"], json!(["/code/bootstrap"]));
    assert_eq!(said["alias"], json!(["1", "fx"]));
    assert_eq!(said["triggers"], json!(["http", "timer-sdk"]));
    assert_eq!(said["cron"], "@every 5m");
}
