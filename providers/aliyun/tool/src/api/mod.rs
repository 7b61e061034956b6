//! Calls of Function Compute's API 2023-03-30.
//!
//! | what | where |
//! |---|---|
//! | the access key, and what profiles say beside it | `credentials.rs` |
//! | ACS3-HMAC-SHA256 | `signing.rs` |
//! | endpoints, and one call from its name to its answer | `calls.rs` |
//! | what a refusal means | `errors.rs` |
//! | the log service and the object store, which sign in their own ways | `sls.rs`, `oss.rs` |

mod calls;
mod credentials;
mod errors;
mod oss;
mod signing;
mod sls;

pub(crate) use calls::{Api, Call, code_bucket, package_key};
pub(crate) use oss::Store;
pub(crate) use sls::{Lines, PAGE};
