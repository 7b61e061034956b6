use fx::prelude::*;

#[func("user.get", middlewares = [a], htttp = "GET /user")]
pub async fn get() {}

#[fx::app(state = AppState)]
pub async fn app() -> App {
    App::new(())
}

fn main() {}
