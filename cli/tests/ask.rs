//! `fx test` up to the point where something is built: what it asks, and of whom.

use std::fs;

mod support;

use support::run;

#[test]
fn a_service_without_get_routes_is_told_what_to_ask() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["new", "demo", "--template", "event"]).code, Some(0));
    let finished = run(&folder.path().join("demo"), &["test"]);
    assert_eq!(finished.code, Some(1));
    assert!(finished.stderr.contains("there is no GET route"), "{}", finished.stderr);
    let example = r#"-d '[{"as":"timer","data":{},"function":"daily"}]'"#;
    assert!(finished.stderr.contains(example), "{}", finished.stderr);
    assert!(!folder.path().join("demo/target").exists());
}

#[test]
fn a_platform_that_f_yml_does_not_fit_is_found_before_anything_is_built() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["new", "demo", "--template", "http"]).code, Some(0));
    let project = folder.path().join("demo");
    let f_yml = fs::read_to_string(project.join("f.yml")).unwrap();
    fs::write(project.join("f.yml"), f_yml.replace("timeout: 10", "timeout: 1000")).unwrap();
    // A compiler that always fails: whoever goes on to build says so.
    let test = |provider: &str| {
        let mut command = support::fx(&project);
        let output = command.args(["test", "--provider", provider]).env("RUSTC", "/bin/false").output().unwrap();
        support::Finished::from(output)
    };
    let named = test("aws");
    assert_eq!(named.code, Some(1));
    assert!(named.stderr.contains("FX0302") && !named.stderr.contains("left out"), "{}", named.stderr);
    let all = test("all");
    assert!(all.stderr.contains("note: AWS Lambda is left out"), "{}", all.stderr);
    assert!(!all.stderr.contains("FX0302") && all.stderr.contains("FX04"), "{}", all.stderr);
}
