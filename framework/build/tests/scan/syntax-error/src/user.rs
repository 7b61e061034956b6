use fx::prelude::*;

#[func("some.name")]
pub async fn named() {}

/* 中文 */ #[func] pub async fn get() -> { }
