use fx::prelude::*;

pub struct User;

#[func("user.get")]
pub async fn get(user: User, Path(id): Path<u32>) {
    let _ = (user, id);
}

fn main() {
    use fx::__private::generated as __fx;
    let _ = __fx::Unit::new("shop", "shop").http("get", "user.get", &[(0, &["GET"], "/user/:id")], __fx_http_get);
}
