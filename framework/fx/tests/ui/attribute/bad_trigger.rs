use fx::prelude::*;

#[func("user.get", http = "FETCH /user")]
pub async fn one() {}

#[func("user.get", http = "GET user")]
pub async fn two() {}

#[func("user.get", http = 80)]
pub async fn three() {}

#[func("user.purge", timer = "whenever")]
pub async fn four(tick: Timer) {
    let _ = tick;
}

fn main() {}
