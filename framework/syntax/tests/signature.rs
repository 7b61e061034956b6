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
        ("fn get()", "a #[func] must be async; write `async fn get`"),
        (
            "async unsafe fn get()",
            "a #[func] cannot be unsafe, for nobody is there to keep its promises; remove the word",
        ),
        (
            "async fn get<T>(a: T)",
            "a #[func] cannot have generic parameters, for nobody is there to choose them; name the types",
        ),
        (
            "async fn get<'a>(a: A<'a>)",
            "a #[func] cannot have lifetime parameters; let its arguments own what they hold",
        ),
        (
            "async fn get(&self)",
            "a #[func] has no `self`; make it a free function that takes what it needs as an argument, like `State(users): State<Users>`",
        ),
        ("async fn get(a: &str)", "a #[func] must own its arguments; take the value instead of a reference"),
        (
            "async fn get(a: impl Into<String>)",
            "a #[func] cannot have generic parameters; name the type instead of `impl …`",
        ),
        ("async fn get(a: State<A>, tick: Timer)", "the event must be the first argument; move it to the front"),
        (
            "async fn get(tick: Timer, m: Message)",
            "this is a second event; a #[func] takes one, so make two functions of it",
        ),
        (
            "async fn get(tick: Timer, body: Json<A>)",
            "a function that takes a `Timer` has no request body; take the data from the event",
        ),
        (
            "async fn get(body: Json<A>, a: State<A>)",
            "this takes the request's body, which can be read once; make it the last argument",
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
            "#[fx::app] must be async; write `async fn app`",
            "#[fx::app] takes one argument at most; write `env: Env` or nothing",
            "#[fx::app] must return what all functions share; write `async fn app(env: Env) -> Result<App<State>>`",
        ]
    );
}
