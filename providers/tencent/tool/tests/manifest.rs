//! The serverless.yml: what it says, that it is YAML, and what Tencent's own component makes of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own files may as well panic")]

use fx_provider::testing::{manifests, run_tool};
use fx_tencent_tool::provider;
use serde_json::Value;

const ONE_UNIT: &str = include_str!("manifest/shop.yml");
const SEVERAL_UNITS: &str = include_str!("manifest/two.yml");
const REQUESTS: &str = include_str!("fixtures/toolkit/requests.js");

/// The requests that the component would send.
fn requests(manifest: &str) -> String {
    let manifest: Value = serde_saphyr::from_str(manifest).unwrap();
    run_tool("node", &["-e".as_ref(), REQUESTS.as_ref(), manifest.to_string().as_ref()])
}

#[test]
fn one_unit_is_one_file() {
    let manifests = manifests(ONE_UNIT, provider());
    assert_eq!(manifests.keys().collect::<Vec<_>>(), ["serverless.yml"]);
    insta::assert_snapshot!(manifests["serverless.yml"]);
}

#[test]
fn several_units_have_a_folder_each() {
    let manifests = manifests(SEVERAL_UNITS, provider());
    assert_eq!(manifests.keys().collect::<Vec<_>>(), ["pages/serverless.yml", "quiet/serverless.yml"]);
    insta::assert_snapshot!(manifests["pages/serverless.yml"]);
}

#[test]
fn the_component_makes_the_right_requests_of_it() {
    insta::assert_snapshot!(
        "requests_of_an_event_function",
        requests(&manifests(ONE_UNIT, provider())["serverless.yml"])
    );
    let web = &manifests(SEVERAL_UNITS, provider())["pages/serverless.yml"];
    insta::assert_snapshot!("requests_of_a_web_function", requests(web));
}
