use fx::prelude::*;

#[func("user.get")]
pub fn get() -> &'static str {
    "ann"
}

fn main() {
    // The function is still there: only the attribute fails.
    let _ = get();
}
