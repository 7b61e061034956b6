use fx::prelude::*;

#[func]
pub async fn a() {}

#[func("todo.forgotten")]
pub async fn b() {}

/* 注释 */ #[func] pub async fn tick(timer: Timer) -> Result<()> { Ok(()) }
