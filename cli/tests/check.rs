//! `fx check`, as a user and as a program see it.

use std::{fs, path::Path};

use serde_json::{Value, json};

mod support;

use support::{copy_of, folder_with, fx, run};

#[test]
fn ten_mistakes_are_ten_problems_in_their_places_and_nothing_is_compiled() {
    let project = copy_of("ten");
    // Without cargo and rustc in reach nobody can compile.
    let finished: support::Finished = fx(project.path())
        .args(["check", "--json", "--provider", "aliyun"])
        .env("PATH", "")
        .env_remove("FX_TEST_NOT_SET")
        .output()
        .unwrap()
        .into();
    assert_eq!(finished.code, Some(1));
    assert_eq!(finished.stderr, "");
    let answer = finished.json();
    assert_eq!(answer["warnings"], json!([]));
    let problems = answer["problems"].as_array().unwrap();
    let places: Vec<_> =
        problems.iter().map(|p| (p["code"].as_str().unwrap(), p["line"].as_u64(), p["column"].as_u64())).collect();
    let expected = [
        ("FX0301", 6, 15),
        ("FX0106", 7, 12),
        ("FX0109", 8, 11),
        ("FX0114", 11, 86),
        ("FX0115", 19, 23),
        ("FX0212", 21, 14),
        ("FX0113", 23, 23),
        ("FX0302", 26, 14),
        ("FX0112", 28, 42),
        ("FX0116", 32, 24),
    ];
    assert_eq!(places, expected.map(|(code, line, column)| (code, Some(line), Some(column))));
    for problem in problems {
        assert_eq!(problem["file"], "f.yml");
        assert_eq!(problem["severity"], "error");
        assert!(problem["help"].is_string(), "{problem}");
    }
    assert!(!project.path().join("target").exists());
}

#[test]
fn people_see_each_problem_where_it_stands() {
    let finished = run(copy_of("ten").path(), &["check"]);
    assert_eq!(finished.code, Some(1));
    assert_eq!(finished.stdout, "");
    assert!(!finished.stderr.contains('\u{1b}'), "colours only on a terminal");
    for place in [" --> f.yml:6:15", " --> f.yml:11:86", "memorySize: 3072000", "help: did you mean `good.one`?"] {
        assert!(finished.stderr.contains(place), "{place} is missing in\n{}", finished.stderr);
    }
}

#[test]
fn several_targets_say_what_they_share_only_once() {
    let folder = folder_with(
        "service: s\nprovider: { timeout: [1] }\nfunctions:\n  f: { handler: f, events: [ { timer: { value: every 5m } } ] }\n",
    );
    for targets in ["aws,tencent", "all", "local"] {
        let answer = run(folder.path(), &["check", "--no-code", "--json", "--provider", targets]).json();
        let shape = answer["problems"].as_array().unwrap().iter().filter(|problem| problem["code"] == "FX0106").count();
        assert_eq!(shape, 1, "{targets}: {answer}");
    }
}

#[test]
fn the_limits_of_the_named_provider_apply_unless_another_is_asked_for() {
    let folder =
        folder_with("service: s\nprovider: { name: aliyun, memorySize: 40000 }\nfunctions: { f: { handler: f } }\n");
    let codes = |arguments: &[&str]| -> Vec<Value> {
        let mut all = vec!["check", "--no-code", "--json"];
        all.extend(arguments);
        let answer = run(folder.path(), &all).json();
        answer["problems"].as_array().unwrap().iter().map(|problem| problem["code"].clone()).collect()
    };
    assert_eq!(codes(&[]), ["FX0301"]);
    assert_eq!(codes(&["--provider", "local"]), Vec::<Value>::new());
}

#[test]
fn the_seeds_files_are_fine_but_for_what_they_say_to_node() {
    let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../framework/spec/tests/fixtures/seed");
    for (file, expected) in [("f.yml", &["FX0152"][..]), ("f-tx.yml", &["FX0152", "FX0326", "FX0327"])] {
        let finished = run(&seed, &["check", "--no-code", "--json", "-f", file]);
        assert_eq!(finished.code, Some(0), "{}", finished.stdout);
        let answer = finished.json();
        assert_eq!(answer["problems"], json!([]));
        let codes: Vec<_> = answer["warnings"].as_array().unwrap().iter().map(|warning| &warning["code"]).collect();
        assert_eq!(codes, expected, "{file}");
        assert_eq!(answer["warnings"][0]["file"], file);
    }
}

#[test]
fn f_yml_alone_is_checked_with_a_word_about_the_missing_code() {
    let folder = folder_with("service: s\nfunctions: { f: { handler: f } }\n");
    let finished = run(folder.path(), &["check", "--json"]);
    assert_eq!(finished.code, Some(0));
    let answer = finished.json();
    assert_eq!(answer["warnings"][0]["code"], "FX0520");
    assert_eq!(answer["problems"], json!([]));
    let empty = folder_with("service: s\n");
    assert_eq!(run(empty.path(), &["check", "--json"]).json(), json!({"problems": [], "warnings": []}));
}

#[test]
fn the_nearest_f_yml_above_counts_and_is_named_as_seen_from_here() {
    let folder = folder_with("service: s\nfunctions: { f: { handler: f, timeout: [] } }\n");
    let below = folder.path().join("a/b");
    fs::create_dir_all(&below).unwrap();
    let answer = run(&below, &["check", "--no-code", "--json"]).json();
    assert_eq!(answer["problems"][0]["file"], "../../f.yml");
}

#[test]
fn what_cannot_be_checked_is_said_in_the_same_shape() {
    let folder = folder_with("service: s\n");
    for (arguments, code) in [
        (&["check", "--json", "-f", "gone.yml"][..], "FX0101"),
        (&["check", "--json", "--provider", "aliyum"], "FX0501"),
    ] {
        let finished = run(folder.path(), arguments);
        assert_eq!(finished.code, Some(1));
        let answer = finished.json();
        assert_eq!(answer["problems"][0]["code"], code, "{answer}");
        assert!(answer["problems"][0]["help"].is_string());
    }
    let nowhere = run(tempfile::tempdir().unwrap().path(), &["check"]);
    assert_eq!(nowhere.code, Some(1));
    assert!(nowhere.stderr.contains("there is no f.yml"), "{}", nowhere.stderr);
    assert_eq!(run(folder.path(), &["check", "--nonsense"]).code, Some(2), "wrong usage is another exit code");
}

#[test]
fn an_empty_file_has_one_problem_whatever_the_target() {
    let folder = folder_with("");
    let answer = run(folder.path(), &["check", "--json", "--provider", "all", "--no-code"]).json();
    let problems = answer["problems"].as_array().unwrap();
    let codes: Vec<&str> = problems.iter().map(|problem| problem["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["FX0108"]);
}
