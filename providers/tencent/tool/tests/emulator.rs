//! The emulator, held against runtimes that have nothing of fx in them.

use std::{path::Path, time::Duration};

use bytes::Bytes;
use fx_provider::{
    emulator::{Body, Emulator, Event, Failure, Platform, StartError, full},
    testing::{launch, visit},
};
use fx_spec::{Located, service::FunctionKind};
use fx_tencent_tool::TencentEmulator;
use http::{Request, Response};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::mpsc;

const F_YML: &str = "service: s\nprovider: { timeout: 2, memorySize: 128 }\nfunctions:\n  f:\n    handler: a.b\n    events:\n      - timer: { type: every, value: 5m, name: tick }\n      - http: { path: /*, method: any }\n";

type Started = (Box<dyn Platform>, mpsc::UnboundedReceiver<String>, TempDir);

async fn start(kind: FunctionKind, how: &str) -> Result<Started, StartError> {
    let folder = TempDir::new().expect("a folder");
    let (starts, arrived) = (folder.path().join("starts"), folder.path().join("arrived"));
    let (starts, arrived) = (starts.display().to_string(), arrived.display().to_string());
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulator/function.py");
    let mut launch =
        launch(F_YML, &program, &std::env::temp_dir(), &[("START", how), ("STARTS", &starts), ("ARRIVED", &arrived)]);
    launch.unit.kind = Some(Located::implied(kind));
    let (said, lines) = mpsc::unbounded_channel();
    Ok((TencentEmulator.start(launch, said).await?, lines, folder))
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).header("x-a", "1").body(full("")).expect("a request")
}

async fn native(platform: &dyn Platform, event: Value) -> Result<Value, Failure> {
    platform.invoke(Event::Native(event.to_string().into())).await
}

#[tokio::test]
async fn an_event_goes_in_and_an_answer_comes_out() {
    let (platform, mut lines, _folder) = start(FunctionKind::Event, "").await.unwrap();
    let event = Event::Of { function: "f".into(), kind: "timer".into(), data: json!({}) };
    let got = platform.invoke(event).await.unwrap();
    assert_eq!((&got["event"]["Type"], &got["event"]["TriggerName"]), (&"Timer".into(), &"tick".into()));
    assert_eq!((&got["time"], &got["memory"]), (&"2000".into(), &"128".into()));
    assert_eq!(got["environment"]["TENCENTCLOUD_RUNENV"], "SCF");
    assert!(lines.recv().await.unwrap().starts_with("Report RequestId:"));
    assert_eq!(native(&*platform, json!({ "do": "again" })).await.unwrap(), true);
}

#[tokio::test]
async fn http_passes_as_an_event() {
    let (platform, _lines, _folder) = start(FunctionKind::Event, "").await.unwrap();
    let (head, body) = visit(&*platform, get("/a?q=1")).await;
    let event: Value = serde_json::from_str(&body.unwrap()).unwrap();
    assert_eq!((head.status.as_u16(), &event["path"], &event["queryString"]["q"]), (201, &"/a".into(), &"1".into()));
    assert_eq!(head.headers.get_all("set-cookie").iter().count(), 2);
    let (head, body) = visit(&*platform, get("/odd")).await;
    assert_eq!(head.status, 403);
    assert!(body.unwrap().contains("Invalid scf response format"));
}

#[tokio::test]
async fn failures_have_the_platforms_numbers_and_the_next_event_is_served() {
    let (platform, _lines, _folder) = start(FunctionKind::Event, "").await.unwrap();
    let pid = async || native(&*platform, json!({})).await.unwrap()["pid"].as_u64().unwrap();
    let first = pid().await;
    let failed = async |what: &str| native(&*platform, json!({ "do": what })).await.unwrap_err();
    assert_eq!(failed("fail").await, Failure::new("430", "on purpose"));
    assert_eq!(failed("large").await.kind, "407");
    assert_eq!(first, pid().await);
    assert_eq!(failed("sleep").await, Failure::new("433", "Invoking task timed out after 2 seconds"));
    let second = pid().await;
    assert_ne!(first, second);
    assert_eq!(failed("exit").await.kind, "439");
    let third = pid().await;
    assert_ne!(second, third);
    // As when memory runs out.
    assert_eq!(failed("kill").await.kind, "434");
    assert_ne!(third, pid().await);
}

