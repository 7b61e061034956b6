//! Each verb, as somebody types it.

use crate::cloud::{Cloud, PLANTED, files, printed};

/// What one deploy did, from its JSON.
fn deployed(json: &serde_json::Value) -> &serde_json::Value {
    &json["deploys"][0]
}

#[test]
fn from_nothing_to_serving_and_then_nothing_to_do() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        let (first, json) = cloud.deploy(&[]);
        assert_eq!(first.code, Some(0), "{name}: {}", printed(&first));
        assert_eq!(deployed(&json)["state"], "done");
        assert!(deployed(&json)["addresses"][0]["url"].as_str().unwrap().starts_with("http"), "{name}: {json}");
        assert_eq!(cloud.functions(), ["tiny"], "{name}");
        assert!(!cloud.take_writes().is_empty());

        let (second, json) = cloud.deploy(&[]);
        assert_eq!(second.code, Some(0), "{name}: {}", printed(&second));
        assert_eq!(cloud.take_writes(), [""; 0], "{name}: {json}");
        let people = cloud.fx(&["deploy", "--artifact", &cloud.artifact(), "--no-smoke"]);
        assert!(people.stdout.contains("0 changes"), "{name}: {}", printed(&people));
    }
}

#[test]
fn a_dry_run_names_the_variable_and_changes_nothing() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        cloud.deploy(&[]);
        cloud.take_writes();
        cloud.store(&format!("{PLANTED}-store"));
        let dry = cloud.fx(&["deploy", "--artifact", &cloud.artifact(), "--dry-run"]);
        assert_eq!(dry.code, Some(0), "{name}: {}", printed(&dry));
        assert!(dry.stdout.contains("environment.STORE: changed (value not shown)"), "{name}: {}", printed(&dry));
        assert_eq!(cloud.take_writes(), [""; 0], "{name}");

        let (changed, _) = cloud.deploy(&[]);
        assert_eq!(changed.code, Some(0), "{name}: {}", printed(&changed));
        let writes = cloud.take_writes();
        assert!(writes.iter().all(|write| !write.contains("UpdateFunctionCode")), "{name}: {writes:?}");
    }
}

#[test]
fn no_secret_is_printed_or_packed() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        let deploy = ["deploy", "--artifact", &cloud.artifact(), "--yes", "--no-smoke"];
        let run = |code: i32, arguments: &[&str]| {
            let finished = cloud.fx(arguments);
            let said = printed(&finished);
            assert_eq!(finished.code, Some(code), "{name} {arguments:?}: {said}");
            for secret in [PLANTED, cloud.secret.as_str()] {
                assert!(!said.contains(secret), "{name} {arguments:?}: {said}");
            }
        };
        let also_json = |code: i32, arguments: &[&str]| {
            run(code, arguments);
            run(code, &[arguments, &["--json"]].concat());
        };
        also_json(0, &[deploy.as_slice(), &["--dry-run"]].concat());
        cloud.deny("CreateFunction");
        run(1, &deploy);
        cloud.deny("CreateFunction");
        run(1, &[deploy.as_slice(), &["--json"]].concat());
        run(0, &deploy);
        cloud.store(&format!("{PLANTED}-store"));
        also_json(0, &[deploy.as_slice(), &["--dry-run"]].concat());
        run(0, &[deploy.as_slice(), &["--canary", "10%"]].concat());
        for verb in ["info", "policy"] {
            also_json(0, &[verb, "--provider", name]);
        }
        // Not every platform keeps a log unasked.
        let logs = cloud.fx(&["logs", "--provider", name]);
        assert!(!printed(&logs).contains(PLANTED) && !printed(&logs).contains(&cloud.secret), "{}", printed(&logs));
        run(0, &["promote", "--provider", name, "--yes", "--json"]);
        run(0, &["rollback", "--provider", name, "--yes"]);
        also_json(0, &["remove", "--provider", name, "--yes"]);
        assert!(!files(cloud.folder.path()).contains(PLANTED), "{name}");
    }
}

#[test]
fn a_canary_is_promoted_and_a_rollback_goes_back() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        cloud.deploy(&[]);
        cloud.store("other");
        let (canary, json) = cloud.deploy(&["--canary", "10%"]);
        assert_eq!(canary.code, Some(0), "{name}: {}", printed(&canary));
        let traffic = |field: &str| {
            let info = cloud.fx(&["info", "--provider", name, "--json"]).json();
            info["services"][0]["functions"]["tiny"]["traffic"][field].clone()
        };
        assert_eq!(traffic("version"), "1", "{name}: {json}");
        assert_eq!(traffic("canary"), serde_json::json!(["2", "10%"]), "{name}");

        let promoted = cloud.fx(&["promote", "--provider", name, "--yes"]);
        assert_eq!(promoted.code, Some(0), "{name}: {}", printed(&promoted));
        assert_eq!((traffic("version"), traffic("before")), ("2".into(), "1".into()), "{name}");

        cloud.take_writes();
        let back = cloud.fx(&["rollback", "--provider", name, "--yes", "--json"]);
        assert_eq!(back.code, Some(0), "{name}: {}", printed(&back));
        assert_eq!(traffic("version"), "1", "{name}");
        assert_eq!(cloud.take_writes().len(), 1, "{name}: a rollback moves the alias and nothing else");

        let nothing = cloud.fx(&["promote", "--provider", name, "--yes"]);
        assert_eq!(nothing.code, Some(1), "{name}");
        assert!(nothing.stderr.contains("no canary is running"), "{name}: {}", printed(&nothing));
        let unknown = cloud.fx(&["rollback", "--provider", name, "--yes", "--to", "77"]);
        assert!(unknown.stderr.contains("there is no version 77"), "{name}: {}", printed(&unknown));
    }
}

