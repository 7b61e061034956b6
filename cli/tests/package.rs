//! `fx package` from end to end, on a project with a stand-in for `fx` that compiles in a moment.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its project may as well panic")]

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
};

use serde_json::json;

mod support;

use support::{Finished, copy_of, fx, run};

const TARGETS: [(&str, &str); 3] = [("aliyun", "s.yaml"), ("aws", "template.yaml"), ("tencent", "serverless.yml")];

/// All files below a folder, by their relative names.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().display().to_string(), fs::read(path).unwrap());
            }
        }
    }
    found
}

fn package(folder: &Path, arguments: &[&str]) -> Finished {
    let mut command = fx(folder);
    command.args(["package", "--offline", "--json"]).args(arguments).env("KEY", "hush");
    command.output().unwrap().into()
}

#[test]
fn two_folders_give_the_same_packages_and_they_run() {
    let (one, other) = (copy_of("package"), copy_of("package"));
    let first = package(one.path(), &["--provider", "all"]);
    assert_eq!(first.code, Some(0), "{}", first.stdout);
    // The second is packed twice into a folder among the assets, in which the first run leaves its zips. One target will do.
    let out = other.path().join("app/out");
    for _ in 0..2 {
        let second = package(other.path(), &["--provider", "aws", "--release", "--out", "app/out"]);
        assert_eq!(second.code, Some(0), "{}", second.stdout);
    }
    let packages = files(&one.path().join("dist"));
    let mut expected: Vec<String> = TARGETS
        .iter()
        .flat_map(|(target, manifest)| ["artifact.json", "tiny.zip", manifest].map(|file| format!("{target}/{file}")))
        .collect();
    expected.sort();
    assert_eq!(packages.keys().cloned().collect::<Vec<_>>(), expected);
    assert!(files(&one.path().join("dist/aws")) == files(&out.join("aws")), "the packages of two folders differ");

    for text in packages.iter().filter(|(name, _)| !name.ends_with(".zip")).map(|(_, bytes)| bytes) {
        let text = String::from_utf8_lossy(text);
        assert!(!text.contains("hush") && !text.contains(&*one.path().to_string_lossy()), "{text}");
    }
    let answer = first.json();
    for (target, manifest) in TARGETS {
        let mut all = answer["packages"].as_array().unwrap().iter();
        let package = all.find(|package| package["artifact"]["provider"] == target).unwrap();
        assert_eq!(package["manifests"], json!([manifest]));
        // The stand-in ends at once, as no platform wants it.
        assert_eq!(package["coldStartMs"], json!([null]));
        assert_eq!(package["folder"], format!("dist/{target}"));
        let unit = &package["artifact"]["units"][0];
        assert_eq!(unit["size"], packages[&format!("{target}/tiny.zip")].len());
        assert_eq!(unit["environment"], json!({ "KEY": "${secret.KEY}", "STORE": "${env.STORE:-memory}" }));
        let document: serde_json::Value =
            serde_json::from_slice(&packages[&format!("{target}/artifact.json")]).unwrap();
        assert_eq!(document, package["artifact"]);
        runs(&one.path().join("dist").join(target).join("tiny.zip"), target);
    }
}

/// Unpacks a zip as a platform does, and starts what is in it.
fn runs(zip: &Path, target: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut zip = zip::ZipArchive::new(File::open(zip).unwrap()).unwrap();
    let mut names = Vec::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        let path = folder.path().join(&name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(file.unix_mode().unwrap())).unwrap();
        names.push(name);
    }
    assert_eq!(names, ["bootstrap", "public/page.html"]);
    let output = Command::new(folder.path().join("bootstrap")).env_clear().output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("tiny on {target}\none\ntwo\n"));
}

#[test]
fn a_dynamic_link_needs_a_linker_for_the_platforms_library() {
    let folder = copy_of("package");
    let f_yml = fs::read_to_string(folder.path().join("f.yml")).unwrap();
    fs::write(folder.path().join("f.yml"), f_yml.replace("memorySize: 256", "link: dynamic")).unwrap();
    let with_cargo = |folder: &Path| folder.join("cargo").is_file() || folder.join("rustc").is_file();
    let mut path = std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect::<Vec<_>>();
    path.retain(|folder| with_cargo(folder) && !folder.join("cargo-zigbuild").is_file());
    let mut command = fx(folder.path());
    command.args(["package", "--provider", "aws", "--json"]).env("PATH", std::env::join_paths(path).unwrap());
    let finished: Finished = command.output().unwrap().into();
    assert_eq!(finished.code, Some(1));
    let problem = &finished.json()["problems"][0];
    assert_eq!(problem["code"], "FX0411");
    assert!(problem["help"].as_str().unwrap().contains("pip install cargo-zigbuild"), "{problem}");
    assert!(!folder.path().join("dist").exists());
}

#[test]
fn this_machine_gets_no_package() {
    let folder = copy_of("package");
    let finished = run(folder.path(), &["package", "--json"]);
    assert_eq!(finished.code, Some(1));
    let problem = &finished.json()["problems"][0];
    assert_eq!(
        (&problem["code"], &problem["message"]),
        (&json!("FX0503"), &json!("there are no packages for this machine"))
    );
    assert!(problem["help"].as_str().unwrap().contains("aliyun, tencent, aws, or `all`"), "{problem}");
}

#[test]
fn what_does_not_fit_a_target_is_said_before_anything_is_built() {
    let folder = copy_of("package");
    let f_yml = fs::read_to_string(folder.path().join("f.yml")).unwrap();
    fs::write(folder.path().join("f.yml"), f_yml.replace("memorySize: 256", "memorySize: 8192")).unwrap();
    let finished = run(folder.path(), &["package", "--provider", "all", "--json"]);
    assert_eq!(finished.code, Some(1));
    let message = finished.json()["problems"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("8192"), "{message}");
    assert!(!folder.path().join("target").exists());
}
