//! Every shape a function may have, as a library would have it that warns about everything.
#![deny(warnings)]
#![forbid(unsafe_code)]

mod shop {
    use fx::prelude::*;

    #[derive(Clone)]
    pub struct Users;

    #[derive(Clone)]
    pub struct AppState;

    impl FromRef<AppState> for Users {
        fn from_ref(_: &AppState) -> Self {
            Self
        }
    }

    #[fx::app]
    pub async fn app() -> App<AppState> {
        App::new(AppState)
    }

    #[fx::middleware]
    pub async fn require(State(_): State<Users>, _: Context, request: Request, next: Next) -> Result<Response> {
        Ok(next.run(request).await)
    }

    // Names that generated code must not trip over.
    #[allow(non_upper_case_globals)]
    pub const parts: u8 = 1;
    #[allow(dead_code)]
    pub struct S;

    #[func("get", middleware = [require], http = "GET /user/:id")]
    pub async fn get(Path(_): Path<u32>, Json(_): Json<String>) -> Result<Json<u8>, StatusCode> {
        Ok(Json(parts))
    }

    #[func]
    pub async fn opaque(_: Option<Path<u32>>) -> impl IntoResponse {
        (StatusCode::CREATED, "made")
    }

    #[func(middleware = [require])]
    pub async fn nothing() {}

    #[func("purge", timer = "every 5m")]
    pub async fn purge(_: Timer, _: State<Users>, _: Context) {}

    #[func("placed")]
    pub async fn placed(message: Message<String>) -> Result<usize, std::fmt::Error> {
        Ok(message.body.len())
    }

    #[func("raw")]
    pub async fn raw(Raw(_): Raw<Vec<u8>>) -> impl std::fmt::Debug + Into<u8> + SerializeByHand {
        1_u8
    }

    pub trait SerializeByHand: serde::Serialize {}

    impl SerializeByHand for u8 {}

    #[cfg(any())]
    #[func("absent")]
    pub async fn absent(_: NoSuchType) {}

    #[func("absent")]
    #[cfg(any())]
    pub async fn absent_too(_: NoSuchType) {}

    #[deprecated]
    #[func("old")]
    pub async fn old() {}

    #[func("private")]
    async fn private() {}
}

fn main() {
    use fx::__private::generated as __fx;
    let _ = __fx::Unit::new("shop", "shop")
        .app(shop::__fx_app_app)
        .http("get", "get", &[(0, &["GET"], "/user/:id")], shop::__fx_http_get)
        .http("opaque", "shop.opaque", &[(1, &["GET", "POST"], "/opaque"), (3, &["ANY"], "/o/*")], shop::__fx_http_opaque)
        .http("nothing", "shop.nothing", &[(2, &["ANY"], "/*")], shop::__fx_http_nothing)
        .event("purge", "purge", __fx::TriggerKind::Timer, shop::__fx_event_purge)
        .event("placed", "placed", __fx::TriggerKind::Message, shop::__fx_event_placed)
        .event("raw", "raw", __fx::TriggerKind::Log, shop::__fx_event_raw);
    // The functions themselves are what they were.
    drop(shop::purge(Default::default(), fx::prelude::State(shop::Users), fx::Context::for_test()));
}
