//! Function Compute's API 2023-03-30 as tests need it: a server that keeps state, believes nothing, and fails on demand.
//!
//! | what | where |
//! |---|---|
//! | the server, and what a test asks of it | [`Stub`] |
//! | signatures, clocks, numbers used twice | `auth.rs` |
//! | which call a request is | `route.rs` |
//! | what is in a body, and what may be | `body.rs` |
//! | functions, their versions and aliases | `functions.rs`, `releases.rs` |
//! | what hangs on them | `triggers.rs`, `limits.rs`, `domains.rs` |
//! | the log service, the object store | `logs.rs`, `oss.rs` |
//! | running what was deployed | [`Runner`], `visits.rs` |
//!
//! It is written from the platform's documentation and shares no code with the tool that calls it: both are held against the official
//! SDK. Where the documentation is silent, it is the stricter one of two readings.

mod answer;
mod auth;
mod body;
mod domains;
mod functions;
mod limits;
mod logs;
mod oss;
mod releases;
mod route;
mod server;
mod triggers;
mod visits;
mod world;

pub use answer::Refusal;
pub use oss::{Bucket, Object};
pub use server::{Recorded, Stub};
pub use visits::{Deployed, Failed, Runner, Running};
pub use world::{Fault, World};

/// The account that everything is in.
pub const ACCOUNT: &str = "1234567890123456";
/// The region.
pub const REGION: &str = "cn-hangzhou";
/// The access key that is known.
pub const KEY_ID: &str = "LTAIstubKeyId";
/// Its secret.
pub const KEY_SECRET: &str = "stub-key-secret-0123456789";
/// The token with which the temporary key `STS.stub` and the same secret are good.
pub const TOKEN: &str = "stub-security-token";
