//! Every published event, through a real process: taken or refused by name, and the process goes on.

use serde_json::{Value, json};

use crate::event::started;

/// What comes back for each file in `fixtures`: the timer's name, the key, the body, or the status of a request that no route takes.
fn expected(name: &str) -> Option<Value> {
    Some(match name {
        "go-lib-timer" => json!("oneminute"),
        "swift-timer" => json!("EveryDay"),
        "go-lib-cos" => json!("foobar.zip"),
        "swift-cos" => json!("testfile"),
        "go-lib-ckafka" => json!("hello world"),
        "swift-ckafka" => json!(["Hello from Ckafka!", "Hello from Ckafka again!"]),
        "go-lib-cmq" => json!("aaaaaaaaaa"),
        "swift-cmq-topic" => json!("Hello from CMQ!"),
        "go-lib-apigw" | "swift-apigw-get-no-body" | "swift-apigw-post" => json!(404),
        // What is inside of a log event: alone it is a message of nobody known, and goes to whoever takes those.
        "swift-cls-decoded" => json!("xxxx-xx-xx-xx-yyyyyyyy"),
        _ => return None,
    })
}

#[test]
fn each_is_taken_and_none_ends_the_process() {
    let (api, _process) = started(&[("TEST_MESSAGES", "1")]);
    let folder = std::fs::read_dir(format!("{}/tests/fixtures", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut count = 0;
    for path in
        folder.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "json"))
    {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let answer = api.invoke(&name, &std::fs::read_to_string(&path).unwrap()).unwrap();
        let said = [&answer["tick"], &answer["statusCode"], &answer["topic_id"], &answer];
        let said = said.into_iter().find(|said| !said.is_null()).unwrap();
        assert_eq!(Some(said.clone()), expected(&name), "{name}");
        count += 1;
    }
    assert_eq!(count, 12, "all that are published");
}
