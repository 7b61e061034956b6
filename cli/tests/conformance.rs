//! One handler, the same answers: on this machine and on every platform that fx can play.

mod support;

use std::{fs, path::Path};

use support::{copy_of, dev::target, fx};

#[test]
fn every_platform_gives_the_same_answers() {
    let project = copy_of("conformance");
    let (folder, root) = (project.path(), Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    fs::create_dir(folder.join("src")).unwrap();
    fs::rename(folder.join("lib.rs"), folder.join("src/lib.rs")).unwrap();
    fs::write(folder.join("src/main.rs"), "fx::entrypoint!();\n").unwrap();
    let facade = root.join("framework/fx");
    let manifest = format!(
        "[package]\nname = \"conformance\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\nfx = {{ path = {facade:?} }}\nfutures-util = {{ version = \"0.3\", default-features = false }}\n\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();

    let mut command = fx(folder);
    command.args(["test", "--json", "-d", "@questions.json"]).env("CARGO_TARGET_DIR", target());
    let finished: support::Finished = command.output().unwrap().into();
    assert_eq!(finished.code, Some(0), "{}{}", finished.stdout, finished.stderr);
    let document = finished.json();
    assert_eq!(document["differences"], serde_json::json!([]));
    assert_eq!(document["questions"].as_array().map(Vec::len), Some(26));
    let ways =
        ["local", "aliyun", "tencent event", "tencent web", "aws url", "aws v2", "aws v1", "aws alb", "aws streaming"];
    assert_eq!(document["ways"], serde_json::json!(ways));
}
