//! The pull runtime: ask for an invocation, answer it, repeat.
//!
//! | what | where |
//! |---|---|
//! | what differs between platforms | [`Dialect`] |
//! | asking and answering | `turn` |
//! | answers that are sent while they are made | `stream` |
//! | HTTP over one kept connection | [`Connection`], `wire`, `address` |
//!
//! While nothing happens a platform may freeze the process, so there is no timeout on waiting, and nothing here counts on timers to
//! have run meanwhile.

mod address;
mod connection;
mod dialect;
mod head;
mod stream;
#[cfg(test)]
mod tests;
mod turn;
mod wire;

use std::{
    pin::pin,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::{Either, join, select};
use tokio::task::JoinSet;

pub use address::{by_name, by_number};
pub use connection::{Connection, Reply};
pub use dialect::{Answer, Api, Arrived, Connect, Dialect, Outcome};
pub use head::{Fields, Post};

use self::turn::Turn;
use crate::{
    app::AppState,
    context::Place,
    env::Env,
    function::{Failure, FailureKind},
    log, panic,
    push::stop::Stop,
    service::{Service, StartError},
    unit::Unit,
};

/// What a dialect knows of its platform before anything runs.
pub struct Setup<D> {
    /// The dialect.
    pub dialect: D,
    /// Where the platform's API is.
    pub api: Api,
    /// Where it runs.
    pub place: Place,
}

/// Answers a unit's invocations until the process is told to stop. `setup` reads the platform's variables.
pub fn run<S: AppState, D: Dialect>(
    unit: Unit<S>,
    setup: impl FnOnce(&Env, &Unit<S>) -> Result<Setup<D>, String>,
) -> ExitCode {
    log::install();
    panic::report_to_log();
    let env = Env::process();
    let setup = match setup(&env, &unit) {
        Ok(setup) => setup,
        Err(message) => return refuse(&message, None),
    };
    let runtime = match (unit.runtime)(unit.threads) {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&format!("no runtime: {error}"), None),
    };
    let code = runtime.block_on(serve(unit, env, setup));
    // Work on the blocking pool that nobody waits for any more must not keep the process.
    runtime.shutdown_timeout(Duration::from_millis(100));
    code
}

async fn serve<S: AppState, D: Dialect>(unit: Unit<S>, env: Env, setup: Setup<D>) -> ExitCode {
    let Setup { dialect, api, place } = setup;
    let mut stop = match Stop::listen(env.get("FX_PARENT_PIPE") == Some("1")) {
        Ok(stop) => stop,
        Err(error) => return refuse(&format!("no signals: {error}"), None),
    };
    // Where other work goes on in this thread, sending must not block it.
    let shared = api.concurrency > 1 || unit.streaming || unit.threads > 1;
    let started = Service::start(unit, env, Some(place));
    let started = {
        let starting = pin!(join(started, dialect.prepare(&api)));
        match select(starting, pin!(stop.requested())).await {
            Either::Left(((started, ()), _)) => started,
            Either::Right(_) => {
                tracing::info!(target: "fx", "stopping");
                return ExitCode::SUCCESS;
            }
        }
    };
    let mut connection = Connection::to(&api, shared);
    let service = match started {
        Ok(service) => service,
        Err(error) => return report_start(&dialect, &mut connection, &error).await,
    };
    {
        let ready = pin!(ready(&dialect, &mut connection));
        match select(ready, pin!(stop.requested())).await {
            Either::Left((Ok(()), _)) => {}
            Either::Left((Err(message), _)) => return refuse(&message, None),
            Either::Right(_) => {
                tracing::info!(target: "fx", "stopping");
                service.shutdown().await;
                return ExitCode::SUCCESS;
            }
        }
    }

    let (dialect, stopping) = (Arc::new(dialect), Arc::new(AtomicBool::new(false)));
    let mut turns = JoinSet::new();
    let mut waiting = Vec::with_capacity(api.concurrency);
    let mut connection = Some(connection);
    for _ in 0..api.concurrency.max(1) {
        let is_waiting = Arc::new(AtomicBool::new(false));
        waiting.push(is_waiting.clone());
        turns.spawn(
            Turn {
                dialect: dialect.clone(),
                service: service.clone(),
                connection: connection.take().unwrap_or_else(|| Connection::to(&api, shared)),
                waiting: is_waiting,
                stopping: stopping.clone(),
                answer: Vec::with_capacity(8 * 1024),
            }
            .repeat(),
        );
    }

    {
        let (ended, stop) = (pin!(all_ended(&mut turns)), pin!(stop.requested()));
        if let Either::Left(_) = select(ended, stop).await {
            // Each has said why.
            return ExitCode::FAILURE;
        }
    }
    tracing::info!(target: "fx", "stopping");
    stopping.store(true, Ordering::Relaxed);
    let until = Instant::now() + api.grace;
    let busy = || waiting.iter().any(|waiting| !waiting.load(Ordering::Relaxed));
    while busy() && Instant::now() < until {
        // It happens once in the life of a process, and there is no cheaper way to know that costs nothing before.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    turns.abort_all();
    // Hooks get at least a moment, even if the invocations used up the time.
    let until = until.max(Instant::now() + Duration::from_millis(300));
    if tokio::time::timeout_at(until.into(), service.shutdown()).await.is_err() {
        tracing::warn!(target: "fx", "stopped before the shutdown hooks ended");
    }
    ExitCode::SUCCESS
}

/// Ends when no invocation will ever be answered again. One that ends alone leaves the others at work.
async fn all_ended(turns: &mut JoinSet<String>) {
    while let Some(ended) = turns.join_next().await {
        let why = ended.unwrap_or_else(|error| error.to_string());
        log::always("error", &why, &[]);
    }
}

/// Says that the unit is ready, where a platform wants to know, and waits where it is to wait.
async fn ready<D: Dialect>(dialect: &D, connection: &mut Connection) -> Result<(), String> {
    dialect.begin(connection).await?;
    let Some((path, body)) = D::READY else { return Ok(()) };
    match connection.post(|post| post.path(&[path]), body.as_bytes(), |_| ()).await {
        Ok(reply) if reply.status < 300 => Ok(()),
        Ok(reply) => Err(format!("the runtime API answered {path} with {}", reply.status)),
        Err(error) => Err(format!("the runtime API cannot be reached: {error}")),
    }
}

/// Tells the log and the platform that the unit does not start.
async fn report_start<D: Dialect>(dialect: &D, connection: &mut Connection, error: &StartError) -> ExitCode {
    let detail = if let StartError::App { detail, .. } = error { detail.as_deref() } else { None };
    let code = refuse(&error.to_string(), detail);
    if let Some(path) = D::INIT_ERROR {
        let kind = if matches!(error, StartError::Panic(_)) { FailureKind::Panic } else { FailureKind::Init };
        let failure = Failure { kind, message: error.to_string(), detail: None };
        let mut body = Vec::new();
        dialect.report(&failure, &mut body);
        let address = |post: &mut Post<'_>| {
            post.path(&[path]);
            dialect.init_error(&failure, post);
        };
        if let Err(error) = connection.post(address, &body, |_| ()).await {
            log::always("error", &format!("the failure could not be reported: {error}"), &[]);
        }
    }
    code
}

fn refuse(message: &str, detail: Option<&str>) -> ExitCode {
    let detail = detail.map(|detail| ("detail", detail));
    log::always("error", &format!("does not start: {message}"), detail.as_slice());
    ExitCode::FAILURE
}
