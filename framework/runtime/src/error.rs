//! [`Error`]: what a handler answers when it cannot do what was asked.
//!
//! A message is for the client, a cause is for the log. The two never mix: whatever arrives through `?` from another error type
//! answers 500 with a fixed sentence, and its own text stands in the log beside the request id.

use std::{any::Any, borrow::Cow, error::Error as StdError, fmt};

use axum::{
    extract::rejection::{
        BytesRejection, FormRejection, JsonRejection, PathRejection, QueryRejection, StringRejection,
    },
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::current;

/// The result of a handler.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Cause = Box<dyn StdError + Send + Sync>;

/// An answer that says what went wrong, as JSON: `{"success":false,"message":"…"}`.
///
/// ```
/// # use fx_runtime::{Error, Result};
/// fn age(text: &str) -> Result<u8> {
///     text.parse().map_err(|_| Error::bad_request("`age` is a whole number"))
/// }
/// assert_eq!(age("old").unwrap_err().status(), 400);
///
/// // Any other error becomes a 500 that tells the client nothing; the log has the details.
/// fn settings() -> Result<String> {
///     Ok(std::fs::read_to_string("/no/such/file")?)
/// }
/// assert_eq!(settings().unwrap_err().message(), "internal error");
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    status: StatusCode,
    message: Cow<'static, str>,
    cause: Option<Cause>,
    headers: HeaderMap,
}

impl Error {
    /// An answer with any status.
    pub fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { status, message: message.into(), cause: None, headers: HeaderMap::new() }))
    }

    /// 400: the request makes no sense.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 401: who is asking?
    pub fn unauthorized(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    /// 403: not for this caller.
    pub fn forbidden(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// 404: there is no such thing.
    pub fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 409: it clashes with what is there.
    pub fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// 422: well-formed, and still not acceptable.
    pub fn unprocessable(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// 429: too fast.
    pub fn too_many_requests(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, message)
    }

    /// 500, with a message that the client may see.
    pub fn internal(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    /// Adds what happened underneath. It goes to the log, never to the client.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<Cause>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// Adds a header to the answer, such as `Retry-After`.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.append(name, value);
        self
    }

    /// The status it answers with.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// What the client reads.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What only the log reads: the cause and its causes, joined by `: `.
    pub fn detail(&self) -> Option<String> {
        let mut text = String::new();
        let mut next = self.0.cause.as_deref().map(|cause| cause as &dyn StdError);
        while let Some(cause) = next {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&cause.to_string());
            next = cause.source();
        }
        (!text.is_empty()).then_some(text)
    }

    /// Writes it to the log if somebody has to look at it: it has a cause, or the fault is on this side.
    pub(crate) fn log(&self) {
        let status = self.0.status.as_u16();
        match self.detail() {
            Some(detail) if self.0.status.is_server_error() => {
                tracing::error!(target: "fx", status, detail, "{}", self.0.message);
            }
            Some(detail) => tracing::warn!(target: "fx", status, detail, "{}", self.0.message),
            None if self.0.status.is_server_error() => tracing::error!(target: "fx", status, "{}", self.0.message),
            None => {}
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        self.log();
        let mut response = answer(self.0.status, &self.0.message);
        response.headers_mut().extend(self.0.headers);
        response
    }
}

/// The JSON body every error of the framework has.
pub(crate) fn answer(status: StatusCode, message: &str) -> Response {
    #[derive(Serialize)]
    struct Body<'a> {
        success: bool,
        message: &'a str,
        #[serde(rename = "requestId", skip_serializing_if = "Option::is_none")]
        request_id: Option<&'a str>,
    }
    let context = if status.is_server_error() { current::context() } else { None };
    let body = Body { success: false, message, request_id: context.as_ref().map(super::context::Context::request_id) };
    // A struct of two texts and a boolean always serialises.
    let body = serde_json::to_vec(&body).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
}

impl<E> From<E> for Error
where
    E: StdError + Send + Sync + 'static,
{
    fn from(error: E) -> Self {
        // An extractor's refusal taken as `Result<Json<T>, JsonRejection>` and passed on with `?` is still the client's fault.
        match refused(&error) {
            Some((status, message)) => Self::new(status, message),
            None => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error").with_cause(error),
        }
    }
}

fn refused(error: &dyn Any) -> Option<(StatusCode, String)> {
    macro_rules! one_of {
        ($($rejection:ty),*) => {
            $(if let Some(rejection) = error.downcast_ref::<$rejection>() {
                return Some((rejection.status(), rejection.body_text()));
            })*
        };
    }
    one_of!(JsonRejection, FormRejection, QueryRejection, PathRejection, BytesRejection, StringRejection);
    None
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Error")
            .field("status", &self.0.status)
            .field("message", &self.0.message)
            .field("detail", &self.detail())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_error_tells_the_client_nothing() {
        let error: Error = std::io::Error::other("secret host db-7").into();
        assert_eq!(error.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(error.to_string(), "internal error");
        assert_eq!(error.detail().as_deref(), Some("secret host db-7"));
    }

    #[test]
    fn an_extractors_refusal_keeps_its_status() {
        let rejection = PathRejection::MissingPathParams(Default::default());
        let expected = rejection.status();
        assert_eq!(Error::from(rejection).status(), expected);
        let form = FormRejection::InvalidFormContentType(Default::default());
        assert_eq!(Error::from(form).status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }

    #[test]
    fn headers_reach_the_answer() {
        let error = Error::too_many_requests("slowly").with_header(header::RETRY_AFTER, HeaderValue::from_static("9"));
        let response = error.into_response();
        assert_eq!(response.headers()[header::RETRY_AFTER], "9");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
    }
}
