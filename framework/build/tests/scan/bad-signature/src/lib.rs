use fx::prelude::*;

#[func]
pub fn a<T>(body: Json<T>, name: &str) {}

#[func]
pub async fn b(State(a): State<A>, tick: Timer) {}

#[fx::app]
pub fn app(env: Env, more: u8) {}
