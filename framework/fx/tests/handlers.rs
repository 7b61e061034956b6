//! `#[func]` on every kind of function.

mod shop {
    use fx::prelude::*;

    #[derive(Clone)]
    pub struct Users(pub &'static str);

    #[derive(Clone)]
    pub struct AppState {
        pub users: Users,
    }

    impl FromRef<AppState> for Users {
        fn from_ref(state: &AppState) -> Self {
            state.users.clone()
        }
    }

    #[fx::app]
    pub async fn app(env: Env) -> Result<App<AppState>> {
        let _ = env;
        Ok(App::new(AppState { users: Users("ann") }))
    }

    #[fx::middleware]
    pub async fn require(State(users): State<Users>, request: Request, next: Next) -> Result<Response> {
        if request.headers().contains_key("x-block") {
            return Err(Error::forbidden(users.0));
        }
        Ok(next.run(request).await)
    }

    #[func("user.get", middleware = [require])]
    pub async fn get(Path(id): Path<u32>, State(users): State<Users>) -> Result<Json<String>> {
        Ok(Json(format!("{}{id}", users.0)))
    }

    #[func("user.add")]
    pub async fn add(Json(name): Json<String>) -> impl IntoResponse {
        (StatusCode::CREATED, name)
    }

    #[func]
    pub async fn nothing() {}

    #[func("user.purge")]
    pub async fn purge(tick: Timer, State(users): State<Users>, context: Context) -> Result<()> {
        let _ = (tick, users, context);
        Ok(())
    }

    #[func]
    pub async fn count(Raw(text): Raw<String>) -> usize {
        text.len()
    }
}

#[test]
fn compiles() {
    use fx::__private::generated as __fx;
    let unit = __fx::Unit::new("shop", "shop")
        .timeout(10)
        .threads(1)
        .app(shop::__fx_app_app)
        .http("get", "user.get", &[(0, &["GET"], "/user/:id")], shop::__fx_http_get)
        .http("add", "user.add", &[(1, &["POST", "PUT"], "/user")], shop::__fx_http_add)
        .http("nothing", "shop.nothing", &[(2, &["ANY"], "/*")], shop::__fx_http_nothing)
        .event("purge", "user.purge", __fx::TriggerKind::Timer, shop::__fx_event_purge)
        .event("count", "shop.count", __fx::TriggerKind::Log, shop::__fx_event_count);
    let _ = unit;
}
