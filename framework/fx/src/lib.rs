#![doc = include_str!("../docs/overview.md")]
#![deny(missing_docs)]

pub mod aliyun;
pub mod aws;
pub mod http;
pub mod prelude;
pub mod tencent;

#[doc(hidden)]
pub mod __private;

pub use axum;
pub use fx_runtime::{App, Context, Env, Error, Result, assets, assets_url, blocking, event, page};
pub use jiff;
pub use tracing;

#[doc = include_str!("../docs/func.md")]
pub use fx_macros::func;

#[doc = include_str!("../docs/app.md")]
pub use fx_macros::app;

#[doc = include_str!("../docs/middleware.md")]
pub use fx_macros::middleware;

/// The whole of a package's `src/main.rs`: the `main` that `fx build` wrote from f.yml.
///
/// ```no_run
/// fx::entrypoint!();
/// ```
///
/// `fx` tells the compiler where that file is, through the environment variable `FX_ENTRYPOINT`. Without it (`cargo check`, an editor) the
/// macro makes a `main` that says what to do and ends with exit code 2, so the package compiles everywhere.
#[macro_export]
macro_rules! entrypoint {
    () => {
        $crate::__private::__entrypoint! { $crate }
    };
}
