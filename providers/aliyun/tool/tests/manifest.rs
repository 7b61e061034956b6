//! The s.yaml: what it says, that it is YAML, and that the properties are those that the `fc3` component takes.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own files may as well panic")]

use fx_aliyun_tool::provider;
use fx_provider::testing::{manifests, run_tool};
use serde_json::Value;

const ONE_UNIT: &str = include_str!("manifest/shop.yml");
const SEVERAL_UNITS: &str = include_str!("manifest/two.yml");

/// See SOURCES.md beside it.
const SCHEMA: &str = include_str!("fixtures/fc3/schema.json");
const VALIDATE: &str = include_str!("fixtures/fc3/validate.py");

fn text(service: &str) -> String {
    let manifests = manifests(service, provider());
    assert_eq!(manifests.keys().collect::<Vec<_>>(), ["s.yaml"]);
    manifests["s.yaml"].clone()
}

fn parsed(service: &str) -> Value {
    serde_saphyr::from_str(&text(service)).unwrap()
}

/// What the schema has against the properties of all functions.
fn complaints(manifest: &Value) -> String {
    let functions = manifest["resources"].as_object().unwrap().values();
    let props: Vec<&Value> = functions.filter(|one| one["component"] == "fc3").map(|one| &one["props"]).collect();
    let props = serde_json::to_string(&props).unwrap();
    run_tool("python/bin/python", &["-c".as_ref(), VALIDATE.as_ref(), SCHEMA.as_ref(), props.as_ref()])
}

#[test]
fn one_unit_has_a_domain_of_its_own() {
    insta::assert_snapshot!(text(ONE_UNIT));
}

#[test]
fn several_units_share_a_domain() {
    insta::assert_snapshot!(text(SEVERAL_UNITS));
}

#[test]
fn it_reads_back_as_yaml() {
    let manifest = parsed(ONE_UNIT);
    let props = &manifest["resources"]["shop"]["props"];
    assert_eq!(props["environmentVariables"]["NOTE"], "it's ${env('WHO')}, #1");
    assert_eq!(props["triggers"][1]["triggerConfig"]["payload"], "{\"a\": 1}");
    assert_eq!(props["triggers"][2]["triggerName"], "workdays");
}

#[test]
fn the_component_takes_it() {
    assert_eq!(complaints(&parsed(ONE_UNIT)), "");
    assert_eq!(complaints(&parsed(SEVERAL_UNITS)), "");
}

#[test]
fn the_schema_would_notice() {
    let mut manifest = parsed(ONE_UNIT);
    manifest["resources"]["shop"]["props"]["memorySize"] = 100.into();
    manifest["resources"]["shop"]["props"]["triggers"][1]["triggerConfig"] = serde_json::json!({ "enable": "yes" });
    let complaints = complaints(&manifest);
    assert!(complaints.contains("memorySize") && complaints.contains("cronExpression"), "{complaints}");
}
