use fx::prelude::*;

pub struct User;

#[func("user.add")]
pub async fn add(Json(user): Json<User>) {
    let _ = user;
}

fn main() {
    use fx::__private::generated as __fx;
    let _ = __fx::Unit::new("shop", "shop").http("add", "user.add", &[(0, &["POST"], "/user")], __fx_http_add);
}
