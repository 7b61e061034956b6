//! The plain HTTP dialect: a server, for the laptop and for containers.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `FX_LISTEN` | address of the public listener | `0.0.0.0:$PORT`, or port 8080 |
//! | `FX_CONTROL` | address of the control listener, where `fx invoke` sends events | none |
//! | `FX_DRAIN_SECONDS` | how long open requests get after SIGTERM | 10 |
//! | `FX_ASSETS` | folder of the files named by `package.include` | the executable's |
//! | `FX_ASSETS_URL` | address of the files that `static` has uploaded: [`page`](crate::page) | none: they are in the folder |
//! | `FX_LOG` | how much is logged: `info`, `debug,my_crate::db=trace`, `off` | `info` |
//! | `FX_BLOCKING_THREADS` | size of the pool behind [`blocking`](crate::blocking) | two per processor, at least 4 |
//! | `FX_REGION` | what [`Context::region`](crate::Context::region) says | none |

use std::process::ExitCode;

use fx_runtime::{Unit, app::AppState};

/// Serves a unit until the process is told to stop. The generated `main` ends in it.
pub fn run<S: AppState>(unit: Unit<S>) -> ExitCode {
    fx_runtime::push::run(unit)
}

pub use run as run_with_events;
