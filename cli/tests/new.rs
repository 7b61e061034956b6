//! `fx new`: every template becomes a project that is checked, compiled, tested and served, without a network.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its project may as well panic")]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;

/// Compiled dependencies are kept from one run of the tests to the next, and shared by the projects.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("projects")
}

/// A new project, always at the same place so that cargo knows it again.
fn project(template: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("new-{template}"));
    let _ = fs::remove_dir_all(&folder);
    let made = fx(Path::new(env!("CARGO_TARGET_TMPDIR")), &["new", folder.to_str().unwrap(), "--template", template]);
    assert!(made.status.success(), "{made:?}");
    assert!(String::from_utf8_lossy(&made.stdout).contains("fx dev"), "it says how to go on: {made:?}");
    folder
}

fn fx(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fx")).args(arguments).current_dir(folder).output().unwrap()
}

fn cargo(folder: &Path, verb: &str) -> Output {
    let mut command = Command::new("cargo");
    command.args([verb, "--offline", "--quiet", "--target-dir"]).arg(target()).current_dir(folder);
    command.env_remove("FX_ENTRYPOINT").output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn is_sound(template: &str) -> PathBuf {
    let folder = project(template);
    let checked = fx(&folder, &["check", "--json"]);
    assert!(checked.status.success(), "{checked:?}");
    let problems = json(&checked);
    assert_eq!((&problems["problems"], &problems["warnings"]), (&Value::Array(vec![]), &Value::Array(vec![])));
    let tested = cargo(&folder, "test");
    assert!(tested.status.success(), "{}", String::from_utf8_lossy(&tested.stderr));
    assert!(String::from_utf8_lossy(&tested.stdout).contains("test result: ok"), "{tested:?}");
    // In the style that rustfmt has when nobody tells it otherwise.
    let style = ["fmt", "--check", "--", "--config", "max_width=100,use_small_heuristics=Default"];
    let formatted = Command::new("cargo").args(style).current_dir(&folder).output().unwrap();
    assert!(formatted.status.success(), "{}", String::from_utf8_lossy(&formatted.stdout));
    folder
}

#[test]
fn event_passes_its_tests() {
    is_sound("event");
}

#[test]
fn todo_passes_its_tests() {
    is_sound("todo");
}

#[test]
fn http_passes_its_tests_and_serves() {
    let folder = is_sound("http");

    // cargo's own binary is not a function, and says whose job that is.
    let run = cargo(&folder, "run");
    assert_eq!(run.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&run.stderr).contains("fx dev"), "{run:?}");

    let target = target();
    let build = || json(&fx(&folder, &["build", "--json", "--offline", "--target-dir", target.to_str().unwrap()]));
    build();
    let unit = build()["units"][0].clone();
    assert_eq!((&unit["name"], &unit["fresh"]), (&Value::from("new-http"), &Value::Bool(true)));

    let mut process = Command::new(unit["executable"].as_str().unwrap())
        .env("FX_LISTEN", "127.0.0.1:0")
        .env("GREETING", "你好")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let answer = lines
        .by_ref()
        .map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap())
        .find(|line| line["message"] == "listening")
        .and_then(|line| get(line["http"].as_str().unwrap(), "/hello/you"));
    process.kill().unwrap();
    process.wait().unwrap();
    let answer = answer.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with(r#"{"message":"你好, you!","count":1}"#), "{answer}");
}

fn get(address: &str, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine"), "").unwrap();
    let refused = fx(folder.path(), &["new", "--json", folder.path().to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn fx_may_come_from_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        (["--fx-git", "https://example.org/fx.git"], r#"fx = { git = "https://example.org/fx.git" }"#),
        (["--fx-path", concat!(env!("CARGO_MANIFEST_DIR"), "/..")], "framework/fx\" }"),
    ] {
        let name = arguments[0].trim_start_matches("--");
        let made = fx(folder.path(), &["new", name, arguments[0], arguments[1]]);
        assert!(made.status.success(), "{made:?}");
        let manifest = fs::read_to_string(folder.path().join(name).join("Cargo.toml")).unwrap();
        assert!(manifest.contains(expected), "{manifest}");
    }
    let refused = fx(folder.path(), &["new", "nowhere", "--fx-path", "/no/such/folder"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(!folder.path().join("nowhere").exists());
}