#[test]
fn remove_leaves_nothing_and_a_stage_stands_for_itself() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        cloud.deploy(&[]);
        let (staged, _) = cloud.deploy(&["--stage", "staging"]);
        assert_eq!(staged.code, Some(0), "{name}: {}", printed(&staged));
        assert_eq!(cloud.functions(), ["tiny", "tiny-staging"], "{name}");
        let removed = cloud.fx(&["remove", "--provider", name, "--stage", "staging", "--yes"]);
        assert_eq!(removed.code, Some(0), "{name}: {}", printed(&removed));
        assert_eq!(cloud.functions(), ["tiny"], "{name}");
        let removed = cloud.fx(&["remove", "--provider", name, "--yes"]);
        assert_eq!(removed.code, Some(0), "{name}: {}", printed(&removed));
        assert!(cloud.is_empty(), "{name}");
        let gone = cloud.fx(&["info", "--provider", name]);
        assert_eq!(gone.code, Some(1), "{name}");
        assert!(gone.stderr.contains("is not deployed"), "{name}: {}", printed(&gone));
    }
}

#[test]
fn what_stops_a_deploy_is_said_with_its_remedy() {
    for mut cloud in Cloud::all() {
        let name = cloud.name();
        cloud.plant("tiny");
        let (foreign, json) = cloud.deploy(&[]);
        assert_eq!(foreign.code, Some(1), "{name}: {json}");
        assert_eq!(json["problems"][0]["code"], "FX0551", "{name}: {json}");
        assert!(json["problems"][0]["help"].as_str().unwrap().contains("--force"), "{name}");
        assert_eq!(cloud.take_writes(), [""; 0], "{name}");
        let (forced, json) = cloud.deploy(&["--force"]);
        assert_eq!(forced.code, Some(0), "{name}: {json}");

        let unasked = cloud.fx(&["remove", "--provider", name]);
        assert_eq!(unasked.code, Some(1), "{name}");
        assert!(unasked.stderr.contains("--yes"), "{name}: {}", printed(&unasked));

        let mut unset = cloud.command(&["deploy", "--artifact", &cloud.artifact(), "--yes", "--json"]);
        let unset: crate::support::Finished = unset.env_remove("KEY").output().unwrap().into();
        assert_eq!(unset.code, Some(1), "{name}");
        assert_eq!(unset.json()["problems"][0]["code"], "FX0513", "{name}: {}", printed(&unset));

        cloud.secret = format!("wrong-{PLANTED}");
        let (wrong, json) = cloud.deploy(&[]);
        assert_eq!(wrong.code, Some(1), "{name}");
        assert_eq!(json["problems"][0]["code"], "FX0550", "{name}: {json}");
        assert!(!printed(&wrong).contains(PLANTED), "{name}: {}", printed(&wrong));
    }
}

#[test]
fn a_package_that_was_exchanged_is_not_deployed() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        std::fs::write(cloud.folder.path().join(cloud.artifact()).join("tiny.zip"), "another").unwrap();
        let (finished, json) = cloud.deploy(&[]);
        assert_eq!(finished.code, Some(1), "{name}");
        assert!(json["problems"][0]["message"].as_str().unwrap().contains("checksum"), "{name}: {json}");
        assert!(cloud.is_empty(), "{name}");
    }
}

#[test]
fn a_removal_leaves_data_unless_all_of_it_shall_go() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        cloud.deploy(&[]);
        let package = cloud.leave_package("tiny");
        let dry = cloud.fx(&["remove", "--provider", name, "--dry-run"]);
        assert!(dry.code == Some(0) && !dry.stdout.contains("package"), "{name}: {}", printed(&dry));
        let removed = cloud.fx(&["remove", "--provider", name, "--yes"]);
        assert_eq!(removed.code, Some(0), "{name}: {}", printed(&removed));
        assert!(cloud.has_object(&package), "{name}: {package:?}");

        // Somebody else's function may have its package there.
        cloud.plant("tiny");
        let theirs = cloud.fx(&["remove", "--provider", name, "--yes", "--purge"]);
        assert!(theirs.code == Some(0) && cloud.has_object(&package), "{name}: {}", printed(&theirs));
    }
    for cloud in Cloud::all() {
        let name = cloud.name();
        cloud.deploy(&[]);
        let package = cloud.leave_package("tiny");
        let removed = cloud.fx(&["remove", "--provider", name, "--yes", "--purge"]);
        assert_eq!(removed.code, Some(0), "{name}: {}", printed(&removed));
        assert!(removed.stdout.contains("package") && !cloud.has_object(&package), "{name}: {}", printed(&removed));
        let nothing = cloud.fx(&["remove", "--provider", name, "--yes", "--purge"]);
        assert!(nothing.stdout.contains("0 changes"), "{name}: {}", printed(&nothing));
    }
}
