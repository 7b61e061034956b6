use fx::prelude::*;

#[derive(Clone)]
pub struct AppState;

#[derive(Clone)]
pub struct Users;

#[fx::app]
pub async fn app() -> App<AppState> {
    App::new(AppState)
}

#[func("user.list")]
pub async fn list(State(users): State<Users>, Path(page): Path<u32>) {
    let _ = (users, page);
}

fn main() {
    use fx::__private::generated as __fx;
    let _ = __fx::Unit::new("shop", "shop")
        .app(__fx_app_app)
        .http("list", "user.list", &[(0, &["GET"], "/user/:page")], __fx_http_list);
}
