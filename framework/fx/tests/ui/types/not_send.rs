use std::rc::Rc;

use fx::prelude::*;

async fn load() {}

#[func("user.get")]
pub async fn get() -> String {
    let name = Rc::new("ann");
    load().await;
    name.to_string()
}

fn main() {}
