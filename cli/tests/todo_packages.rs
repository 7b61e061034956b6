//! The todo app, packed for every platform and run from its packages: the contract of its API holds everywhere, and who asks is
//! known as the platform knows it.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its project may as well panic")]

mod support;

use std::path::Path;

use rustix::process::Signal;
use serde_json::json;
use support::{
    dev::{Dev, SOON},
    door::{Http, Rie},
    fx,
    todo::{SECRET, contract, document, packages},
};

/// What the app finds in its environment.
fn environment(folder: &Path) -> [(&'static str, String); 3] {
    let file = folder.join("todo.db").display().to_string();
    [("TODO_DB_PATH", file), ("TODO_GUEST", "on".into()), ("TODO_JWT_SECRET", SECRET.into())]
}

/// A package behind its platform as fx plays it, in a folder without f.yml.
fn on(provider: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = fx(folder.path());
    command.args(["dev", "--json", "--port", "0", "--artifact"]).arg(packages().join(provider));
    command.envs(environment(folder.path())).env("PATH", "/nowhere");
    let mut dev = Dev::run(command);
    dev.url = dev.event("ready", SOON)["url"].as_str().unwrap().replace("localhost", "127.0.0.1");
    let door = Http::new(&dev.url);
    contract(&door);
    guesses_count_by_client(&door);
    dev.signal(Signal::TERM);
    let lines = dev.lines();
    assert_eq!(dev.end(SOON), Some(0));
    let warned = lines.iter().filter(|line| line.contains("data does not outlive this instance")).count();
    assert_eq!(warned, 1, "{lines:#?}");
}

#[test]
fn on_aws_lambda() {
    on("aws");
}

#[test]
fn on_aliyun_fc() {
    on("aliyun");
}

#[test]
fn on_tencent_scf() {
    on("tencent");
}

#[test]
fn on_aws_runtime_interface_emulator() {
    let folder = tempfile::tempdir().unwrap();
    let code = folder.path().join("code");
    let package = packages().join("aws");
    fx_build::artifact::unpack(&package.join("todo.zip"), None, &code).unwrap();
    let mut variables = environment(folder.path()).to_vec();
    variables.push(("LAMBDA_TASK_ROOT", code.display().to_string()));
    contract(&Rie::start(&code.join("bootstrap"), &variables));
}

/// Failed logins are counted by name and client. The client is whom the platform saw, whatever it claims of itself.
fn guesses_count_by_client(door: &Http) {
    let guess = json!({ "userName": "ann", "password": "a guess", "type": "account" });
    let guess_from = |here: [u8; 4], claim: &str| {
        let (kind, text) = document(&guess);
        let mut headers = vec![];
        for name in ["x-forwarded-for", "x-real-ip", "x-fc-client-ip", "x-scf-remote-addr"] {
            headers.push((name, claim));
        }
        door.ask_from(here, "POST /api/login/account", &headers, Some((kind, &text))).status
    };
    for number in 0..10 {
        assert_eq!(guess_from([127, 0, 0, 1], &format!("203.0.113.{number}")), 200);
    }
    assert_eq!(guess_from([127, 0, 0, 1], "203.0.113.200"), 429);
    assert_eq!(guess_from([127, 0, 0, 1], "127.0.0.5"), 429);
    assert_eq!(guess_from([127, 0, 0, 5], "127.0.0.1"), 200, "somebody else");
}
