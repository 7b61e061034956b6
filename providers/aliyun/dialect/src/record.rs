//! The lines on standard output by which the platform cuts the log into requests.

use std::{
    io::Write,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

/// What is being recorded.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stage {
    Initialize,
    Invoke,
    PreStop,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Self::Initialize => "Initialize",
            Self::Invoke => "Invoke",
            Self::PreStop => "PreStop",
        }
    }
}

/// An invocation on record: begun when this is made, ended when it is dropped.
pub(crate) struct Record {
    stage: Stage,
    request_id: Option<Box<str>>,
    failed: bool,
}

impl Record {
    /// Without a request id there is nothing to cut by.
    pub(crate) fn begin(stage: Stage, request_id: Option<&str>) -> Self {
        if let Some(id) = request_id {
            write(&format!("FC {} Start RequestId: {id}\n", stage.name()));
        }
        Self { stage, request_id: request_id.map(Box::from), failed: false }
    }

    pub(crate) fn fail(&mut self) {
        self.failed = true;
    }

    /// Ends with the response: when it is whole already, at once; a stream is still the work of the invocation.
    pub(crate) fn end_with(self, response: Response) -> Response {
        if response.body().size_hint().exact().is_some() || self.request_id.is_none() {
            return response;
        }
        response.map(|body| Body::new(Recorded { body, _record: self }))
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        if let Some(id) = &self.request_id {
            let error = if self.failed { ", Error: Unhandled function error" } else { "" };
            write(&format!("FC {} End RequestId: {id}{error}\n", self.stage.name()));
        }
    }
}

/// One write a line, so that lines do not mix. A closed pipe is nobody's fault.
fn write(line: &str) {
    let _ = std::io::stdout().lock().write_all(line.as_bytes());
}

struct Recorded {
    body: Body,
    _record: Record,
}

impl HttpBody for Recorded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(task)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
