//! Which functions may carry the attributes.

use fx_syntax::signature::{check_app, check_func};
use syn::Signature;

fn messages(check: fn(&Signature) -> Vec<syn::Error>, signature: &str) -> Vec<String> {
    let signature: Signature = syn::parse_str(signature).expect("a signature");
    check(&signature).iter().map(ToString::to_string).collect()
}

#[test]
fn what_functions_look_like() {
    for good in [
        "async fn get()",
        "async fn get(Path(id): Path<UserId>, State(users): State<Users>) -> Result<Json<Profile>>",
        "async fn page(headers: HeaderMap, body: Bytes) -> impl IntoResponse",
        "async fn purge(tick: Timer, State(todos): State<Todos>) -> Result<()>",
    ] {
        assert!(messages(check_func, good).is_empty(), "{good}");
    }
}

#[test]
fn what_they_do_not_look_like() {
    let cases = [
        ("fn get()", "a #[func] is async: write `async fn get`"),
        ("async unsafe fn get()", "a #[func] cannot be unsafe: nobody is there to keep its promises"),
        ("async fn get<T>(a: T)", "a #[func] cannot have generic parameters: nobody is there to choose them"),
        ("async fn get<'a>(a: A<'a>)", "a #[func] cannot have lifetime parameters: its arguments own what they hold"),
        (
            "async fn get(&self)",
            "a #[func] is a free function; what methods find in `self` comes as an argument: `State(users): State<Users>`",
        ),
        ("async fn get(a: &str)", "a #[func] owns its arguments: take the value instead of a reference"),
        (
            "async fn get(a: impl Into<String>)",
            "a #[func] cannot have generic parameters: name the type instead of `impl …`",
        ),
        ("async fn get(a: State<A>, tick: Timer)", "the event is the first argument"),
        ("async fn get(tick: Timer, m: Message)", "a #[func] takes one event; this is a second one"),
        (
            "async fn get(tick: Timer, body: Json<A>)",
            "a function that takes a `Timer` has no request body; its data is in the event",
        ),
        (
            "async fn get(body: Json<A>, a: State<A>)",
            "this takes the request's body, which can be read once: make it the last argument",
        ),
    ];
    for (signature, expected) in cases {
        assert_eq!(messages(check_func, signature), [expected], "{signature}");
    }
}

#[test]
fn several_at_once() {
    assert_eq!(messages(check_func, "unsafe extern \"C\" fn get<T>(a: &T)").len(), 5);
}

#[test]
fn what_apps_look_like() {
    for good in ["async fn app(env: Env) -> Result<App<S>>", "async fn app() -> App<()>"] {
        assert!(messages(check_app, good).is_empty(), "{good}");
    }
    assert_eq!(
        messages(check_app, "fn app(env: Env, more: u8)"),
        [
            "#[fx::app] is async: write `async fn app`",
            "#[fx::app] takes one argument at most: `env: Env`",
            "#[fx::app] returns what all functions share: `async fn app(env: Env) -> Result<App<State>>`",
        ]
    );
}
