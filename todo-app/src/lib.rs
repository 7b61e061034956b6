//! The todo service: written once, for every target.
//!
//! | folder | what is there |
//! |---|---|
//! | [`http`] | the handlers of requests: the page and its API |
//! | [`events`] | the handlers of timers, uploaded files and messages |
//! | [`board`], [`account`] | the rules: todos on boards, people and their passwords |
//! | [`store`] | where everything is kept, behind one trait |
//! | [`settings`], [`state`] | what the environment says, and what is made of it at the start |
//!
//! `f.yml` says which handler answers which route or event. Nothing here knows a cloud.

pub mod account;
pub mod board;
pub mod events;
pub mod http;
pub mod settings;
pub mod state;
pub mod store;

use fx::{axum::middleware::from_fn, prelude::*};

use crate::{
    http::{body, harden::harden},
    settings::Settings,
    state::AppState,
};

/// Runs once per process, before the first invocation.
#[fx::app]
pub async fn app(env: Env) -> Result<App<AppState>> {
    let state = AppState::open(Settings::from_env(&env)?).await?;
    let store = state.store();
    let app = App::new(state).body_limit(body::MAX_BYTES).layer(from_fn(harden));
    Ok(app.on_shutdown(async move || {
        if let Err(error) = store.close().await {
            tracing::error!(%error, "the store did not close");
        }
    }))
}
