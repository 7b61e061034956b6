//! What `fx invoke` and `fx logs` ask.

use std::time::{Duration, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::STANDARD};
use fx_aws_stub::Fault;
use fx_provider::emulator::Failure;
use serde_json::json;

use crate::{Cloud, shop};

#[tokio::test]
async fn a_function_is_called_through_its_alias_and_its_failure_is_no_answer() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    let log = ("x-amz-log-result", STANDARD.encode("START\nhello\nEND\n"));
    let request = ("x-amzn-requestid", "r-7".to_owned());
    let failed = ("x-amz-function-error", "Unhandled".to_owned());
    let answers = [
        Fault::Answered(vec![log.clone(), request.clone()], r#"{"sum":3}"#.into()),
        Fault::Answered(vec![log, request, failed], r#"{"errorType":"Empty","errorMessage":"no todo"}"#.into()),
    ];
    cloud.proxy.fail("Invoke", answers);
    let called = cloud.platform().await.invoke("shop", br#"{"a":1}"#).await.unwrap();
    assert_eq!(called.result, Ok(r#"{"sum":3}"#.into()));
    assert_eq!((called.request.as_deref(), called.log.as_deref()), (Some("r-7"), Some("START\nhello\nEND\n")));
    let called = cloud.platform().await.invoke("shop", b"{}").await.unwrap();
    assert_eq!(called.result, Err(Failure::new("Empty", "no todo")));

    let calls = cloud.proxy.take_calls();
    let invoke = calls.iter().find(|call| call.operation() == "Invoke").unwrap();
    assert_eq!(invoke.request.uri.query(), Some("Qualifier=live"));
    assert_eq!(invoke.request.headers["x-amz-log-type"], "Tail");
    assert_eq!(invoke.body, json!({ "a": 1 }));
}

#[tokio::test]
async fn a_log_is_read_from_a_moment_on_to_its_end() {
    let cloud = Cloud::new().await;
    cloud.deployed(&shop("a"), "1").await;
    // Lambda makes the group with the first line.
    assert_eq!(cloud.platform().await.logs("shop", UNIX_EPOCH).await.unwrap(), []);
    cloud.proxy.take_calls();
    let event = |number: u64| json!({ "eventId": number.to_string(), "timestamp": number, "message": format!("line {number}\n") });
    let page = |numbers: &[u64], more: serde_json::Value| {
        let events: Vec<_> = numbers.iter().copied().map(event).collect();
        Fault::Answered(vec![], json!({ "events": events, "nextToken": more }).to_string())
    };
    cloud.proxy.fail("FilterLogEvents", [page(&[2, 1], json!("more")), page(&[3], json!(null))]);
    let since = UNIX_EPOCH + Duration::from_millis(1);
    let lines = cloud.platform().await.logs("shop", since).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["line 1", "line 2", "line 3"]);
    assert_eq!((lines[0].time, lines[0].id.as_str()), (Some(1), "1"));
    let calls = cloud.proxy.take_calls();
    assert_eq!(calls[0].body, json!({ "logGroupName": "/aws/lambda/shop", "startTime": 1 }));
    assert_eq!(calls[1].body["nextToken"], "more");
}
