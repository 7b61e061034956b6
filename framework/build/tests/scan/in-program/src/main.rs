use fx::prelude::*;

#[func("user.get")]
pub async fn get() {}

#[func]
pub async fn list() {}

fx::entrypoint!();
