//! What somebody reads who deploys for the first time, and when it does not go well.

use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
};

use crate::cloud::{Cloud, printed};

#[test]
fn what_was_not_begun_is_told_with_the_command_that_goes_on() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        cloud.deny("CreateFunction");
        let deploy = ["deploy", "--artifact", &cloud.artifact(), "--yes", "--no-smoke"];
        let stopped = cloud.fx(&deploy);
        assert_eq!(stopped.code, Some(1), "{name}: {}", printed(&stopped));
        let said = |text: &str| assert!(stopped.stderr.contains(text), "{name}: {text}: {}", printed(&stopped));
        said("  ✗ create function tiny\n");
        // On AWS a role comes first.
        said(&format!("stopped after {} of ", u8::from(name == "aws")));
        said("  not begun      version tiny, alias tiny, ");
        said("fx policy");
        said(&format!("go on with: fx deploy --artifact {} --no-smoke\n", cloud.artifact()));
        assert_eq!(stopped.stderr.matches("CreateFunction: ").count(), 1, "{name}: {}", printed(&stopped));

        cloud.deploy(&[]);
        cloud.store("other");
        cloud.deny("UpdateAlias");
        let stopped = cloud.fx(&deploy);
        let done = "stopped after 2 of 3 changes\n  done           function tiny, version tiny\n";
        assert!(stopped.stderr.contains(done), "{name}: {}", printed(&stopped));
    }
}

#[test]
fn what_ctrl_c_stopped_on_its_way_is_not_passed_over() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        for json in [false, true] {
            cloud.take_writes();
            cloud.trouble("CreateFunction", 3);
            let artifact = cloud.artifact();
            let mut arguments = vec!["deploy", "--artifact", &artifact, "--yes", "--no-smoke"];
            arguments.extend(json.then_some("--json"));
            let mut command = cloud.command(&arguments);
            let mut deploy = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            let mut lines = BufReader::new(deploy.stderr.take().unwrap());
            let mut line = String::new();
            if json {
                // It says nothing while it is at it.
                cloud.until_called("CreateFunction");
            } else {
                while !line.contains("trying again in") {
                    line.clear();
                    assert!(lines.read_line(&mut line).unwrap() > 0, "{name}: it ended");
                }
            }
            let interrupt = std::process::Command::new("kill").args(["-s", "INT", &deploy.id().to_string()]).status();
            assert!(interrupt.unwrap().success());
            let (mut rest, mut stdout) = (String::new(), String::new());
            lines.read_to_string(&mut rest).unwrap();
            deploy.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
            assert_eq!(deploy.wait().unwrap().code(), Some(1), "{name}: {rest}");
            if json {
                let json: serde_json::Value = serde_json::from_str(&stdout).unwrap();
                let deploy = &json["deploys"][0];
                let begun = serde_json::json!(["function tiny"]);
                assert_eq!((&deploy["state"], &deploy["begun"]), (&"interrupted".into(), &begun), "{name}: {json}");
                continue;
            }
            assert_eq!(rest.matches("stopping: calls under way are finished").count(), 1, "{name}: {rest}");
            assert!(rest.contains("– create function tiny: not confirmed"), "{name}: {rest}");
            assert!(rest.contains("  not confirmed  function tiny (perhaps made: the next run looks)\n"), "{rest}");
            assert!(
                rest.contains("  not begun      version tiny, ") && rest.contains("go on with: "),
                "{name}: {rest}"
            );
        }
        let (again, json) = cloud.deploy(&[]);
        assert_eq!(again.code, Some(0), "{name}: {json}");
    }
}

#[test]
fn who_starts_a_canary_is_told_how_to_end_it() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        let deploy = ["deploy", "--artifact", &cloud.artifact(), "--yes", "--no-smoke", "--canary", "10%"];
        let hint =
            format!("  all of them: fx promote --provider {name}\n  none:        fx rollback --provider {name}\n");
        let first = cloud.fx(&deploy);
        assert!(first.code == Some(0) && !first.stderr.contains("fx promote"), "{name}: {}", printed(&first));
        cloud.store("other");
        let second = cloud.fx(&deploy);
        assert!(second.stderr.contains(&hint), "{name}: {}", printed(&second));
        let unchanged = cloud.fx(&deploy);
        assert!(unchanged.stdout.contains("0 changes") && !unchanged.stderr.contains(&hint), "{}", printed(&unchanged));
    }
}

#[test]
fn an_address_is_shown_with_its_function_by_every_verb() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        let deployed = cloud.fx(&["deploy", "--artifact", &cloud.artifact(), "--yes", "--no-smoke"]);
        let info = cloud.fx(&["info", "--provider", name]);
        let address = info.stdout.lines().find(|line| line.starts_with("  http")).unwrap();
        assert!(address.ends_with("  tiny"), "{name}: {}", printed(&info));
        assert!(deployed.stdout.lines().any(|line| line == address), "{name}: {}", printed(&deployed));
        let variables = "environment: KEY, STORE (values not shown)";
        assert!(deployed.stdout.contains(variables), "{name}: {}", printed(&deployed));
    }
}

#[test]
fn where_nothing_is_deployed_every_verb_says_so() {
    for cloud in Cloud::all() {
        let name = cloud.name();
        let removed = cloud.fx(&["remove", "--provider", name, "--yes"]);
        assert!(removed.stdout.contains("0 changes: nothing of the service is there"), "{name}: {}", printed(&removed));
        for verb in [["logs"].as_slice(), &["info"], &["promote"], &["rollback"], &["invoke", "one", "--remote"]] {
            let finished = cloud.fx(&[verb, &["--provider", name]].concat());
            let is_told = finished.stderr.contains("FX0554") && finished.stderr.contains("deploy it with `fx deploy");
            assert!(finished.code == Some(1) && is_told, "{name} {verb:?}: {}", printed(&finished));
        }
    }
}
