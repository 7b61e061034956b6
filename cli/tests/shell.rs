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
fn every_verb_shows_an_example_and_which_targets_it_takes() {
    let here = std::env::temp_dir();
    let verbs =
        "new check config dev build package invoke deploy promote rollback info logs remove policy schema completions";
    for verb in verbs.split(' ') {
        let help = run(&here, &[verb, "-h"]).stdout;
        let words: Vec<&str> = help.split_whitespace().collect();
        let words = words.join(" ");
        let shown = ["Example", "Examples"].iter().any(|title| words.contains(&format!("{title}: fx {verb}")));
        assert!(shown, "{help}");
    }
    for (verb, names) in [("check", "aws, container, kubernetes, knative, all"), ("dev", "knative"), ("package", "all")]
    {
        let help = run(&here, &[verb, "-h"]).stdout;
        // However wide the terminal is.
        let words: Vec<&str> = help.split_whitespace().collect();
        let help = words.join(" ");
        let values = help.split_once("[possible values: ").and_then(|(_, values)| values.split_once(']'));
        let shown = values.is_some_and(|(values, _)| values.ends_with(names));
        assert!(shown, "{help}");
    }
    let script = run(&here, &["completions", "bash"]).stdout;
    assert!(script.contains("kubernetes"), "names of targets are completed");
    // Aliases and lists are understood all the same.
    let typo = run(&here, &["check", "--provider", "k8s,awz"]);
    assert_eq!(typo.code, Some(1));
    assert!(typo.stderr.contains("did you mean `aws`?"), "{}", typo.stderr);
}

#[test]
fn the_verbs_come_in_the_order_in_which_they_are_needed() {
    let help = run(&std::env::temp_dir(), &["--help"]).stdout;
    let verbs = ["new", "dev", "invoke", "check", "config", "build", "package", "schema", "completions"];
    let places: Vec<_> = verbs.iter().map(|verb| help.find(&format!("\n  {verb} "))).collect();
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{help}");
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
