use fx::prelude::*;

#[derive(Clone)]
pub struct Users;

#[fx::middleware]
async fn require_login(State(users): State<Users>, request: Request, next: Next) -> Response {
    let _ = users;
    next.run(request).await
}

#[func("user.get", middleware = [require_login])]
pub async fn get() {}

fn main() {
    use fx::__private::generated as __fx;
    let _ = __fx::Unit::new("shop", "shop").http("get", "user.get", &[(0, &["GET"], "/user")], __fx_http_get);
}
