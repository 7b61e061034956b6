//! The emulator, held against a runtime that has nothing of fx in it.

use std::{path::Path, time::Duration};

use bytes::Bytes;
use fx_aliyun_tool::AliyunEmulator;
use fx_provider::{
    emulator::{Body, Emulator, Event, Failure, Platform, StartError, full},
    testing::{launch, visit},
};
use http::{Request, Response};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::mpsc;

const F_YML: &str = "service: s\nprovider: { timeout: 2, memorySize: 128 }\nfunctions:\n  f:\n    handler: a.b\n    events:\n      - timer: { type: every, value: 5m, name: tick }\n      - http: { path: /*, method: any }\n";

type Started = (Box<dyn Platform>, mpsc::UnboundedReceiver<String>, TempDir);

async fn start(how: &str) -> Result<Started, StartError> {
    let folder = TempDir::new().expect("a folder");
    let (starts, arrived) = (folder.path().join("starts"), folder.path().join("arrived"));
    let (starts, arrived) = (starts.display().to_string(), arrived.display().to_string());
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulator/function.py");
    let launch =
        launch(F_YML, &program, &std::env::temp_dir(), &[("START", how), ("STARTS", &starts), ("ARRIVED", &arrived)]);
    let (said, lines) = mpsc::unbounded_channel();
    Ok((AliyunEmulator.start(launch, said).await?, lines, folder))
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).header("x-a", "1").header("x-fc-control-path", "/invoke").body(full("")).expect("a request")
}

fn native(event: &Value) -> Event {
    Event::Native(event.to_string().into())
}

