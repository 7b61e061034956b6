//! A platform's side of the conversation, on this machine.
//!
//! An [`Emulator`] starts the executable that is shipped, and speaks the platform's own protocol to it. Towards the user it is a
//! [`Platform`]: plain HTTP for who visits the service, and one call for who sends an event.
//!
//! | what | where |
//! |---|---|
//! | one process: started in the platform's environment, watched, ended | [`Process`] |
//! | an HTTP server for the platform's API | [`serve`] |
//! | a process that asks for its work: one invocation at a time, with deadlines | [`Desk`] |
//! | a process that is sent its requests: as many at once as it takes, with deadlines | [`Pushed`] |
//! | events in fx's own words | [`Occurrence`] |
//! | events and requests in the platform's words, for functions that are called here or there | [`Sender`] |
//! | who asks, as a platform sees it | [`client()`] |
//! | a platform on two ports, like a unit on this machine | [`Emulated`] |

mod body;
mod client;
mod desk;
mod front;
mod gzip;
mod occurrence;
mod process;
mod push;
mod pushed;
mod sender;
mod server;

use std::{collections::BTreeMap, path::PathBuf, process::ExitStatus, time::Duration};

use bytes::Bytes;
pub use futures_util::future::BoxFuture;
use fx_spec::{Unit, service::FunctionKind};
use http::{Request, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc;

pub use body::{Body, BoxError, empty, full, json, read, streamed};
pub use client::client;
pub use desk::{Desk, Lost, NotReady, Refused};
pub use front::Emulated;
pub use gzip::gzip;
pub use occurrence::{LogData, LogLineData, MessageData, ObjectData, ObjectKind, Occurrence, TimerData, complete};
pub use process::{Process, ending};
pub use push::{Server as PushServer, Unready};
pub use pushed::{Host, Pushed, Unanswered};
pub use sender::{Door, Sender, Sent};
pub use server::{Serving, serve};

/// Plays a platform.
pub trait Emulator: Send + Sync {
    /// Starts a unit as the platform does, and waits until it is ready.
    fn start(&self, launch: Launch, lines: Lines) -> BoxFuture<'_, Result<Box<dyn Platform>, StartError>>;
}

/// A way in which a platform can run a service: its front doors and kinds of function differ, what a function answers may not.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "an emulator has no form to print")]
pub struct Way {
    /// What it is called: the target, and what is special.
    pub name: &'static str,
    /// Where executables for it are kept, beside those of other ways.
    pub folder: &'static str,
    /// Who plays it.
    pub emulator: &'static dyn Emulator,
    /// The kind of function, where the platform has several.
    pub kind: Option<FunctionKind>,
    /// Whether answers are streamed.
    pub streaming: bool,
}

/// Where lines go: what the process writes, and what the platform's own log would say.
pub type Lines = mpsc::UnboundedSender<String>;

/// What is started.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The unit: its name, memory, timeout, routes and triggers.
    pub unit: Unit,
    /// The program that is shipped.
    pub executable: PathBuf,
    /// The folder it finds its files in, as the platform unpacks them.
    pub code: PathBuf,
    /// The user's variables, evaluated.
    pub environment: BTreeMap<String, String>,
    /// The region it believes to be in.
    pub region: Option<String>,
}

impl Launch {
    /// How long one invocation may take.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.unit.timeout.value.into())
    }
}

/// A unit that runs as on the platform. Dropping it ends its process at once.
pub trait Platform: Send + Sync {
    /// One request, as somebody sends it to the service's address.
    fn http(&self, request: Request<Body>) -> BoxFuture<'_, Response<Body>>;

    /// One event.
    fn invoke(&self, event: Event) -> BoxFuture<'_, Result<Value, Failure>>;

    /// Ends it as the platform does, within this time.
    fn stop(&self, grace: Duration) -> BoxFuture<'_, ()>;
}

/// An event for a unit.
#[derive(Debug, Clone)]
pub enum Event {
    /// In fx's own words; the emulator says it in the platform's.
    Of {
        /// Name of the function that it is for.
        function: String,
        /// `timer`, `object`, `message` or `log`.
        kind: String,
        /// What happened.
        data: Value,
    },
    /// As the platform sends it, byte for byte.
    Native(Bytes),
}

/// Why an invocation failed, in the platform's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct Failure {
    /// Which kind of failure.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened.
    pub message: String,
}

impl Failure {
    /// A failure.
    pub fn new(kind: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind: kind.into(), message: message.into() }
    }

    /// What a function says of its failure: `{"errorType", "errorMessage"}` in most languages. `kind`: what the platform calls it.
    pub fn reported(kind: &str, body: &str) -> Self {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Reported {
            error_message: String,
            error_type: Option<String>,
        }
        match serde_json::from_str(body) {
            Ok(Reported { error_message, error_type }) => {
                Self::new(error_type.filter(|own| !own.is_empty()).unwrap_or_else(|| kind.to_owned()), error_message)
            }
            Err(_) => Self::new(kind, body),
        }
    }
}

/// A unit that does not come up.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The program could not be started at all.
    #[error("cannot start {}: {error}", executable.display())]
    Spawn {
        /// The program.
        executable: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It said why it does not start.
    #[error("{0}")]
    Refused(Failure),
    /// It ended before it was ready.
    #[error("it ended ({}) before it was ready", ending(*.0))]
    Ended(Option<ExitStatus>),
    /// It neither became ready nor ended.
    #[error("it was not ready after {} seconds", .0.as_secs())]
    Silent(Duration),
    /// The machine refuses what the emulator needs.
    #[error("the system refuses what the emulator needs: {0}")]
    System(#[from] std::io::Error),
}

#[cfg(test)]
mod tests {
    use super::Failure;

    #[test]
    fn a_failure_is_said_in_the_functions_own_words() {
        let said = |body| Failure::reported("Unhandled", body).to_string();
        assert_eq!(said(r#"{"errorType":"Empty","errorMessage":"no todo"}"#), "Empty: no todo");
        let timed_out = r#"{"errorMessage":"Task timed out after 3.00 seconds"}"#;
        assert_eq!(said(timed_out), "Unhandled: Task timed out after 3.00 seconds");
        assert_eq!(said("oops"), "Unhandled: oops");
    }
}
