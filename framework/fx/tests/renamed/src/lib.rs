//! A service that calls fx by another name, and never says so to the attributes.

use cloud_functions::prelude::*;

/// The state.
#[cloud_functions::app]
pub async fn app(env: Env) -> Result<App<Greeting>> {
    Ok(App::new(Greeting(env.require("GREETING")?.to_owned())))
}

/// What is said.
#[derive(Debug, Clone, PartialEq)]
pub struct Greeting(pub String);

/// Lets everybody through.
#[cloud_functions::middleware]
pub async fn passed(State(_): State<Greeting>, request: Request, next: Next) -> Response {
    next.run(request).await
}

/// Says it.
#[func("greet", middleware = [passed])]
pub async fn greet(Path(name): Path<String>, State(greeting): State<Greeting>) -> String {
    format!("{}, {name}", greeting.0)
}

/// Says it every day.
#[func("tick")]
pub async fn tick(tick: Timer) -> Result<String> {
    Ok(tick.name)
}
