use fx::prelude::*;

pub struct User;

#[func("user.get")]
pub async fn get() -> User {
    User
}

#[func("user.find")]
pub async fn find() -> Result<Json<User>> {
    Ok(Json(User))
}

fn main() {
    use fx::__private::generated as __fx;
    let _ = __fx::Unit::new("shop", "shop")
        .http("get", "user.get", &[(0, &["GET"], "/user")], __fx_http_get)
        .http("find", "user.find", &[(1, &["GET"], "/find")], __fx_http_find);
}
