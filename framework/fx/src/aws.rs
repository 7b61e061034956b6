//! The AWS Lambda dialect.
//!
//! A function reads these of Lambda's variables; each may be missing but the first.
//!
//! | variable | meaning |
//! |---|---|
//! | `AWS_LAMBDA_RUNTIME_API` | where invocations come from |
//! | `AWS_REGION` | what [`Context::region`](crate::Context::region) says |
//! | `LAMBDA_TASK_ROOT` | where [`assets`](crate::assets()) are, unless `FX_ASSETS` says so |
//! | `AWS_LAMBDA_MAX_CONCURRENCY` | how many invocations one process answers at the same time |

pub use fx_aws::{Authorizer, StagePrefix, run};
