//! Tencent SCF's dialect. The platform has two kinds of function, and f.yml's `provider.type` says which one a unit is.
//!
//! | question | module |
//! |---|---|
//! | a web function: a server that gets requests as they were sent | [`web`] |
//! | an event function: it asks for events, HTTP among them, one at a time | [`pull`] |
//! | how does an event become a request, and a response an answer? | [`url`] |
//! | what is this event? | [`event`] |
//! | what do the platform's variables say? | [`platform`] |
//!
//! What fails is reported and not tried again here: synchronous calls (HTTP) are not repeated, asynchronous ones (timer, COS, topics) the
//! platform itself repeats twice by default, so functions that take events see some of them more than once.

pub mod event;
pub mod platform;
pub mod pull;
pub mod url;
pub mod web;

use std::process::ExitCode;

use fx_runtime::{Unit, app::AppState, push};

use crate::{platform::Platform, pull::Scf, web::Gate};

/// Answers a unit's invocations until the process is told to stop. The generated `main` ends in it.
///
/// | variable | meaning | default |
/// |---|---|---|
/// | `SCF_RUNTIME_API`, `SCF_RUNTIME_API_PORT` | where an event function asks for events | |
/// | `TENCENTCLOUD_REGION`, `TENCENTCLOUD_APPID` | what `Context::region` and `Context::account` say | a web function: the platform's headers |
/// | `USER_CODE_ROOT` | where the function is unpacked | |
/// | `FX_LISTEN` | where a web function listens | `0.0.0.0:9000` |
pub fn run<S: AppState>(unit: Unit<S>) -> ExitCode {
    let unit = unit.topics_as(event::topic);
    if unit.is_web() {
        push::run_behind(unit, |env| {
            let platform = Platform::of(env);
            platform.tell_where_assets_are();
            let settings = platform.settings(push::Settings::from_env(env)?, env);
            Ok((settings, Gate::new(&platform)))
        })
    } else {
        fx_runtime::pull::run(unit, |env, _| {
            let platform = Platform::of(env);
            platform.tell_where_assets_are();
            let api = platform.api(env)?;
            Ok(fx_runtime::pull::Setup { dialect: Scf, api, place: platform.place })
        })
    }
}
