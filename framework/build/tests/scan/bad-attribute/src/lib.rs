use fx::prelude::*;

#[func("a", htpp = "GET /a", timer = "daily", http = "GTE /a", middleware = auth)]
pub async fn a() {}

#[func("名字 b", http = "GET /b" timer = "every 5m")]
pub async fn b() {}

#[func = "c"]
pub async fn c() {}

#[func("d", http = )]
#[func]
pub async fn d() {}

#[fx::app("name")]
pub async fn app() -> Result<App<()>> { loop {} }
