//! The platform's numbers.

use std::os::unix::process::ExitStatusExt;

use fx_provider::emulator::{Body, Failure, Lost, StartError, ending, json};
use http::{Response, StatusCode};
use serde_json::json as object;

/// SIGKILL, on every Unix.
const KILL: i32 = 9;

pub(super) fn too_large(what: &str) -> Failure {
    Failure::new("406", format!("RequestTooLarge: {what} is larger than 6 MB"))
}

pub(super) fn lost(lost: &Lost, seconds: u32) -> Failure {
    match lost {
        Lost::TimedOut => Failure::new("433", format!("Invoking task timed out after {seconds} seconds")),
        // The number of a process that is killed because it has used up its memory.
        Lost::Ended(status) if status.is_some_and(|status| status.signal() == Some(KILL)) => {
            Failure::new("434", format!("MemoryLimitReached: the process was killed: {}", ending(*status)))
        }
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
