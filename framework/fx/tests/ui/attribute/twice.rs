use fx::prelude::*;

#[func("user.get", http = "GET /user", http = "GET /users")]
pub async fn get() {}

fn main() {}
