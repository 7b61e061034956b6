#[fx::func]
pub async fn list() {}
