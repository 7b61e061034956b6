//! The SAM template: what it says, that it is YAML, and that AWS's own linter has nothing to say about it.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    path::{Path, PathBuf},
};

use fx_aws_tool::provider;
use fx_provider::testing::{manifests, run_tool};

const ONE_UNIT: &str = include_str!("manifest/shop.yml");
const A_DOMAIN: &str = include_str!("manifest/domain.yml");
const SEVERAL_UNITS: &str = include_str!("manifest/two.yml");

fn template(service: &str) -> String {
    let manifests = manifests(service, provider());
    assert_eq!(manifests.keys().collect::<Vec<_>>(), ["template.yaml"]);
    manifests["template.yaml"].clone()
}

#[test]
fn one_unit_has_an_address_of_its_own() {
    insta::assert_snapshot!(template(ONE_UNIT));
}

#[test]
fn several_units_are_joined_by_an_api() {
    insta::assert_snapshot!(template(SEVERAL_UNITS));
}

#[test]
fn a_domain_needs_an_api_in_front() {
    insta::assert_snapshot!(template(A_DOMAIN));
}

#[test]
fn it_reads_back_as_yaml() {
    let template: serde_json::Value = serde_saphyr::from_str(&template(ONE_UNIT)).unwrap();
    let shop = &template["Resources"]["Shop"]["Properties"];
    let variables = &shop["Environment"]["Variables"];
    assert_eq!(variables["NOTE"]["Fn::Sub"], "it's ${Who}, at \"${!HOME}\" #1");
    assert_eq!(template["Parameters"]["Key"]["NoEcho"], true);
    assert_eq!(template["Parameters"]["Empty"]["Default"], "");
    assert!(template["Parameters"]["Key"].get("Default").is_none());
    let input = shop["Events"]["TimerNightly"]["Properties"]["Input"].as_str().unwrap();
    let input: BTreeMap<String, String> = serde_json::from_str(input).unwrap();
    let expected = [("name", "timer-nightly"), ("payload", "{\"a\": 1}"), ("source", "fx.timer")];
    assert_eq!(input, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
}

/// The templates as files of a folder.
fn written(folder: &Path) -> [PathBuf; 3] {
    [("shop", ONE_UNIT), ("two", SEVERAL_UNITS), ("domain", A_DOMAIN)].map(|(name, service)| {
        let path = folder.join(format!("{name}.yaml"));
        std::fs::write(&path, template(service)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    })
}

#[test]
fn cfn_lint_has_nothing_to_say() {
    let folder = tempfile::tempdir().unwrap();
    let files = written(folder.path());
    let printed = run_tool("python/bin/cfn-lint", &files.each_ref().map(|file| file.as_os_str()));
    assert_eq!(printed, "");
}

#[test]
fn sam_takes_them_for_valid() {
    let folder = tempfile::tempdir().unwrap();
    let files = written(folder.path());
    // It needs a region, no account, and must not tell AWS that it was used.
    let here = ["-u", "AWS_PROFILE", "AWS_DEFAULT_REGION=eu-central-1", "SAM_CLI_TELEMETRY=0"].map(OsStr::new);
    let sam = ["python/bin/sam", "validate", "--lint", "--template-file"].map(OsStr::new);
    let validate = |file: &Path| run_tool("env", &[&here[..], &sam, &[file.as_os_str()]].concat());
    // Most of its time it starts.
    std::thread::scope(|scope| {
        for run in files.each_ref().map(|file| scope.spawn(|| validate(file))) {
            let printed = run.join().unwrap();
            assert!(printed.contains("is a valid SAM Template"), "{printed}");
        }
    });
}
