//! AWS's API as tests need it: moto, which knows what AWS's API is like, and before it what takes its time, refuses, loses answers, and
//! runs what was deployed.
//!
//! | what | where |
//! |---|---|
//! | the server, and what a test asks of it | [`Stub`] |
//! | running what was deployed | [`Runner`], `visits.rs`, `gateway.rs` |
//! | addresses on this machine, and the code behind them | `front.rs` |
//! | the lines of log that an invocation leaves | `log.rs` |
//! | signatures | `auth.rs` |
//! | moto, accounts in it, and what somebody does there by hand | [`moto`], `hand.rs` |
//! | what stands before it | [`Proxy`], `proxy.rs` |
//! | which operation a request is | `proxy/operations.rs`, `proxy/wire.rs` |
//! | what AWS knows and moto does not | `proxy/world.rs` |
//!
//! A [`Proxy`] alone passes everything on, addresses at AWS included, and looks at no signature.
//!
//! Not played: a canary's share of visits (all of them get the version that the alias names first), the rules of an address for other
//! sites, domains, and calls by timers, buckets and queues.
//!
//! moto is Python: the variable `FX_TOOLS` names the folder that `cargo xtask test` has installed it in.

#![deny(missing_docs)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set up its world has failed")]

mod auth;
mod front;
mod gateway;
mod hand;
mod log;
pub mod moto;
mod proxy;
mod stub;
mod visits;

pub use hand::Object;
pub use proxy::{Call, Fault, Proxy, Request};
pub use stub::Stub;
pub use visits::{Deployed, Failed, Runner, Running};

/// The region that everything is in.
pub const REGION: &str = "eu-central-1";

/// A client for this machine: without certificates, which take longer to read than a test to run.
pub fn plain_client() -> reqwest::Client {
    // Clients need to know it even for what is not encrypted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap()
}
