//! AWS Lambda's dialect: what the Runtime API hands out, as fx understands it, and answers as Lambda's front doors expect them.
//!
//! | question | module |
//! |---|---|
//! | where is the API, and what goes where? | `api` |
//! | who invoked? | `caller` |
//! | why does SIGTERM arrive? | `extension` |
//! | API Gateway, function URLs, load balancers | `http` |
//! | queues, topics, buckets, buses, schedules, logs, streams | `event` |
//! | text as JSON and back, fast | `json` |

mod api;
mod caller;
mod event;
mod extension;
mod http;
mod json;

use std::{path::PathBuf, process::ExitCode, sync::OnceLock, time::Duration};

use fx_runtime::{
    Env, Unit,
    app::AppState,
    assets,
    context::Place,
    pull::{self, Api, Setup},
};

use self::api::Lambda;
pub use self::{
    caller::{Caller, Identity},
    http::{Authorizer, StagePrefix},
};

/// Answers a unit's requests until Lambda ends the process. The generated `main` of a unit ends in it if no function takes events.
pub fn run<S: AppState>(unit: Unit<S>) -> ExitCode {
    pull::run(unit, |env, unit| setup(env, unit.is_streaming(), event::refuse))
}

/// Answers a unit's requests and events. The generated `main` of all other units ends in it.
pub fn run_with_events<S: AppState>(unit: Unit<S>) -> ExitCode {
    pull::run(unit, |env, unit| setup(env, unit.is_streaming(), event::answer))
}

fn setup(env: &Env, streaming: bool, events: event::Events) -> Result<Setup<Lambda>, String> {
    let address = env.get("AWS_LAMBDA_RUNTIME_API").ok_or(
        "AWS_LAMBDA_RUNTIME_API is not set: this program is made for AWS Lambda; on this machine, run it with `fx dev --provider aws`",
    )?;
    if let Some(folder) = env.get("LAMBDA_TASK_ROOT") {
        assets::unpacked_at(PathBuf::from(folder));
    }
    let concurrency = env.get("AWS_LAMBDA_MAX_CONCURRENCY").and_then(|text| text.parse().ok());
    let api = Api {
        concurrency: concurrency.filter(|count| (1..=1024).contains(count)).unwrap_or(1),
        // The whole process has two seconds, and only half a one of them for sure.
        grace: Duration::from_millis(400),
        ..Api::at(address)
    };
    let region = env.get("AWS_REGION").or(env.get("AWS_DEFAULT_REGION")).map(str::to_owned);
    let snap_start = env.get("AWS_LAMBDA_INITIALIZATION_TYPE") == Some("snap-start");
    let place = Place { region, account: None };
    Ok(Setup { dialect: Lambda { streaming, events, snap_start, place: OnceLock::new() }, api, place })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_where_and_how_many() {
        let env = Env::of([
            ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001"),
            ("AWS_LAMBDA_MAX_CONCURRENCY", "4"),
            ("AWS_REGION", "eu-west-1"),
        ]);
        let setup = setup(&env, true, event::refuse).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((setup.api.authority.as_str(), setup.api.concurrency), ("127.0.0.1:9001", 4));
        assert_eq!(setup.place.region.as_deref(), Some("eu-west-1"));
    }

    #[test]
    fn all_variables_but_the_first_may_be_missing_or_say_nothing() {
        let of = |more: &[(&str, &str)]| {
            let variables = [("AWS_LAMBDA_RUNTIME_API", "http://127.0.0.1:9001/.rt/shop")];
            setup(&Env::of(variables.iter().chain(more).copied()), false, event::refuse)
                .unwrap_or_else(|error| panic!("{error}"))
        };
        let bare = of(&[]);
        assert_eq!((bare.api.base.as_str(), bare.api.concurrency, bare.place), ("/.rt/shop", 1, Place::default()));
        for count in ["", "0", "many", "99999"] {
            assert_eq!(of(&[("AWS_LAMBDA_MAX_CONCURRENCY", count)]).api.concurrency, 1, "{count}");
        }
    }

    #[test]
    fn elsewhere_it_says_what_to_do() {
        let Err(message) = setup(&Env::default(), false, event::refuse) else { panic!("there is no API") };
        assert!(message.contains("fx dev --provider aws"), "{message}");
    }
}