#[tokio::test]
async fn the_first_report_counts() {
    let (platform, mut lines, _folder) = start(FunctionKind::Event, "twice").await.unwrap();
    native(&*platform, json!({})).await.unwrap();
    let mut said = Vec::new();
    while said.len() < 2 {
        said.push(lines.recv().await.unwrap());
    }
    assert!(said.contains(&"second report: 400".to_owned()), "{said:?}");
}

#[tokio::test]
async fn a_web_function_gets_requests_as_they_were_sent() {
    let (platform, _lines, _folder) = start(FunctionKind::Web, "").await.unwrap();
    let (head, body) = visit(&*platform, get("/a%20b?q")).await;
    let seen: Value = serde_json::from_str(&body.unwrap()).unwrap();
    assert_eq!((head.status.as_u16(), &seen["path"], &seen["headers"]["x-a"]), (202, &"/a%20b?q".into(), &"1".into()));
    assert_eq!((&seen["headers"]["x-scf-name"], &seen["headers"]["x-scf-timeout"]), (&"f".into(), &"2".into()));
    assert!(seen["headers"]["x-scf-request-id"].is_string());
    assert_eq!(visit(&*platform, get("/slow")).await.0.status, 433);
    assert_eq!(visit(&*platform, get("/")).await.0.status, 202, "in a new process");
    assert!(native(&*platform, json!({})).await.unwrap_err().message.contains("takes no events"));
    platform.stop(Duration::from_secs(1)).await;
}

async fn piece(response: &mut Response<Body>) -> Bytes {
    let frame = response.body_mut().frame().await.expect("one more").expect("whole");
    frame.into_data().expect("no trailers")
}

#[tokio::test]
async fn an_answer_of_a_web_function_arrives_while_it_is_made() {
    let (platform, mut lines, folder) = start(FunctionKind::Web, "").await.unwrap();
    let mut response = platform.http(get("/stream")).await;
    assert_eq!(piece(&mut response).await, "first ");
    std::fs::write(folder.path().join("arrived"), "").unwrap();
    assert_eq!(piece(&mut response).await, "second");
    let (head, body) = visit(&*platform, get("/break")).await;
    assert_eq!((head.status.as_u16(), body.is_err()), (200, true));
    let said = std::iter::from_fn(|| lines.try_recv().ok()).collect::<Vec<_>>().join("\n");
    assert!(said.contains("the function broke off its answer: the process ended (exit status: 7)"), "{said}");
    assert_eq!(visit(&*platform, get("/")).await.0.status, 202);
}

#[tokio::test]
async fn a_web_function_that_ends_or_says_too_much_has_the_platforms_number_and_the_next_request_is_served() {
    let (platform, _lines, _folder) = start(FunctionKind::Web, "").await.unwrap();
    for (path, status) in [("/exit", 439), ("/kill", 434), ("/large", 443)] {
        let (head, body) = visit(&*platform, get(path)).await;
        let body: Value = serde_json::from_str(&body.unwrap()).unwrap();
        assert_eq!((head.status.as_u16(), &body["errorCode"]), (status, &status.into()), "{path}");
        assert_eq!(visit(&*platform, get("/")).await.0.status, 202, "after {path}");
    }
    let large = visit(&*platform, get("/large")).await.1.unwrap();
    assert!(large.contains("the headers of the response are larger than 4 KB"), "{large}");
}

#[tokio::test]
async fn a_process_that_cannot_be_replaced_is_tried_again() {
    let (platform, _lines, _folder) = start(FunctionKind::Event, "exit the second").await.unwrap();
    assert_eq!(native(&*platform, json!({ "do": "exit" })).await.unwrap_err().kind, "439");
    assert_eq!(native(&*platform, json!({})).await.unwrap_err().kind, "405");
    assert!(native(&*platform, json!({})).await.is_ok());
    let (platform, _lines, _folder) = start(FunctionKind::Web, "exit the second").await.unwrap();
    assert_eq!(visit(&*platform, get("/exit")).await.0.status, 439);
    assert_eq!(visit(&*platform, get("/")).await.0.status, 405);
    assert_eq!(visit(&*platform, get("/")).await.0.status, 202);
}

#[tokio::test]
async fn a_process_that_ends_at_once_does_not_start() {
    for kind in [FunctionKind::Event, FunctionKind::Web] {
        let error = start(kind, "exit").await.err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some("it ended (exit status: 3) before it was ready"));
    }
}
