//! AWS's API as tests need it: moto, which knows what AWS's API is like, and before it what takes its time, refuses, and loses answers.
//!
//! | what | where |
//! |---|---|
//! | moto, and accounts in it | [`moto`] |
//! | what stands before it | [`Proxy`], `proxy.rs` |
//! | which operation a request is | `proxy/operations.rs`, `proxy/wire.rs` |
//! | what AWS knows and moto does not | `proxy/world.rs` |
//!
//! moto is Python: the variable `FX_TOOLS` names the folder that `cargo xtask test` has installed it in.

#![deny(missing_docs)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot set up its world has failed")]

pub mod moto;
mod proxy;

pub use proxy::{Call, Fault, Proxy, Request};

/// A client for this machine: without certificates, which take longer to read than a test to run.
pub fn plain_client() -> reqwest::Client {
    // Clients need to know it even for what is not encrypted.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap()
}
