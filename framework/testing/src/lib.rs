//! What tests over real sockets share. Only tests depend on it.
//!
//! Functions are tested as what they are on a platform: processes. A test executable has a test called, say, `unit::serve` that is
//! none, but serves if [`Process::is_wanted`]; the others start the executable again with just that one.
//!
//! ```no_run
//! use fx_testing::Process;
//!
//! // In `unit::serve`:
//! if Process::is_wanted() {
//!     println!("listening"); // …and serve until it is told to stop.
//! }
//!
//! // In the tests:
//! let mut process = Process::spawn("unit::serve", &[("TEST_SETTING", "1")]);
//! process.wait_for("listening");
//! process.signal("TERM");
//! assert!(process.ended().success());
//! ```
//!
//! Whatever goes wrong panics: a test that cannot go on has failed.

#![deny(missing_docs)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod client;
mod process;

pub use client::{Answer, Connection};
pub use process::{Process, SERVE};
