//! What must not be moved, deleted or concealed by mistake.

use crate::cloud::{Cloud, printed};

#[test]
fn the_command_that_goes_on_with_a_removal_means_the_same_stage() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        cloud.deploy(&["--stage", "staging"]);
        cloud.deny("DeleteFunction");
        let stopped = cloud.fx(&["remove", "--provider", name, "--stage", "staging", "-f", "f.yml", "--yes"]);
        assert_eq!(stopped.code, Some(1), "{name}: {}", printed(&stopped));
        let again = format!("go on with: fx remove --provider {name} --file f.yml --stage staging\n");
        assert!(stopped.stderr.contains(&again), "{name}: {}", printed(&stopped));
    }
}

#[test]
fn a_rollback_that_failed_goes_on_with_the_version_it_meant() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        cloud.deploy(&["--stage", "staging"]);
        cloud.store("other");
        cloud.deploy(&["--stage", "staging"]);
        cloud.deny("UpdateAlias");
        let stopped = cloud.fx(&["rollback", "--provider", name, "--stage", "staging", "--yes", "--json"]);
        assert_eq!(stopped.code, Some(1), "{name}: {}", printed(&stopped));
        let again = format!("fx rollback tiny --to 1 --provider {name} --stage staging");
        let json = stopped.json();
        assert_eq!(json["rollbacks"][0]["continue"], serde_json::json!([again]), "{name}: {json}");
        let words: Vec<&str> = again.split(' ').skip(1).chain(["--yes"]).collect();
        let went_on = cloud.fx(&words);
        assert_eq!(went_on.code, Some(0), "{name}: {}", printed(&went_on));
    }
}

#[test]
fn traffic_of_somebody_elses_function_is_left_alone() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        cloud.plant("tiny");
        cloud.take_writes();
        for verb in ["rollback", "promote"] {
            let refused = cloud.fx(&[verb, "--provider", name, "--yes", "--json"]);
            assert_eq!(refused.code, Some(1), "{name}: {}", printed(&refused));
            let json = refused.json();
            assert_eq!(json["problems"][0]["code"], "FX0551", "{name} {verb}: {json}");
        }
        let info = cloud.fx(&["info", "--provider", name, "--json"]);
        assert!(info.stdout.contains("FX0551"), "{name}: {}", printed(&info));
        assert_eq!(cloud.take_writes(), [""; 0], "{name}");
    }
}

#[test]
fn code_that_cannot_be_built_keeps_nobody_from_what_is_deployed() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        cloud.deploy(&[]);
        cloud.store("other");
        cloud.deploy(&[]);
        std::fs::write(cloud.folder.path().join("app/src/lib.rs"), "fn broken( {").unwrap();
        for command in [vec!["policy"], vec!["info"], vec!["rollback", "--yes"], vec!["remove", "--yes"]] {
            let finished = cloud.fx(&[command.as_slice(), &["--provider", name]].concat());
            assert_eq!(finished.code, Some(0), "{name} {command:?}: {}", printed(&finished));
        }
        assert!(cloud.is_empty(), "{name}");
    }
}

#[test]
fn a_platform_that_cannot_be_planned_is_told_beside_the_question() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        cloud.deploy(&[]);
        // There are no credentials for the other one.
        let both = ["remove", "--provider", "aliyun,tencent"];
        let people = cloud.fx(&both);
        assert_eq!(people.code, Some(1), "{name}");
        let (other, unasked) = (people.stderr.find("FX0550"), people.stderr.find("FX0552"));
        assert!(other.is_some() && other < unasked, "{name}: {}", printed(&people));
        let json = cloud.fx(&[both.as_slice(), &["--json"]].concat()).json();
        let codes: Vec<_> = json["problems"].as_array().unwrap().iter().map(|problem| &problem["code"]).collect();
        assert_eq!(codes, ["FX0550", "FX0552"], "{name}: {json}");
    }
}
