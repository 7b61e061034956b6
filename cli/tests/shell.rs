//! What editors, shells and scripts get from `fx`.

mod support;

use support::run;

#[test]
fn every_shell_gets_completions_that_know_the_verbs() {
    let here = std::env::temp_dir();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let finished = run(&here, &["completions", shell]);
        assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""), "{shell}");
        for verb in ["check", "config", "dev", "invoke", "new"] {
            assert!(finished.stdout.contains(verb), "{verb} is missing for {shell}");
        }
    }
    assert_eq!(run(&here, &["completions", "tcsh"]).code, Some(2));
}

#[test]
fn the_schema_is_a_json_schema() {
    let finished = run(&std::env::temp_dir(), &["schema"]);
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
    let schema = finished.json();
    assert!(schema["$schema"].as_str().is_some_and(|name| name.contains("json-schema.org")), "{schema}");
    assert!(schema["properties"]["functions"].is_object());
}

#[test]
fn the_version_is_told() {
    let finished = run(&std::env::temp_dir(), &["--version"]);
    assert_eq!(finished.stdout.trim(), concat!("fx ", env!("CARGO_PKG_VERSION")));
}
