use fx::prelude::*;

#[fx::app]
pub fn blocking() -> App {
    App::new(())
}

#[fx::app]
pub async fn nothing(env: Env) {
    let _ = env;
}

#[fx::app]
pub async fn more(env: Env, name: String) -> App {
    let _ = (env, name);
    App::new(())
}

#[fx::app("name")]
pub async fn named() -> App {
    App::new(())
}

fn main() {}