#[tokio::test]
async fn a_request_arrives_as_it_was_sent_with_the_platforms_headers() {
    let (platform, _lines, _folder) = start("").await.unwrap();
    let (head, body) = visit(&*platform, get("/a%20b?q=1")).await;
    let said: Value = serde_json::from_str(&body.unwrap()).unwrap();
    assert_eq!((head.status.as_u16(), &said["path"], &said["method"]), (201, &"/a%20b?q=1".into(), &"GET".into()));
    assert_eq!(said["headers"]["x-fc-control-path"], "/http-invoke");
    assert_eq!((&said["headers"]["x-a"], &said["headers"]["x-fc-function-timeout"]), (&"1".into(), &"2".into()));
    assert_eq!(head.headers.get_all("set-cookie").iter().count(), 2);
    assert!(!head.headers.contains_key("x-fc-own") && head.headers.contains_key("x-fc-request-id"));
    let variables: Vec<_> = said["environment"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for name in ["FC_CUSTOM_LISTEN_PORT", "FC_FUNCTION_NAME", "FC_FUNC_CODE_PATH", "FC_REGION"] {
        assert!(variables.contains(&name), "{variables:?}");
    }
    let (head, _) = visit(&*platform, get("/large")).await;
    assert_eq!(
        (head.status.as_u16(), &head.headers["x-fc-error-type"]),
        (502, &"UnhandledInvocationError".parse().unwrap())
    );
}

#[tokio::test]
async fn an_event_succeeds_or_fails_by_its_status_header() {
    let (platform, mut lines, _folder) = start("").await.unwrap();
    let event = Event::Of { function: "f".into(), kind: "timer".into(), data: json!({ "payload": "p" }) };
    let got = platform.invoke(event).await.unwrap();
    assert_eq!((&got["got"]["triggerName"], &got["got"]["payload"]), (&"tick".into(), &"p".into()));
    let failure = platform.invoke(native(&json!("fail"))).await.unwrap_err();
    assert_eq!(failure, Failure::new("E", "on purpose"));
    assert!(lines.try_recv().is_err(), "the platform keeps its own lines");
    platform.invoke(native(&json!("quiet"))).await.unwrap();
    assert!(lines.recv().await.unwrap().starts_with("warning: the function did not log `FC Invoke Start RequestId: "));
}

#[tokio::test]
async fn a_timeout_and_an_exit_cost_the_process_but_not_the_next_request() {
    let (platform, _lines, _folder) = start("").await.unwrap();
    let pid = async || platform.invoke(native(&json!({}))).await.unwrap()["pid"].as_u64().unwrap();
    let first = pid().await;
    let failure = platform.invoke(native(&json!("slow"))).await.unwrap_err();
    assert_eq!(failure, Failure::new("FunctionTimeout", "Function time out after 2 seconds"));
    let second = pid().await;
    assert_ne!(first, second);
    let (head, body) = visit(&*platform, get("/exit")).await;
    assert_eq!(head.status, 502);
    assert!(body.unwrap().contains("Process exited unexpectedly before completing request (exit status: 7)"));
    let third = pid().await;
    assert_ne!(second, third);
    let failure = platform.invoke(native(&json!("exit"))).await.unwrap_err();
    assert_eq!(failure.kind, "ProcessExitedUnexpectedly");
    // As when memory runs out.
    let fourth = pid().await;
    let failure = platform.invoke(native(&json!("kill"))).await.unwrap_err();
    assert!(failure.message.ends_with("before completing request (signal: 9 (SIGKILL))"), "{failure}");
    assert_ne!(fourth, pid().await);
    let (head, _) = visit(&*platform, get("/kill")).await;
    assert_eq!(
        (head.status.as_u16(), &head.headers["x-fc-error-type"]),
        (502, &"UnhandledInvocationError".parse().unwrap())
    );
    pid().await;
    platform.stop(Duration::from_secs(1)).await;
}

#[tokio::test]
async fn a_process_that_cannot_be_replaced_is_tried_again() {
    let (platform, _lines, _folder) = start("refuse the second").await.unwrap();
    assert_eq!(visit(&*platform, get("/exit")).await.0.status, 502);
    let (head, body) = visit(&*platform, get("/")).await;
    assert_eq!((head.status.as_u16(), body.unwrap().contains("no database")), (502, true));
    assert_eq!(visit(&*platform, get("/")).await.0.status, 201);
}

async fn piece(response: &mut Response<Body>) -> Bytes {
    let frame = response.body_mut().frame().await.expect("one more").expect("whole");
    frame.into_data().expect("no trailers")
}

#[tokio::test]
async fn an_answer_arrives_while_it_is_made() {
    let (platform, mut lines, folder) = start("").await.unwrap();
    let mut response = platform.http(get("/stream")).await;
    assert_eq!(piece(&mut response).await, "first ");
    std::fs::write(folder.path().join("arrived"), "").unwrap();
    assert_eq!(piece(&mut response).await, "second");
    let (head, body) = visit(&*platform, get("/break")).await;
    assert_eq!((head.status.as_u16(), body.is_err()), (200, true));
    let said = std::iter::from_fn(|| lines.try_recv().ok()).collect::<Vec<_>>().join("\n");
    assert!(said.contains("the function broke off its answer: the process ended (exit status: 7)"), "{said}");
    assert_eq!(visit(&*platform, get("/")).await.0.status, 201);
}

#[tokio::test]
async fn what_is_too_large_or_not_in_the_list_does_not_reach_the_function() {
    let (platform, _lines, _folder) = start("").await.unwrap();
    let refused = async |request: Request<Body>| {
        let (head, body) = visit(&*platform, request).await;
        assert_eq!(head.headers["x-fc-error-type"], "FcCommonError");
        let body: Value = serde_json::from_str(&body.unwrap()).unwrap();
        (head.status.as_u16(), body["Code"].as_str().unwrap().to_owned(), body["Message"].as_str().unwrap().to_owned())
    };
    let wide = Request::get("/").header("x-wide", "w".repeat(8 * 1024)).body(full("")).unwrap();
    assert_eq!(refused(wide).await, (400, "InvalidArgument".into(), "the headers are larger than 8 KB".into()));
    let long = Request::get(format!("/{}", "p".repeat(4096))).body(full("")).unwrap();
    assert_eq!(refused(long).await, (400, "InvalidArgument".into(), "path and query are longer than 4 KB".into()));
    let trace = Request::builder().method("TRACE").uri("/").body(full("")).unwrap();
    assert_eq!(refused(trace).await.0, 403);
    let delete = Request::delete("/").body(full("")).unwrap();
    assert_eq!(visit(&*platform, delete).await.0.status, 201);
}

#[tokio::test]
async fn a_start_that_fails_says_why() {
    let error = start("refuse").await.err().map(|error| error.to_string());
    assert_eq!(error.as_deref(), Some("FunctionInitializationFailed: no database"));
    let error = start("exit").await.err().map(|error| error.to_string());
    assert_eq!(error.as_deref(), Some("it ended (exit status: 3) before it was ready"));
}
