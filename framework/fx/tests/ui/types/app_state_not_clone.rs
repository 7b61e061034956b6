use fx::prelude::*;

pub struct AppState;

#[fx::app]
pub async fn app() -> Result<App<AppState>> {
    todo!()
}

fn main() {}
