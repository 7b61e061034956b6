//! What came back from a call, and how it is shown.

use bytes::Bytes;
use fx_provider::emulator::Failure;
use http::{Response, StatusCode, header};
use serde_json::{Value, json};

use super::choice::Kind;
use crate::{local::request, output::Output};

/// What to do about a message's payload that stands where the message itself belongs.
const UNDER_BODY: &str = "put the message under `body`: -d '{\"topic\": \"todo\", \"body\": {\"id\": 7}}'";

/// What to do about data that is no message, by what is wrong with it.
pub(super) fn under_body(kind: Option<Kind>, message: &str) -> Option<&'static str> {
    let unwrapped = message.contains("unknown field") || message.contains("missing field `body`");
    (kind == Some(Kind::Message) && unwrapped).then_some(UNDER_BODY)
}

/// What came back.
pub(super) struct Reply {
    /// Whether the function did what it was asked.
    pub(super) ok: bool,
    value: Value,
    help: Option<&'static str>,
    /// The end of the function's log, where the platform sends it along.
    log: Option<String>,
}

impl Reply {
    /// What the function answered to a request with this id: an error is a failed call, as it is for an event.
    pub(super) fn of_request(response: &Response<Bytes>, id: Option<String>) -> Self {
        let headers: serde_json::Map<String, Value> = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()))
            .collect();
        let answered =
            response.headers().get(request::ID).map(|id| String::from_utf8_lossy(id.as_bytes()).into_owned());
        let id = answered.or(id);
        let text = String::from_utf8_lossy(response.body());
        let is_json = response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("application/json")));
        let body = serde_json::from_str(&text).ok().filter(|_| is_json).unwrap_or_else(|| Value::from(text.as_ref()));
        let ok = response.status().as_u16() < 400;
        let result = json!({ "status": response.status().as_u16(), "headers": headers, "body": body });
        Self { ok, value: json!({ "ok": ok, "result": result, "requestId": id }), help: None, log: None }
    }

    /// What became of a call of a deployed function.
    pub(super) fn of_outcome(outcome: Result<Value, Failure>, id: Option<&str>) -> Self {
        let ok = outcome.is_ok();
        let value = match outcome {
            Ok(result) => json!({ "ok": true, "result": result, "requestId": id }),
            Err(failure) => json!({ "ok": false, "error": failure, "requestId": id }),
        };
        Self { ok, value, help: None, log: None }
    }

    /// The same with the end of the function's log.
    pub(super) fn with_log(mut self, log: Option<String>) -> Self {
        if let Some(log) = &log {
            self.value["log"] = log.as_str().into();
        }
        Self { log, ..self }
    }

    /// What became of an event; `None`: it was one of the platform's own.
    pub(super) fn of_event(response: &Response<Bytes>, kind: Option<Kind>) -> Self {
        let ok = response.status() == StatusCode::OK;
        let value: Value = serde_json::from_slice(response.body()).unwrap_or_else(|_| {
            let message = String::from_utf8_lossy(response.body());
            json!({ "ok": false, "error": { "type": response.status().to_string(), "message": message } })
        });
        let message = value.pointer("/error/message").and_then(Value::as_str).unwrap_or_default();
        let help = under_body(kind, message).filter(|_| response.status() == StatusCode::BAD_REQUEST);
        Self { ok, value, help, log: None }
    }

    /// Prints it: the answer on stdout, everything about it on stderr.
    pub(super) fn print(&self, output: &Output) {
        if output.is_json() {
            output.json(&self.value);
            return;
        }
        if let Some(log) = &self.log {
            output.note(log.trim_end());
        }
        let text = |name: &str| self.value.pointer(name).and_then(Value::as_str).unwrap_or_default();
        if let Some(status) = self.value.pointer("/result/status") {
            output.note(format_args!("status {status}"));
        }
        if !text("/requestId").is_empty() {
            output.note(format_args!("request id {}", text("/requestId")));
        }
        if let Some(error) = self.value.get("error") {
            let kind = error.get("type").and_then(Value::as_str).unwrap_or("error");
            output.note(format_args!("error: {kind}: {}", text("/error/message")));
            if let Some(help) = self.help {
                output.note(format_args!("help: {help}"));
            }
            return;
        }
        let is_http = self.value.pointer("/result/headers").is_some() && self.value.pointer("/result/status").is_some();
        let result = self.value.pointer(if is_http { "/result/body" } else { "/result" });
        match result {
            Some(Value::Null) if !is_http => output.note("done"),
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => output.line(text.trim_end()),
            Some(value) => output.line(format_args!("{value:#}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: StatusCode, body: &str) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(body.to_owned()));
        *response.status_mut() = status;
        response
    }

    #[test]
    fn an_error_over_http_is_a_failed_call() {
        for (status, ok) in [(200, true), (302, true), (400, false), (404, false), (500, false)] {
            let reply = Reply::of_request(&answer(StatusCode::from_u16(status).unwrap(), "x"), Some("sent".into()));
            assert_eq!((reply.ok, &reply.value["ok"], &reply.value["requestId"]), (ok, &json!(ok), &json!("sent")));
            assert_eq!(reply.value["result"]["status"], status);
        }
        let mut told = answer(StatusCode::OK, "x");
        told.headers_mut().insert("x-request-id", http::HeaderValue::from_static("its own"));
        assert_eq!(Reply::of_request(&told, Some("sent".into())).value["requestId"], "its own");
    }

    #[test]
    fn a_payload_without_its_message_is_told_where_it_goes() {
        let refused = answer(
            StatusCode::BAD_REQUEST,
            r#"{"ok":false,"error":{"type":"Runtime.BadEvent","message":"unknown field `id7`, expected one of `id`, `body`"}}"#,
        );
        assert!(
            Reply::of_event(&refused, Some(Kind::Message)).help.unwrap().starts_with("put the message under `body`")
        );
        assert_eq!(Reply::of_event(&refused, Some(Kind::Timer)).help, None);
        let failed = answer(StatusCode::INTERNAL_SERVER_ERROR, r#"{"ok":false,"error":{"message":"unknown field"}}"#);
        assert_eq!(Reply::of_event(&failed, Some(Kind::Message)).help, None, "the function's own words");
    }
}
