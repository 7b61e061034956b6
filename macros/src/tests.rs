//! What the attributes expand to, readable.

use proc_macro2::TokenStream;
use quote::quote;

use crate::{app, entrypoint, func, middleware};

fn pretty(tokens: &TokenStream) -> String {
    match syn::parse2(tokens.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        Err(error) => panic!("{error} in {tokens}"),
    }
}

#[test]
fn an_http_function() {
    let item = quote! {
        /// A profile.
        #[cfg(feature = "users")]
        pub async fn get(Path(id): Path<UserId>, State(users): State<Users>) -> Result<Json<Profile>> {
            users.get(id).await.map(Json)
        }
    };
    let arguments = quote!("user.get", middleware = [auth::require_login, TimeoutLayer::new(SECOND)]);
    insta::assert_snapshot!(pretty(&func::expand(arguments, &item)));
}

#[test]
fn an_event_function() {
    let item = quote! {
        async fn purge(tick: Timer, State(todos): State<Todos>) -> Result<()> {
            todos.purge(tick).await
        }
    };
    insta::assert_snapshot!(pretty(&func::expand(quote!(timer = "every 5m"), &item)));
}

#[test]
fn a_function_without_arguments_and_with_an_answer_that_has_no_name() {
    let item = quote! {
        pub(crate) async fn index() -> impl IntoResponse {
            "hello"
        }
    };
    insta::assert_snapshot!(pretty(&func::expand(quote!(crate = shop::fx), &item)));
}

#[test]
fn an_app() {
    let item = quote! {
        pub async fn app(env: Env) -> Result<App<AppState>> {
            AppState::open(env).await.map(App::new)
        }
    };
    insta::assert_snapshot!(pretty(&app::expand(quote!(), &item)));
}

#[test]
fn a_middleware() {
    let item = quote! {
        pub async fn require_login(State(users): State<Users>, request: Request, next: Next) -> Result<Response> {
            users.check(&request).await?;
            Ok(next.run(request).await)
        }
    };
    insta::assert_snapshot!(pretty(&middleware::expand(quote!(), &item)));
}

#[test]
fn a_failing_attribute_leaves_the_function() {
    let item = quote! {
        pub fn get(id: &str) {}
    };
    insta::assert_snapshot!(pretty(&func::expand(quote!("user get", htpp = "GET /"), &item)));
}

#[test]
fn an_entrypoint() {
    let facade = quote!($crate);
    let with = entrypoint::expand(&facade, Some("/home/ann/shop/target/fx/local/shop.rs")).to_string();
    let without = entrypoint::expand(&facade, None).to_string();
    insta::assert_snapshot!(format!("{with}\n\n{without}"));
}
