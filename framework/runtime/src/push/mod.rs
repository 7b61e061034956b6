//! The push runtime: be an HTTP server, and be told to stop.

mod control;
mod gate;
mod listener;
mod pulse;
mod settings;
pub(crate) mod stop;

use std::{pin::pin, process::ExitCode, sync::Arc, time::Duration};

use futures_util::future::select;
use tokio::{net::TcpListener, sync::Notify, time::Instant};

pub use gate::{Excuse, Gate, trace_id};
pub use settings::{Settings, SettingsError};

use self::{gate::Open, listener::Connections, stop::Stop};
use crate::{
    app::AppState,
    env::Env,
    log, panic,
    service::{Service, StartError},
    unit::Unit,
};

/// Serves a unit until the process is told to stop; the settings come from the environment (see [`Settings`]).
pub fn run<S: AppState>(unit: Unit<S>) -> ExitCode {
    run_behind(unit, |env| {
        let settings = Settings::from_env(env)?;
        let open = Open { trust_request_id: settings.trust_request_id };
        // Containers and laptops do not freeze a process between two requests.
        Ok((Settings { gather_lines: true, ..settings }, open))
    })
}

/// Serves a unit behind a platform's [`Gate`] until the process is told to stop. `set_up` reads both from the environment.
pub fn run_behind<S: AppState, G: Gate>(
    unit: Unit<S>,
    set_up: impl FnOnce(&Env) -> Result<(Settings, G), SettingsError>,
) -> ExitCode {
    log::install();
    panic::report_to_log();
    let env = Env::process();
    let (settings, gate) = match set_up(&env) {
        Ok(both) => both,
        Err(error) => return refuse(&error.to_string(), None),
    };
    let runtime = match (unit.runtime)(unit.threads) {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&format!("no runtime: {error}"), None),
    };
    let code = runtime.block_on(serve(unit, env, settings, gate));
    log::settle();
    // Work on the blocking pool that nobody waits for any more must not keep the process.
    runtime.shutdown_timeout(Duration::from_millis(500));
    code
}

async fn serve<S: AppState, G: Gate>(unit: Unit<S>, env: Env, settings: Settings, gate: G) -> ExitCode {
    let mut stop = match Stop::listen(settings.with_parent) {
        Ok(stop) => stop,
        Err(error) => return refuse(&format!("no signals: {error}"), None),
    };
    let (service_name, unit_name) = (unit.service, unit.name);
    let service = match Service::start(unit, env, Some(settings.place.clone())).await {
        Ok(service) => service,
        Err(error) => {
            let detail = if let StartError::App { detail, .. } = &error { detail.as_deref() } else { None };
            let code = refuse(&error.to_string(), detail);
            if let Some(excuse) = gate.excuse(&error) {
                make(excuse, &settings, &mut stop).await;
            }
            return code;
        }
    };

    let public = match bind(&settings.listen).await {
        Ok(listener) => listener,
        Err(message) => return refuse(&message, None),
    };
    let control = match &settings.control {
        None => None,
        Some(address) => match bind(address).await {
            Ok(listener) => Some(listener),
            Err(message) => return refuse(&message, None),
        },
    };
    let address = |listener: &TcpListener| listener.local_addr().map(|address| address.to_string()).unwrap_or_default();
    let (http, control_address) = (address(&public), control.as_ref().map(address));
    let mut fields = vec![("service", service_name), ("unit", unit_name), ("http", http.as_str())];
    fields.extend(control_address.as_deref().map(|address| ("control", address)));
    log::always("info", "listening", &fields);
    if settings.gather_lines {
        match log::gather() {
            Ok(gathering) => drop(tokio::spawn(gathering)),
            Err(error) => return refuse(&format!("no clock: {error}"), None),
        }
    }

    let connections = Connections::new(settings.head_timeout);
    match connections.beating() {
        Ok(beating) => drop(tokio::spawn(beating)),
        Err(error) => return refuse(&format!("no clock: {error}"), None),
    }
    let accepting = connections.accept_http(public, service.clone(), gate);
    let control = control.map(|listener| tokio::spawn(connections.accept_control(listener, service.clone())));
    let accepting = tokio::spawn(accepting);

    stop.requested().await;
    let deadline = Instant::now() + settings.drain;
    // From here on nothing may be lost, however it ends.
    log::settle();
    tracing::info!(target: "fx", "stopping");
    accepting.abort();
    if let Some(control) = control {
        control.abort();
    }
    // Whoever asks a second time does not want to wait.
    if stop::unless(connections.drained(), stop.requested(), deadline).await.is_none() {
        tracing::warn!(target: "fx", "stopped with requests unanswered");
    }
    // Hooks get at least a moment, even if the requests used up the time.
    let deadline = deadline.max(Instant::now() + Duration::from_secs(1));
    if stop::unless(service.shutdown(), stop.requested(), deadline).await.is_none() {
        tracing::warn!(target: "fx", "stopped before the shutdown hooks ended");
    }
    tracing::info!(target: "fx", "stopped");
    ExitCode::SUCCESS
}

/// Answers with the excuse of a unit that does not start until the first request has got it.
async fn make(excuse: Excuse, settings: &Settings, stop: &mut Stop) {
    let Ok(listener) = bind(&settings.listen).await else { return };
    let (connections, asked) = (Connections::new(settings.head_timeout), Arc::new(Notify::new()));
    let accepting = tokio::spawn(connections.accept_excused(listener, excuse, asked.clone()));
    select(pin!(asked.notified()), pin!(stop.requested())).await;
    accepting.abort();
    stop::unless(connections.drained(), stop.requested(), Instant::now() + Duration::from_secs(1)).await;
}

async fn bind(address: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))
}

fn refuse(message: &str, detail: Option<&str>) -> ExitCode {
    let detail = detail.map(|detail| ("detail", detail));
    log::always("error", &format!("does not start: {message}"), detail.as_slice());
    ExitCode::FAILURE
}
