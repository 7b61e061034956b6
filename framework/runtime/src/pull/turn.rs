//! [`Turn`]: one invocation after the other.

use std::{
    io,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::FutureExt;

use super::{
    connection::Connection,
    dialect::{Answer, Arrived, Dialect, Outcome},
    stream,
};
use crate::{
    function::{Failure, FailureKind},
    panic::Panic,
    service::{Service, late},
};

/// What a platform that keeps refusing is given before this side gives up.
const MAX_REFUSALS: u32 = 8;

/// One of the loops; mostly the only one.
pub(super) struct Turn<D> {
    pub(super) dialect: Arc<D>,
    pub(super) service: Service,
    pub(super) connection: Connection,
    /// Whether it waits for an invocation now; then it can be dropped.
    pub(super) waiting: Arc<AtomicBool>,
    /// Whether no further invocation is to be asked for.
    pub(super) stopping: Arc<AtomicBool>,
    /// Where answers are written; kept from one invocation to the next.
    pub(super) answer: Vec<u8>,
}

/// What was sent, for the words about a reply that refuses it.
enum Sent {
    Answer,
    Report,
}

impl<D: Dialect> Turn<D> {
    /// Goes on until it cannot, and returns why.
    pub(super) async fn repeat(mut self) -> String {
        let mut refusals = 0;
        loop {
            self.waiting.store(true, Ordering::Relaxed);
            if self.stopping.load(Ordering::Relaxed) {
                return "stopped".to_owned();
            }
            let dialect = &self.dialect;
            let reply = match self.connection.get(D::NEXT, "", |fields| dialect.arrived(fields)).await {
                Ok(reply) => reply,
                Err(error) => return format!("the runtime API is gone: {error}"),
            };
            self.waiting.store(false, Ordering::Relaxed);
            let arrived = match (reply.status, reply.head) {
                (200, Ok(arrived)) => arrived,
                (200, Err(message)) => return format!("an invocation without {message}"),
                (status @ 500.., _) => {
                    return format!("the runtime API answered with {status}: it has to be started anew");
                }
                (status, _) => {
                    refusals += 1;
                    if refusals >= MAX_REFUSALS {
                        return format!("the runtime API refuses to hand out invocations: {status}");
                    }
                    tokio::time::sleep(Duration::from_millis(20 << refusals)).await;
                    continue;
                }
            };
            refusals = 0;
            if let Err(why) = self.answer(arrived, reply.body).await {
                return why;
            }
        }
    }

    /// One invocation. An error is the end of the loop.
    async fn answer(&mut self, arrived: Arrived<D::Ticket>, event: std::ops::Range<usize>) -> Result<(), String> {
        let Arrived { invocation, ticket } = arrived;
        let event = self.connection.input(event);
        self.answer.clear();
        if self.answer.capacity() > 2 * 1024 * 1024 {
            self.answer.shrink_to(64 * 1024);
        }
        let started = Instant::now();
        // The service ends handlers itself, and a little earlier; this is for bodies that never end.
        let timeout = invocation.timeout.unwrap_or_else(|| self.service.timeout());
        let limit = invocation.deadline.unwrap_or_else(|| started + timeout) + Duration::from_millis(10);
        let work = self.dialect.answer(&self.service, invocation, &ticket, event, &mut self.answer);
        let work = tokio::time::timeout_at(limit.into(), AssertUnwindSafe(work).catch_unwind());
        let outcome = match work.await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(payload)) => Err(panicked(&Panic::from_payload(payload.as_ref()))),
            Err(_) => {
                let failure = late(timeout);
                tracing::error!(target: "fx", "{}", failure.message);
                Err(failure)
            }
        };
        match outcome {
            Ok(Answer::Whole) => self.send(&ticket, None).await,
            Ok(Answer::Stream(body)) => {
                let ended =
                    stream::send(&*self.dialect, &mut self.connection, &ticket, &self.answer, body, (limit, timeout));
                match ended.await {
                    Ok(status) => self.settle(status, &Sent::Answer),
                    Err(error) => {
                        // Most likely the client has gone, and whoever speaks for it.
                        tracing::warn!(target: "fx", "an answer broke off: {error}");
                        Ok(())
                    }
                }
            }
            Err(failure) => self.send(&ticket, Some(&failure)).await,
        }
    }

    async fn send(&mut self, ticket: &D::Ticket, failure: Option<&Failure>) -> Result<(), String> {
        let dialect = &self.dialect;
        let (outcome, sent) = match failure {
            None => (Outcome::Answer, Sent::Answer),
            Some(failure) => {
                self.answer.clear();
                dialect.report(failure, &mut self.answer);
                (Outcome::Failure(failure), Sent::Report)
            }
        };
        let posted = self.connection.post(|post| dialect.address(ticket, outcome, post), &self.answer, |_| ()).await;
        match posted {
            Ok(reply) => self.settle(reply.status, &sent),
            Err(error) => Err(gone(&error)),
        }
    }

    /// What the reply to an answer means.
    fn settle(&self, status: u16, sent: &Sent) -> Result<(), String> {
        let what = match sent {
            Sent::Answer => "answer",
            Sent::Report => "failure report",
        };
        match status {
            200..300 => Ok(()),
            413 => {
                let size = self.answer.len();
                tracing::error!(target: "fx", size, "the {what} is larger than the platform takes");
                Ok(())
            }
            // It has been answered already, or it is too late: nothing that could be mended here.
            400..500 => {
                tracing::error!(target: "fx", status, "the runtime API refused the {what}");
                Ok(())
            }
            _ => Err(format!("the runtime API answered with {status}: it has to be started anew")),
        }
    }
}

fn gone(error: &io::Error) -> String {
    format!("the runtime API is gone: {error}")
}

fn panicked(panic: &Panic) -> Failure {
    // The panic itself was logged where it happened.
    let detail = Some(panic.message.clone());
    Failure { kind: FailureKind::Panic, message: "the function panicked".to_owned(), detail }
}
