use fx::prelude::*;

struct Users;

impl Users {
    #[func("user.get")]
    pub async fn get(&self) -> &'static str {
        "ann"
    }
}

fn main() {}
