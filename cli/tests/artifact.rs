//! `fx dev --artifact`: a package runs as it is, and only if it is what it is described as.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its project may as well panic")]

mod support;

use std::{fs, path::Path};

use rustix::process::Signal;
use serde_json::{Value, json};
use support::{
    copy_of,
    dev::{Dev, SOON, target},
    fx, run,
};

/// Packs the project that compiles in a moment.
fn packed(folder: &Path) {
    let mut command = fx(folder);
    command.args(["package", "--provider", "aws,tencent", "--offline"]).env("CARGO_TARGET_DIR", target());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn broken(folder: &Path) -> Value {
    let mut command = fx(folder);
    command.args(["dev", "--json", "--port", "0", "--artifact", "dist/aws"]).env("CARGO_TARGET_DIR", "/nowhere");
    let dev = Dev::run(command);
    let problem = dev.event("broken", SOON)["problems"][0].clone();
    dev.signal(Signal::TERM);
    assert_eq!(dev.end(SOON), Some(0));
    problem
}

#[test]
fn what_is_no_package_is_refused_with_the_way_to_one() {
    let folder = copy_of("package");
    let problem = |artifact: &str| {
        let finished = run(folder.path(), &["dev", "--json", "--artifact", artifact]);
        assert_eq!(finished.code, Some(1));
        finished.json()["problems"][0].clone()
    };
    let nothing = problem("dist");
    assert_eq!(nothing["code"], "FX0543");
    assert!(nothing["help"].as_str().unwrap().contains("fx package"), "{nothing}");
    packed(folder.path());
    let above = problem("dist");
    assert!(above["help"].as_str().unwrap().ends_with("dist/aws, dist/tencent"), "{above}");
    fs::write(folder.path().join("dist/aws/artifact.json"), "{}").unwrap();
    assert_eq!(problem("dist/aws")["code"], "FX0543");

    let both = run(folder.path(), &["dev", "--artifact", "dist/tencent", "--provider", "aws"]);
    assert_eq!(both.code, Some(2), "a package is for the target it was made for");
}

#[test]
fn a_zip_that_was_exchanged_is_not_started() {
    let folder = copy_of("package");
    packed(folder.path());
    // It is started, without f.yml and code; but it ends at once, as no platform wants it.
    fs::remove_file(folder.path().join("f.yml")).unwrap();
    fs::remove_dir_all(folder.path().join("app")).unwrap();
    let started = broken(folder.path());
    assert_eq!(started["code"], "FX0505", "{started}");
    assert!(started["help"].as_str().unwrap().contains("tiny on aws"), "{started}");

    fs::copy(folder.path().join("dist/tencent/tiny.zip"), folder.path().join("dist/aws/tiny.zip")).unwrap();
    let refused = broken(folder.path());
    assert_eq!(refused["code"], "FX0543");
    let message = "dist/aws/tiny.zip is not what artifact.json describes: its checksum is another";
    assert_eq!(refused["message"], json!(message));
}
