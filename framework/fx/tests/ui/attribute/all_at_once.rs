use fx::prelude::*;

#[func("user get", htttp = "GET /user", timer = 5)]
pub fn get<T>(_: &str, _: Json<T>, _: Timer) {}

fn main() {}
