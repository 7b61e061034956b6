//! What generated code names. Not part of the interface: it changes with every version.

use std::{future::Future, pin::Pin, process::ExitCode};

pub use axum::{extract::Request, routing::MethodRouter};
pub use fx_macros::__entrypoint;
pub use fx_runtime::{
    Env,
    app::{AppFuture, AppState, FromEnv, IntoApp},
    function::{
        EventFunction, HttpFunction, Middleware,
        bounds::{
            EventAnswer, EventArgument, HttpAnswer, LastArgument, PartsArgument, RequestArgument, ViaDocument,
            ViaResult,
        },
        refuse as refused, wrap,
    },
    rejection::answer as rejected,
};

/// What a generated `main` calls `__fx`.
pub mod generated {
    pub use fx_runtime::{TriggerKind, Unit, event::Source};

    pub use crate::{aliyun, aws, http, tencent};
}

/// A handler's future in a box. A handler waits on one thread and may go on on another: hence `Send`.
pub fn boxed<F: Future + Send + 'static>(future: F) -> Pin<Box<dyn Future<Output = F::Output> + Send>> {
    Box::pin(future)
}

/// The `main` of a package that was not built by fx.
pub fn without_entrypoint() -> ExitCode {
    eprintln!("built by fx: run `fx dev`");
    ExitCode::from(2)
}
