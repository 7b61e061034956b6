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
//! | `AWS_LAMBDA_INITIALIZATION_TYPE` | `snap-start`: the first invocation is asked for after Lambda has woken a copy of the started process |
//!
//! What Lambda says of an invocation beyond [`Context`](crate::Context), a handler takes as an argument:
//!
//! | argument | meaning |
//! |---|---|
//! | [`Caller`] | who invoked: the call's client context, a user of Cognito, the tenant |
//! | `Extension<Authorizer>` | what the gateway's authorizer found out |
//! | `Extension<StagePrefix>` | what a client's path has in front of the service's own |
//!
//! The trace is [`Context::trace_id`](crate::Context::trace_id). The variable `_X_AMZN_TRACE_ID` is not set: a process has one of it, and may
//! answer several invocations at the same time.

pub use fx_aws::{Authorizer, Caller, Identity, StagePrefix, run, run_with_events};
