use fx::prelude::*;

#[func("user.get")]
pub struct User;

fn main() {
    let _ = User;
}
