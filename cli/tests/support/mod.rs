//! Running the built `fx` the way a user does.
#![allow(dead_code, reason = "every test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot run its program may as well panic")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

pub mod dev;
pub mod door;
pub mod todo;

/// What a finished command left behind.
pub struct Finished {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    /// stdout, which has to be one JSON value and nothing else.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("not JSON ({error}): {}", self.stdout))
    }
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// `fx` in a folder.
pub fn fx(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fx"));
    command.current_dir(folder).env_remove("CARGO_TARGET_DIR");
    command
}

/// Runs `fx` in a folder to its end.
pub fn run(folder: &Path, arguments: &[&str]) -> Finished {
    fx(folder).args(arguments).output().unwrap().into()
}

/// A folder with one f.yml in it.
pub fn folder_with(f_yml: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("f.yml"), f_yml).unwrap();
    folder
}

/// A copy of a folder under `tests/fixtures`.
pub fn copy_of(name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name), folder.path());
    folder
}

/// Copies a folder's content into another.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target: PathBuf = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
