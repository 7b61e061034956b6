//! An extractor's refusal becomes the JSON that every other error of a service is.

use axum::{
    body::{Body, HttpBody},
    response::Response,
};
use futures_util::FutureExt;
use http::{StatusCode, header};
use http_body_util::BodyExt;

use crate::error;

/// Larger texts than this are somebody's page, not a sentence.
const SENTENCE: u64 = 4096;

/// The answer to a request whose argument could not be extracted.
///
/// axum's own extractors refuse with a sentence in plain text; it is put into `{"success":false,"message":…}`. Any other answer (a
/// redirect, a page, JSON of the user's own) is left as it is.
pub fn answer(response: Response) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || !is_sentence(&response) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let mut answer = error::answer(status, &text(body).unwrap_or_default());
    for (name, value) in &parts.headers {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            answer.headers_mut().append(name, value.clone());
        }
    }
    answer
}

/// The refusal of an extractor as text, for an invocation that has no HTTP answer.
pub(crate) fn describe(response: Response) -> (StatusCode, String) {
    let status = response.status();
    let short = response.body().size_hint().exact().is_some_and(|size| (1..=SENTENCE).contains(&size));
    let text = if short { text(response.into_body()) } else { None };
    (status, text.unwrap_or_else(|| format!("an argument could not be extracted: {status}")))
}

/// A body of known size is in memory already, so there is nothing to wait for.
fn text(body: Body) -> Option<String> {
    let body = body.collect().now_or_never()?.ok()?;
    Some(String::from_utf8_lossy(&body.to_bytes()).into_owned())
}

fn is_sentence(response: &Response) -> bool {
    let plain =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    plain && response.body().size_hint().exact().is_some_and(|size| (1..=SENTENCE).contains(&size))
}
