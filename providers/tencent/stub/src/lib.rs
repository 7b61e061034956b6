//! SCF's API 2018-04-16 as tests need it: a server that keeps state, believes nothing, and fails on demand.
//!
//! | what | where |
//! |---|---|
//! | the server, and what a test asks of it | [`Stub`] |
//! | signatures and clocks | `auth.rs` |
//! | which members a request may have, and must | `schema.rs` |
//! | functions, their states, versions and alias | `functions.rs`, `releases.rs` |
//! | what calls them | `triggers.rs` |
//! | buckets for packages | `cos.rs` |
//! | running what was deployed | [`Runner`], `visits.rs` |
//!
//! It is written from the platform's documentation and shares no code with the tool that calls it: both are held against the official
//! SDK. Where the documentation is silent, it is the stricter one of two readings.

mod answer;
mod auth;
mod cos;
mod functions;
mod releases;
mod schema;
mod server;
mod triggers;
mod visits;
mod world;

pub use cos::{Bucket, Object};
pub use server::{Recorded, Stub};
pub use visits::{Deployed, Failed, Runner, Running};
pub use world::{Fault, World};

/// The account that everything is in.
pub const ACCOUNT: &str = "100000000001";
/// The account's other number, at the end of the names of buckets.
pub const APP_ID: u64 = 1_300_000_001;
/// The region.
pub const REGION: &str = "ap-guangzhou";
/// The key that is known.
pub const SECRET_ID: &str = "AKIDstubSecretId";
/// Its secret.
pub const SECRET_KEY: &str = "stub-secret-key-0123456789";
/// The token with which the temporary key `AKIDstubSession` and the same secret are good.
pub const TOKEN: &str = "stub-session-token";
