//! Two checkouts of this repository, in folders of their own, give the same packages byte for byte.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its checkout may as well panic")]

mod support;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use ignore::WalkBuilder;
use support::{dev::target, fx};

/// This repository.
fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Another checkout of it: what git would have.
fn elsewhere(folder: &Path) {
    let here = here();
    for entry in WalkBuilder::new(&here).hidden(false).filter_entry(|entry| entry.file_name() != ".git").build() {
        let entry = entry.unwrap();
        let place = folder.join(entry.path().strip_prefix(&here).unwrap());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(place).unwrap();
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}

/// The packages of examples/bench for every platform, by their relative names.
fn packages(checkout: &Path, target: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let out = tempfile::tempdir().unwrap();
    let mut command = fx(checkout);
    command.args(["package", "-f", "examples/bench/f.yml", "--provider", "all", "--release", "--out"]).arg(out.path());
    let output = command.env("CARGO_TARGET_DIR", target).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let files = WalkBuilder::new(out.path()).build().map(|entry| entry.unwrap().into_path());
    files
        .filter(|file| file.is_file())
        .map(|file| (file.strip_prefix(out.path()).unwrap().to_owned(), fs::read(&file).unwrap()))
        .collect()
}

#[test]
fn two_checkouts_give_the_same_bytes() {
    let other = tempfile::tempdir().unwrap();
    elsewhere(other.path());
    let one = packages(&here(), &target());
    let two = packages(other.path(), &other.path().join("target"));
    let names: Vec<_> = one.keys().map(|name| name.display().to_string()).collect();
    for platform in ["aliyun", "aws", "tencent"] {
        assert!(names.contains(&format!("{platform}/bench.zip")), "{names:?}");
    }
    for (name, bytes) in &one {
        assert!(two.get(name) == Some(bytes), "{} differs", name.display());
    }
    assert_eq!(one.len(), two.len());
}
