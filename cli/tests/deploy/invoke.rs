//! `fx invoke --remote`: what a deployed function is called with, and what the caller gets to see.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    cloud::{Cloud, printed},
    recorder::Recorder,
    support::Finished,
};

/// The deployed unit with triggers of every kind: whom they call does not change by them.
const F_YML: &str = r#"
service: tiny
provider: { name: PROVIDER }
functions:
  one:
    handler: one
    events:
      - http: { method: post, path: /one }
      - timer: { type: every, value: 5m, name: nightly, payload: all }
      - os: { bucket: inbox-1250000000, events: [created] }
      - mq: { topic: todo }
  two: { handler: two, events: [ { http: { method: get, path: "/two/:id" } } ] }
aggregation:
  tiny: { functions: [one, two] }
"#;

/// Every platform with the service deployed, and who runs it there.
fn deployed() -> (Vec<Cloud>, Arc<Recorder>) {
    let recorder = Arc::new(Recorder::default());
    let clouds = Cloud::recorded(&recorder);
    for cloud in &clouds {
        let (finished, _) = cloud.deploy(&[]);
        assert_eq!(finished.code, Some(0), "{}", printed(&finished));
        std::fs::write(cloud.folder.path().join("f.yml"), F_YML.replace("PROVIDER", cloud.name())).unwrap();
    }
    (clouds, recorder)
}

fn invoke(cloud: &Cloud, arguments: &[&str]) -> Finished {
    cloud.fx(&[["invoke"].as_slice(), arguments, &["--remote", "--provider", cloud.name()]].concat())
}

