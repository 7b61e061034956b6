//! The emulator, held against AWS's own runtime crate.

use std::time::Duration;

use fx_aws_tool::{AwsEmulator, Front};
use fx_provider::{
    emulator::{Body, Emulator, Event, Failure, Platform, StartError, full},
    testing::{launch, visit},
};
use http::{Request, response::Parts};
use serde_json::{Value, json};
use tokio::sync::mpsc;

const F_YML: &str = "service: s\nprovider: { timeout: 4, memorySize: 128 }\nfunctions:\n  f:\n    handler: a.b\n    events:\n      - timer: { type: every, value: 5m }\n      - http: { path: /*, method: any }\n";

struct Running {
    platform: Box<dyn Platform>,
    lines: mpsc::UnboundedReceiver<String>,
}

async fn try_start(front: Front, start: &str) -> Result<Running, StartError> {
    let mut folder = std::env::current_exe().expect("a path");
    folder.pop();
    folder.pop();
    let program = folder.join("examples/aws-runtime-crate");
    let environment = [("START", start), ("AWS_REGION", "mine")];
    let mut launch = launch(F_YML, &program, &std::env::temp_dir(), &environment);
    launch.region = Some("eu-west-1".to_owned());
    let (said, lines) = mpsc::unbounded_channel();
    let platform = AwsEmulator::new(front).start(launch, said).await?;
    Ok(Running { platform, lines })
}

async fn start(front: Front) -> Running {
    try_start(front, "").await.expect("it starts")
}

impl Running {
    async fn native(&self, event: Value) -> Result<Value, Failure> {
        self.platform.invoke(Event::Native(event.to_string().into())).await
    }

    async fn http(&self, request: Request<Body>) -> (Parts, Result<String, String>) {
        visit(&*self.platform, request).await
    }
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).header("host", "example.org").body(full("")).expect("a request")
}

const URL: Front = Front::Url { streaming: false };

#[tokio::test]
async fn an_event_goes_in_and_an_answer_comes_out() {
    let mut running = start(URL).await;
    let context = running.native(json!({ "do": "context" })).await.unwrap();
    assert_eq!(context["arn"], "arn:aws:lambda:eu-west-1:123456789012:function:f");
    assert_eq!(context["remaining"], 3, "the deadline is four seconds away");
    assert_eq!(running.native(json!({ "do": "env", "name": "AWS_REGION" })).await.unwrap(), "eu-west-1");
    assert_eq!(running.native(json!({ "do": "env", "name": "HOME" })).await.unwrap(), Value::Null);
    let report = running.lines.recv().await.unwrap();
    assert!(report.starts_with("REPORT RequestId: ") && report.contains("Memory Size: 128 MB"), "{report}");
}

#[tokio::test]
async fn a_failure_is_told_and_the_process_goes_on() {
    let running = start(URL).await;
    let before = running.native(json!({ "do": "context" })).await.unwrap();
    let failure = running.native(json!({ "do": "fail" })).await.unwrap_err();
    assert_eq!(failure.message, "on purpose");
    let failure = running.native(json!({ "do": "large" })).await.unwrap_err();
    assert_eq!(failure.kind, "Function.ResponseSizeTooLarge");
    assert_eq!(running.native(json!({ "do": "context" })).await.unwrap()["pid"], before["pid"]);
}

#[tokio::test]
async fn a_timeout_and_an_exit_cost_the_sandbox_but_not_the_next_invocation() {
    let running = start(URL).await;
    let pid = async || running.native(json!({ "do": "context" })).await.unwrap()["pid"].as_u64().unwrap();
    let first = pid().await;
    let failure = running.native(json!({ "do": "sleep" })).await.unwrap_err();
    assert_eq!(failure, Failure::new("Sandbox.Timedout", "Task timed out after 4.00 seconds"));
    let second = pid().await;
    assert_ne!(first, second);
    running.native(json!({ "do": "exit" })).await.unwrap_err();
    assert_ne!(second, pid().await);
}

#[tokio::test]
async fn a_process_that_ends_is_said_to_have_ended_as_lambda_says_it() {
    let mut running = start(URL).await;
    // AWS's own emulator says the same of such ends.
    for (what, said) in [
        ("exit", "Runtime exited with error: exit status 9"),
        ("leave", "Runtime exited without providing a reason"),
        ("abort", "Runtime exited with error: signal: aborted"),
    ] {
        let failure = running.native(json!({ "do": what })).await.unwrap_err();
        assert_eq!(failure.kind, "Runtime.ExitError");
        let (id, message) = failure.message.split_once(" Error: ").unwrap();
        assert!(id.starts_with("RequestId: ") && message == said, "{failure}");
        let mut lines = std::iter::from_fn(|| running.lines.try_recv().ok());
        assert!(lines.any(|line| line == failure.message), "it is not in the log");
    }
    let (head, _) = running.http(get("/abort")).await;
    assert_eq!(head.status, 502);
    assert_eq!(running.http(get("/")).await.0.status, 200, "in a new sandbox");
}

#[tokio::test]
async fn a_process_that_ends_at_once_does_not_start() {
    let Err(error) = try_start(URL, "exit").await else { panic!("it started") };
    assert_eq!(error.to_string(), "it ended (exit status: 3) before it was ready");
}

#[tokio::test]
async fn http_passes_through_every_front_door() {
    let fronts =
        [URL, Front::HttpApi, Front::RestApi, Front::Alb { multi_value: true }, Front::Alb { multi_value: false }];
    for front in fronts {
        let running = start(front).await;
        let (head, body) = running.http(get("/a/b?q=1")).await;
        assert_eq!((head.status.as_u16(), &head.headers["content-type"]), (200, &"application/json".parse().unwrap()));
        let cookies = head.headers.get_all("set-cookie").iter().count();
        assert_eq!(cookies, if matches!(front, Front::Url { .. } | Front::HttpApi) { 2 } else { 0 }, "{front:?}");
        let event: Value = serde_json::from_str(&body.unwrap()).unwrap();
        let path = event.get("rawPath").or_else(|| event.get("path")).unwrap();
        assert_eq!(path, "/a/b", "{front:?}");
    }
}

#[tokio::test]
async fn a_stream_arrives_as_it_comes_and_a_broken_one_is_seen() {
    let running = try_start(Front::Url { streaming: true }, "stream").await.unwrap();
    let (head, body) = running.http(get("/")).await;
    assert_eq!((head.status.as_u16(), body.as_deref()), (203, Ok("one two three")));
    let (head, body) = running.http(get("/break")).await;
    assert_eq!(head.status, 203);
    assert!(body.is_err(), "{body:?}");
    assert_eq!(running.http(get("/")).await.1.as_deref(), Ok("one two three"), "in a new sandbox");
}

#[tokio::test]
async fn an_event_in_words_of_fx_is_that_of_the_trigger() {
    let running = start(URL).await;
    let event = Event::Of { function: "f".into(), kind: "timer".into(), data: json!({}) };
    let answer = running.platform.invoke(event).await.unwrap();
    assert_eq!(answer["body"], r#"{"name":"timer-f","source":"fx.timer"}"#);
    running.platform.stop(Duration::from_secs(1)).await;
}
