//! What must not be moved, deleted or concealed by mistake.

use crate::{
    cloud::{Cloud, PLANTED, files, printed},
    support::{Finished, dev::target},
};

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
        let other = if name == "aliyun" { "tencent" } else { "aliyun" };
        let both = ["remove", "--provider", &format!("{name},{other}")];
        let people = cloud.fx(&both);
        assert_eq!(people.code, Some(1), "{name}");
        let (other, unasked) = (people.stderr.find("FX0550"), people.stderr.find("FX0552"));
        assert!(other.is_some() && other < unasked, "{name}: {}", printed(&people));
        let whose = if name == "aliyun" { "Tencent SCF" } else { "Aliyun Function Compute" };
        assert!(people.stderr.contains(&format!("error[FX0550]: {whose}: ")), "{name}: {}", printed(&people));
        let json = cloud.fx(&[both.as_slice(), &["--json"]].concat()).json();
        let codes: Vec<_> = json["problems"].as_array().unwrap().iter().map(|problem| &problem["code"]).collect();
        assert_eq!(codes, ["FX0550", "FX0552"], "{name}: {json}");
    }
}

#[test]
fn a_domain_stays_with_the_copy_that_f_yml_names_it_for() {
    for cloud in Cloud::all().into_iter().filter(|cloud| cloud.name() == "aliyun") {
        cloud.describe(&[("domain", "tiny.example.com")]);
        // The stage first: whoever comes first does not get it.
        let (staged, json) = cloud.deploy(&["--stage", "staging"]);
        assert_eq!(staged.code, Some(0), "{}", printed(&staged));
        assert_eq!(json["warnings"][0]["code"], "FX0555", "{json}");
        assert_eq!(cloud.domain("tiny.example.com"), None);

        let (first, json) = cloud.deploy(&[]);
        assert_eq!((first.code, json["warnings"].as_array().map(Vec::len)), (Some(0), Some(0)), "{json}");
        assert_eq!(cloud.domain("tiny.example.com"), Some(vec!["tiny".to_owned()]));
        assert_eq!(cloud.deploy(&["--stage", "staging"]).0.code, Some(0));
        assert_eq!(cloud.domain("tiny.example.com"), Some(vec!["tiny".to_owned()]));

        cloud.describe(&[("domain", "staging.example.com"), ("stage", "staging")]);
        let (own, json) = cloud.deploy(&[]);
        assert_eq!((own.code, json["warnings"].as_array().map(Vec::len)), (Some(0), Some(0)), "{json}");
        assert_eq!(cloud.domain("staging.example.com"), Some(vec!["tiny-staging".to_owned()]));
    }
}

#[test]
fn a_variable_for_all_functions_is_read_when_the_service_is_deployed() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        let run = |arguments: &[&str], value: Option<&str>| -> Finished {
            let mut command = cloud.command(arguments);
            command.env("CARGO_TARGET_DIR", target());
            command.envs(value.map(|value| ("UDEV_FLAVOUR", value))).output().unwrap().into()
        };
        let planted = format!("{PLANTED}-packed");
        let packed = run(&["package", "--offline", "--provider", name], Some(&planted));
        assert_eq!(packed.code, Some(0), "{name}: {}", printed(&packed));
        let artifact = cloud.artifact();
        assert!(!files(&cloud.folder.path().join(&artifact)).contains(PLANTED), "{name}");

        let deploy = ["deploy", "--artifact", &artifact, "--yes", "--json", "--no-smoke"];
        let unset = run(&deploy, None);
        assert_eq!(unset.code, Some(1), "{name}: {}", printed(&unset));
        assert!(unset.json()["problems"][0]["message"].as_str().unwrap().contains("UDEV_FLAVOUR"), "{name}");
        let set = run(&deploy, Some("mint"));
        assert_eq!(set.code, Some(0), "{name}: {}", printed(&set));
        assert_eq!(cloud.variable("tiny", "FLAVOUR"), Some("mint".into()), "{name}");
    }
}