#[test]
fn an_event_is_the_one_that_the_platforms_trigger_sends() {
    let (clouds, recorder) = deployed();
    for cloud in clouds {
        let name = cloud.name();
        let called = |arguments: &[&str]| -> Value {
            let finished = invoke(&cloud, arguments);
            assert_eq!(finished.code, Some(0), "{name}: {}", printed(&finished));
            let [(function, event)] = recorder.take_events().try_into().unwrap();
            assert_eq!(function, "tiny");
            event
        };
        let timer = called(&["one", "--as", "timer", "-d", r#"{"scheduled": "2026-01-05T03:00:00Z"}"#]);
        let expected = match name {
            "aliyun" => json!({ "triggerTime": "2026-01-05T03:00:00Z", "triggerName": "nightly", "payload": "all" }),
            "aws" => json!({ "source": "fx.timer", "name": "nightly", "payload": "all" }),
            _ => json!({ "Type": "Timer", "TriggerName": "nightly", "Time": "2026-01-05T03:00:00Z", "Message": "all" }),
        };
        assert_eq!(timer, expected, "{name}");

        let object = called(&["one", "--as", "object", "-d", r#"{"key": "a.csv", "size": 7}"#]);
        match name {
            "aliyun" => {
                let event = &object["events"][0];
                assert_eq!(event["oss"]["object"]["key"], "a.csv");
                let arn = format!("acs:oss:{}:{}:inbox-1250000000", fx_aliyun_stub::REGION, fx_aliyun_stub::ACCOUNT);
                assert_eq!(event["oss"]["bucket"]["arn"], arn, "the account and the region that it is in");
            }
            "aws" => {
                let record = &object["Records"][0];
                let bucket = (&json!(fx_aws_stub::REGION), &json!("inbox-1250000000"));
                assert_eq!((&record["awsRegion"], &record["s3"]["bucket"]["name"]), bucket);
                assert_eq!(record["s3"]["object"]["key"], "a.csv");
            }
            _ => {
                let cos = &object["Records"][0]["cos"];
                let region = fx_tencent_stub::REGION;
                let bucket = json!({ "region": region, "name": "inbox", "appid": "1250000000" });
                assert_eq!((&cos["cosBucket"], &cos["cosObject"]["size"]), (&bucket, &json!(7)));
            }
        }

        let message = called(&["one", "--trigger", "message-one", "-d", r#"{"body": {"id": 7}}"#]);
        let (topic, body) = match name {
            "aliyun" => (message["TopicName"].clone(), &message["Message"]),
            "aws" => {
                let record = &message["Records"][0];
                let queue = record["eventSourceARN"].as_str().unwrap();
                assert!(queue.starts_with(&format!("arn:aws:sqs:{}:", fx_aws_stub::REGION)), "{queue}");
                (queue.rsplit(':').next().unwrap().into(), &record["body"])
            }
            _ => (message["Records"][0]["CMQ"]["topicName"].clone(), &message["Records"][0]["CMQ"]["msgBody"]),
        };
        assert_eq!((topic, body), (json!("todo"), &json!(r#"{"id":7}"#)), "{name}");

        assert_eq!(called(&["one", "--native", "-d", r#"{"own": true}"#]), json!({ "own": true }), "{name}");
    }
}

#[test]
fn a_request_comes_in_by_the_way_of_the_platform() {
    let (clouds, recorder) = deployed();
    for cloud in clouds {
        let name = cloud.name();
        let finished = invoke(&cloud, &["two", "-d", r#"{"path": "/two/7", "query": {"full": true}}"#]);
        assert_eq!(finished.code, Some(0), "{name}: {}", printed(&finished));
        assert!(finished.stderr.contains("status 200"), "{name}: {}", printed(&finished));
        let posted = invoke(&cloud, &["one", "--as", "http", "-d", r#"{"name": "Ann"}"#, "--json"]).json();
        let (status, own) = (&posted["result"]["status"], &posted["result"]["headers"]["x-own"]);
        assert_eq!((status, own), (&json!(200), &json!("1")), "{name}: {posted}");
        match name {
            // A server is asked at its address.
            "aliyun" => {
                assert_eq!(finished.stdout, "GET /two/7?full=true\n");
                let seen = recorder.take_requests();
                assert_eq!(seen, ["tiny GET /two/7?full=true", r#"tiny POST /one {"name":"Ann"}"#]);
            }
            _ => {
                assert_eq!(finished.stdout, "GET /two/7\n");
                let events = recorder.take_events();
                match name {
                    "aws" => assert_eq!(events[0].1["rawQueryString"], "full=true"),
                    _ => assert_eq!(events[0].1["queryString"], json!({ "full": "true" })),
                }
                assert_eq!(events[1].1["body"], r#"{"name":"Ann"}"#);
                let host = events[0].1["headers"]["host"].as_str().unwrap();
                let info = cloud.fx(&["info", "--provider", name]).stdout;
                assert!(info.contains(host), "the function's own address: {host} {info}");
            }
        }
    }
}

#[test]
fn the_answer_is_printed_as_for_a_function_on_this_machine() {
    let (clouds, _recorder) = deployed();
    for cloud in clouds {
        let name = cloud.name();
        // Its log, as the platform sends it along.
        let log = match name {
            "aliyun" => "FC Invoke Start",
            "aws" => "START RequestId",
            _ => "a line of log",
        };
        let people = invoke(&cloud, &["one", "--as", "timer"]);
        assert_eq!(people.stdout, "{\n  \"purged\": 3\n}\n", "{name}");
        assert!(people.stderr.contains(log) && people.stderr.contains("request id "), "{name}: {}", printed(&people));

        let programs = invoke(&cloud, &["one", "--as", "timer", "--json"]);
        let json = programs.json();
        assert_eq!((&json["ok"], &json["result"]), (&json!(true), &json!({ "purged": 3 })), "{name}: {json}");
        assert!(json["log"].as_str().unwrap().contains(log) && json["requestId"].is_string(), "{name}: {json}");
        assert_eq!(programs.stderr, "", "{name}");

        let failing = ["one", "--as", "timer", "-d", r#"{"payload": "fail"}"#];
        let failed = invoke(&cloud, &failing);
        assert_eq!((failed.code, failed.stdout.as_str()), (Some(1), ""), "{name}: {}", printed(&failed));
        assert!(failed.stderr.contains("error: Empty: no todo"), "{name}: {}", printed(&failed));
        let failed = invoke(&cloud, &[failing.as_slice(), &["--json"]].concat());
        let error = json!({ "type": "Empty", "message": "no todo" });
        assert_eq!((failed.code, &failed.json()["error"]), (Some(1), &error), "{name}: {}", printed(&failed));
    }
}

#[test]
fn f_yml_says_which_platform_and_a_stage_which_copy() {
    let (clouds, recorder) = deployed();
    for cloud in clouds {
        let name = cloud.name();
        let finished = cloud.fx(&["invoke", "one", "--remote", "--as", "timer"]);
        assert_eq!(finished.code, Some(0), "{name}: {}", printed(&finished));
        assert_eq!(recorder.take_events()[0].0, "tiny", "{name}");

        let staging = ["one", "--as", "timer", "--stage", "staging"];
        let missing = invoke(&cloud, &staging);
        assert_eq!(missing.code, Some(1), "{name}");
        assert!(missing.stderr.contains("FX0554") && missing.stderr.contains("`fx deploy`"), "{}", printed(&missing));
        cloud.deploy(&["--stage", "staging"]);
        assert_eq!(invoke(&cloud, &staging).code, Some(0), "{name}");
        assert_eq!(recorder.take_events()[0].0, "tiny-staging", "{name}");

        let local = cloud.fx(&["invoke", "one", "--stage", "staging"]);
        assert!(local.code == Some(2) && local.stderr.contains("--remote"), "{name}: {}", printed(&local));
    }
    let clouds = Cloud::all();
    let both = clouds[0].fx(&["invoke", "one", "--remote", "--provider", "aliyun,tencent"]);
    assert!(both.stderr.contains("on one platform at a time"), "{}", printed(&both));
}

#[test]
fn what_is_in_the_way_is_said_with_its_remedy_and_nothing_is_called() {
    let (clouds, recorder) = deployed();
    for mut cloud in clouds {
        let name = cloud.name();
        let removed = cloud.fx(&["remove", "--provider", name, "--yes"]);
        assert_eq!(removed.code, Some(0), "{name}: {}", printed(&removed));
        let refused = |cloud: &Cloud, arguments: &[&str], code: &str| {
            let finished = invoke(cloud, &[arguments, &["--json"]].concat());
            assert_eq!(finished.code, Some(1), "{name}: {}", printed(&finished));
            let problem = finished.json()["problems"][0].clone();
            assert_eq!(problem["code"], code, "{name}: {problem}");
            assert!(problem["help"].is_string(), "{name}: {problem}");
            problem
        };
        refused(&cloud, &["one", "--as", "timer"], "FX0554");
        cloud.plant("tiny");
        refused(&cloud, &["one", "--as", "timer"], "FX0551");
        let shapeless = ["one", "--trigger", "message-one", "-d", r#"{"id7": 1}"#];
        cloud.deploy(&["--force"]);
        let problem = refused(&cloud, &shapeless, "FX0508");
        assert!(problem["help"].as_str().unwrap().contains("under `body`"), "{name}: {problem}");
        cloud.deny(cloud.invocation());
        let denied = refused(&cloud, &["one", "--as", "timer"], "FX0550");
        assert!(denied["help"].as_str().unwrap().contains("fx policy"), "{name}: {denied}");
        cloud.secret = "wrong".to_owned();
        refused(&cloud, &["one", "--as", "timer"], "FX0550");
    }
    assert_eq!(recorder.take_events(), []);
}

#[test]
fn a_call_whose_answer_got_lost_is_not_made_again() {
    let (clouds, recorder) = deployed();
    for cloud in clouds {
        let name = cloud.name();
        cloud.lose(cloud.invocation());
        let lost = invoke(&cloud, &["one", "--as", "timer"]);
        assert_eq!(lost.code, Some(1), "{name}: {}", printed(&lost));
        assert!(lost.stderr.contains("it may have run: see `fx logs`"), "{name}: {}", printed(&lost));
        assert_eq!(recorder.take_events().len(), 1, "{name}");
    }
}
