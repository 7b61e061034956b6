//! Answers that are sent while they are made.

use std::{
    io,
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use axum::body::Body;
use futures_util::FutureExt;
use http_body_util::BodyExt;

use super::{
    connection::Connection,
    dialect::{Dialect, Outcome},
};
use crate::{
    function::{Failure, FailureKind},
    service::late,
};

/// Sends `beginning` and then the body's frames. If the body breaks off, what the dialect has to say about it goes behind the last chunk.
pub(super) async fn send<D: Dialect>(
    dialect: &D,
    connection: &mut Connection,
    ticket: &D::Ticket,
    beginning: &[u8],
    mut body: Body,
    (limit, timeout): (Instant, Duration),
) -> io::Result<u16> {
    connection.begin(|post| dialect.address(ticket, Outcome::Stream, post), beginning).await?;
    let mut trailers = Vec::new();
    loop {
        let frame = AssertUnwindSafe(body.frame()).catch_unwind();
        let broken = match tokio::time::timeout_at(limit.into(), frame).await {
            Ok(Ok(None)) => break,
            Ok(Ok(Some(Ok(frame)))) => {
                if let Ok(data) = frame.into_data() {
                    connection.chunk(&data).await?;
                }
                continue;
            }
            Ok(Ok(Some(Err(error)))) => {
                let message = "the answer broke off".to_owned();
                Failure { kind: FailureKind::Error, message, detail: Some(error.to_string()) }
            }
            Ok(Err(_)) => {
                Failure { kind: FailureKind::Panic, message: "the function panicked".to_owned(), detail: None }
            }
            Err(_) => late(timeout),
        };
        let detail = broken.detail.as_deref().unwrap_or_default();
        tracing::error!(target: "fx", kind = broken.kind.as_str(), detail, "an answer broke off: {}", broken.message);
        dialect.broken_off(&broken, &mut trailers);
        break;
    }
    Ok(connection.end(&trailers).await?.status)
}
