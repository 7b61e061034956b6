#[::fx::func]
pub async fn r#type() {}
