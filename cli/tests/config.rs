//! `fx config`: what f.yml means, for people and programs.

use serde_json::json;

mod support;

use support::{folder_with, fx, run};

const EVERYTHING: &str = r#"
service: shop
provider:
  name: aliyun
  stage: test
  timeout: 5
  environment: { SHARED: "1", TOKEN: "${secret.TOKEN}" }
functions:
  item:
    handler: item.get
    events:
      - http: { path: "/item/:id", method: get }
      - http: { path: /item/new, method: [put, post] }
  page: { handler: web.page, events: [ { http: { path: "/*" } } ] }
  job:
    handler: job.run
    environment: { OWN: "2" }
    events:
      - timer: { type: cron, value: "0 0 3 * * *", enable: false }
      - os: { bucket: photos, events: [created], filter: { prefix: in/, suffix: .jpg } }
      - mq: { topic: news, tags: a }
      - log: { source: raw, project: p, log: out }
aggregation:
  web: { functions: [item, page], memorySize: 256 }
"#;

#[test]
fn the_json_is_exactly_what_tools_rely_on() {
    let folder = folder_with(EVERYTHING);
    let finished = run(folder.path(), &["config", "--json"]);
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
    let http = |methods: &[&str], path: &str, function: &str| json!({"kind": "http", "function": function, "methods": methods, "path": path});
    let route =
        |methods: &[&str], path: &str, function: &str| json!({"methods": methods, "path": path, "function": function});
    let expected = json!({
        "service": "shop",
        "provider": "aliyun",
        "stage": "test",
        "units": [
            {
                "name": "job", "memorySize": 128, "timeout": 5, "environment": ["OWN", "SHARED", "TOKEN"],
                "functions": [{"name": "job", "handler": "job.run"}],
                "routes": [],
                "triggers": [
                    {"kind": "timer", "function": "job", "schedule": "0 0 3 * * *", "enabled": false},
                    {"kind": "object", "function": "job", "bucket": "photos", "events": ["created"], "prefix": "in/",
                     "suffix": ".jpg", "enabled": true},
                    {"kind": "message", "function": "job", "topic": "news", "tags": ["a"], "enabled": true},
                    {"kind": "log", "function": "job", "source": "raw", "project": "p", "log": "out"},
                ],
            },
            {
                "name": "web", "memorySize": 256, "timeout": 5, "environment": ["SHARED", "TOKEN"],
                "functions": [{"name": "item", "handler": "item.get"}, {"name": "page", "handler": "web.page"}],
                "routes": [
                    route(&["POST", "PUT"], "/item/new", "item"),
                    route(&["GET"], "/item/:id", "item"),
                    route(&["ANY"], "/*", "page"),
                ],
                "triggers": [
                    http(&["GET"], "/item/:id", "item"),
                    http(&["POST", "PUT"], "/item/new", "item"),
                    http(&["ANY"], "/*", "page"),
                ],
            },
        ],
        "warnings": [],
    });
    let mut answer = finished.json();
    answer["warnings"] = json!([]);
    assert_eq!(answer, expected);
}

#[test]
fn the_provider_and_the_file_can_be_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let text = "service: s\nfunctions: { f: { handler: f } }\nproviders: { k8s: { memorySize: 512 } }\n";
    std::fs::write(folder.path().join("other.yml"), text).unwrap();
    let memory = |provider: &str| {
        let answer = run(folder.path(), &["config", "--json", "-f", "other.yml", "--provider", provider]).json();
        (answer["provider"].clone(), answer["units"][0]["memorySize"].clone())
    };
    assert_eq!(memory("local"), (json!("local"), json!(128)));
    assert_eq!(memory("k8s"), (json!("kubernetes"), json!(512)));
}

#[test]
fn values_of_the_environment_are_never_shown() {
    let folder = folder_with(
        "service: s\nprovider: { environment: { A: plain-secret, B: \"${env.FX_TEST_B}\" } }\nfunctions: { f: { handler: f } }\n",
    );
    for arguments in [&["config"][..], &["config", "--json"]] {
        let finished: support::Finished =
            fx(folder.path()).args(arguments).env("FX_TEST_B", "from-outside").output().unwrap().into();
        assert_eq!(finished.code, Some(0));
        let shown = finished.stdout + &finished.stderr;
        assert!(shown.contains('A') && !shown.contains("plain-secret") && !shown.contains("from-outside"), "{shown}");
    }
}

#[test]
fn what_is_wrong_is_said_as_check_says_it() {
    let folder = folder_with("service: s\nfunctions: { f: { handler: f, timeout: soon } }\n");
    let finished = run(folder.path(), &["config", "--json"]);
    assert_eq!(finished.code, Some(1));
    let checked = run(folder.path(), &["check", "--no-code", "--json"]);
    assert_eq!(finished.json(), checked.json());
    assert_eq!(finished.json()["problems"][0]["line"], 2);
}

#[test]
fn people_get_tables() {
    let finished = run(folder_with(EVERYTHING).path(), &["config"]);
    for line in
        ["service   shop", "web  256 MB, 5 s", "  POST PUT  /item/new  item", "  object   photos/in/*.jpg created  job"]
    {
        assert!(finished.stdout.lines().any(|found| found == line), "{line:?} is missing in\n{}", finished.stdout);
    }
}
