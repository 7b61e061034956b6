use fx::prelude::*;

#[func("user.get")]
pub async unsafe extern "C" fn get() -> &'static str {
    "ann"
}

fn main() {}
