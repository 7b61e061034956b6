//! Aliyun Function Compute's dialect: a custom runtime of FC 3.0 is an HTTP server that the platform sends everything to.
//!
//! | question | module |
//! |---|---|
//! | what is a request for: routes, an event, the start, the end? | [`gate`] |
//! | what do the platform's headers and variables say? | [`platform`] |
//! | what is this event? | [`event`] |
//! | is it a request, which API Gateway sends as an event? | [`gateway`] |

mod answer;
pub mod event;
pub mod gate;
pub mod gateway;
pub mod platform;
mod record;

use std::process::ExitCode;

use fx_runtime::{Unit, app::AppState, push};

use crate::{gate::Gate, platform::Platform};

/// Serves a unit until the process is told to stop. The generated `main` ends in it.
///
/// | variable | meaning | default |
/// |---|---|---|
/// | `FC_SERVER_PORT`, `FC_CUSTOM_LISTEN_PORT` | port to listen on | 9000 |
/// | `FC_FUNC_CODE_PATH` | where the function is unpacked | |
/// | `FC_REGION`, `FC_ACCOUNT_ID` | what `Context::region` and `Context::account` say | the platform's headers |
/// | `FX_LISTEN` | address to listen on, in place of the port | |
pub fn run<S: AppState>(unit: Unit<S>) -> ExitCode {
    push::run_behind(unit, |env| {
        let platform = Platform::of(env);
        platform.tell_where_assets_are();
        let settings = platform.settings(push::Settings::from_env(env)?, env);
        Ok((settings, Gate::new(&platform)))
    })
}
