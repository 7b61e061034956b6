#[functions::func]
pub async fn hello() -> &'static str { "hello" }
