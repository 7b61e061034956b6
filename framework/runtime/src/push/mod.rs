//! The push runtime: be an HTTP server, and be told to stop.

mod control;
mod listener;
mod settings;
mod stop;

use std::{process::ExitCode, time::Duration};

use tokio::{net::TcpListener, time::Instant};

pub use settings::{Settings, SettingsError};

use self::listener::Connections;
use crate::{
    app::AppState,
    env::Env,
    log, panic,
    service::{Service, StartError},
    unit::Unit,
};

/// Serves a unit until the process is told to stop; the settings come from the environment (see [`Settings`]).
pub fn run<S: AppState>(unit: Unit<S>) -> ExitCode {
    log::install();
    panic::report_to_log();
    let env = Env::process();
    let settings = match Settings::from_env(&env) {
        Ok(settings) => settings,
        Err(error) => return refuse(&error.to_string(), None),
    };
    let runtime = match (unit.runtime)(unit.threads) {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&format!("no runtime: {error}"), None),
    };
    let code = runtime.block_on(serve(unit, env, settings));
    // Work on the blocking pool that nobody waits for any more must not keep the process.
    runtime.shutdown_timeout(Duration::from_millis(500));
    code
}

async fn serve<S: AppState>(unit: Unit<S>, env: Env, settings: Settings) -> ExitCode {
    let mut stop = match stop::Stop::listen(settings.with_parent) {
        Ok(stop) => stop,
        Err(error) => return refuse(&format!("no signals: {error}"), None),
    };
    let (service_name, unit_name) = (unit.service, unit.name);
    let service = match Service::start(unit, env, settings.region.as_deref()).await {
        Ok(service) => service,
        Err(error) => {
            let detail = if let StartError::App { detail, .. } = &error { detail.as_deref() } else { None };
            return refuse(&error.to_string(), detail);
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

    let connections = Connections::new();
    let accepting = connections.accept_http(public, service.clone(), settings.trust_request_id);
    let control = control.map(|listener| tokio::spawn(connections.accept_control(listener, service.clone())));
    let accepting = tokio::spawn(accepting);

    stop.requested().await;
    let deadline = Instant::now() + settings.drain;
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

async fn bind(address: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))
}

fn refuse(message: &str, detail: Option<&str>) -> ExitCode {
    let detail = detail.map(|detail| ("detail", detail));
    log::always("error", &format!("does not start: {message}"), detail.as_slice());
    ExitCode::FAILURE
}
