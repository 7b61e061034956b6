//! Every way a function may stand.

use fx::prelude::*;

pub mod admin;
mod jobs;
#[path = "strange_name.rs"]
pub mod odd;
pub mod user;

pub use jobs::*;

#[cfg(test)]
mod tests;
#[cfg(windows)]
mod windows_only;
#[cfg(feature = "spare")]
mod spare;

#[fx::app]
pub async fn app(env: Env) -> Result<App<()>> {
    Ok(App::new(()))
}

/// Named by its own name: it stands in the root.
#[func]
pub async fn import(event: ObjectEvent) -> Result<()> {
    Ok(())
}

/// Its trigger is in the attribute, so f.yml need not name it.
#[func("health", http = "GET /health")]
pub async fn health() -> &'static str {
    "ok"
}
