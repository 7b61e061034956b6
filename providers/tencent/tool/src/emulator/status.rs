//! The platform's numbers.

use fx_provider::emulator::{Body, Failure, Lost, StartError, ending, json};
use http::{Response, StatusCode};
use serde_json::json as object;

pub(super) fn too_large(what: &str) -> Failure {
    Failure::new("406", format!("RequestTooLarge: {what} is larger than 6 MB"))
}

pub(super) fn lost(lost: &Lost, seconds: u32) -> Failure {
    match lost {
        Lost::TimedOut => Failure::new("433", format!("Invoking task timed out after {seconds} seconds")),
        Lost::Ended(status) => Failure::new("439", format!("Process exited unexpectedly: {}", ending(*status))),
    }
}

pub(super) fn not_started(error: &StartError) -> Failure {
    match error {
        StartError::Silent(_) => Failure::new("450", format!("InitContainerTimeout: {error}")),
        other => Failure::new("405", format!("ContainerStateExited: {other}")),
    }
}

/// What somebody who called over HTTP gets: the number as the status.
pub(super) fn response(failure: &Failure) -> Response<Body> {
    let number: u16 = failure.kind.parse().unwrap_or(500);
    let status = StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    json(status, &object!({ "errorCode": number, "errorMessage": failure.message }))
}
