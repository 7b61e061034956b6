use fx::prelude::*;

pub struct AppState;

#[fx::app]
pub async fn app(env: Env) -> Result<AppState> {
    let _ = env;
    Ok(AppState)
}

fn main() {}
