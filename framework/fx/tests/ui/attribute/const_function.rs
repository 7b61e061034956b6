use fx::prelude::*;

#[func("user.get")]
pub const fn get() -> &'static str {
    "ann"
}

fn main() {}
