use fx::prelude::*;

#[func("late")]
pub async fn late(context: Context, tick: Timer) {
    let _ = (context, tick);
}

#[func("two")]
pub async fn two(tick: Timer, message: Message) {
    let _ = (tick, message);
}

#[func("body")]
pub async fn body(tick: Timer, Json(body): Json<String>) {
    let _ = (tick, body);
}

fn main() {}
