use fx::prelude::*;

#[func("user.get")]
pub async fn get(id: &str) -> String {
    id.to_owned()
}

fn main() {}
