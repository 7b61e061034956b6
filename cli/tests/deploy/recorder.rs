//! A function that remembers what it was called with.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};

/// It answers whatever it is asked, and fails at an event with `fail` in it.
#[derive(Default)]
pub struct Recorder {
    events: Mutex<Vec<(String, Value)>>,
    requests: Mutex<Vec<String>>,
}

const FAILURE: &str = r#"{"errorType":"Empty","errorMessage":"no todo"}"#;

impl Recorder {
    /// The events since the last time, each with the function that it was for.
    pub fn take_events(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.events.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The requests since the last time: function, method, target and body.
    pub fn take_requests(&self) -> Vec<String> {
        std::mem::take(&mut self.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn event(&self, function: &str, event: &Bytes) -> Result<Bytes, Bytes> {
        let event: Value = serde_json::from_slice(event).unwrap();
        let failing = event.to_string().contains("fail");
        // An API gateway's event, and that of a function's URL.
        let (first, second) = (&event["httpMethod"], &event["requestContext"]["http"]["method"]);
        let answer = match first.as_str().or(second.as_str()) {
            Some(method) => {
                let path = event["path"].as_str().or(event["rawPath"].as_str()).unwrap();
                let body = format!("{method} {path}");
                json!({ "isBase64Encoded": false, "statusCode": 200, "headers": { "x-own": "1" }, "body": body })
            }
            None => json!({ "purged": 3 }),
        };
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push((function.to_owned(), event));
        if failing { Err(Bytes::from_static(FAILURE.as_bytes())) } else { Ok(answer.to_string().into()) }
    }

    fn request(&self, function: &str, request: &Request<Bytes>) -> Response<Bytes> {
        let target = request.uri().path_and_query().unwrap();
        let said = format!("{} {target}", request.method());
        let body = String::from_utf8_lossy(request.body());
        let seen = format!("{function} {said} {body}").trim_end().to_owned();
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
        Response::builder().header("x-own", "1").body(said.into()).unwrap()
    }
}

impl fx_aliyun_stub::Runner for Recorder {
    fn visit(
        &self,
        deployed: fx_aliyun_stub::Deployed,
        request: Request<Bytes>,
    ) -> fx_aliyun_stub::Running<'_, Response<Bytes>> {
        Box::pin(async move { self.request(&deployed.function, &request) })
    }

    fn invoke(
        &self,
        deployed: fx_aliyun_stub::Deployed,
        event: Bytes,
    ) -> fx_aliyun_stub::Running<'_, Result<Bytes, fx_aliyun_stub::Failed>> {
        Box::pin(async move {
            let failed = |body| fx_aliyun_stub::Failed { kind: "UnhandledInvocationError".into(), body };
            self.event(&deployed.function, &event).map_err(failed)
        })
    }
}

impl fx_tencent_stub::Runner for Recorder {
    fn visit(
        &self,
        deployed: fx_tencent_stub::Deployed,
        request: Request<Bytes>,
    ) -> fx_tencent_stub::Running<'_, Response<Bytes>> {
        Box::pin(async move { self.request(&deployed.function, &request) })
    }

    fn invoke(
        &self,
        deployed: fx_tencent_stub::Deployed,
        event: Bytes,
    ) -> fx_tencent_stub::Running<'_, Result<Bytes, fx_tencent_stub::Failed>> {
        Box::pin(async move {
            let failed = |body| fx_tencent_stub::Failed { kind: "430".into(), body };
            self.event(&deployed.function, &event).map_err(failed)
        })
    }
}

impl fx_aws_stub::Runner for Recorder {
    fn visit(
        &self,
        deployed: fx_aws_stub::Deployed,
        request: Request<Bytes>,
    ) -> fx_aws_stub::Running<'_, Response<Bytes>> {
        Box::pin(async move { self.request(&deployed.function, &request) })
    }

    fn invoke(
        &self,
        deployed: fx_aws_stub::Deployed,
        event: Bytes,
    ) -> fx_aws_stub::Running<'_, Result<Bytes, fx_aws_stub::Failed>> {
        Box::pin(async move {
            let failed = |body| fx_aws_stub::Failed { kind: "Unhandled".into(), body };
            self.event(&deployed.function, &event).map_err(failed)
        })
    }
}
