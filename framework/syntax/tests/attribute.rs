//! What `#[func(…)]` and `#[fx::app(…)]` understand, and what they answer to mistakes.

use fx_syntax::{AppArgs, FuncArgs, TriggerKind};
use proc_macro2::TokenStream;

fn tokens(text: &str) -> TokenStream {
    text.parse().expect("tokens")
}

fn good(text: &str) -> FuncArgs {
    let parsed = FuncArgs::parse(tokens(text));
    assert!(parsed.errors.is_empty(), "{text}: {:?}", messages(text));
    parsed.value
}

fn messages(text: &str) -> Vec<String> {
    FuncArgs::parse(tokens(text)).errors.iter().map(ToString::to_string).collect()
}

#[test]
fn everything_may_be_absent() {
    let args = good("");
    assert!(args.handler.is_none() && args.triggers.is_empty() && args.middleware.is_empty() && args.krate.is_none());
}

#[test]
fn the_whole_of_it() {
    let args = good(
        r#""user.get",
           middleware = [auth::require_login, limits::per_minute(30),],
           http = ["GET /user/:id", "HEAD,OPTIONS /user/:id"],
           timer = "every 5m",
           object(bucket = "uploads", events = ["created", "removed"], suffix = ".csv"),
           message = "changes",
           log(source = "access", project = "p"),
           crate = my::fx,"#,
    );
    assert_eq!(args.handler.unwrap().value(), "user.get");
    assert_eq!(args.middleware.len(), 2);
    assert_eq!(args.krate.unwrap().segments.len(), 2);
    let words: Vec<&str> = args.triggers.iter().map(|trigger| trigger.kind.word().as_str()).collect();
    assert_eq!(words, ["http", "http", "timer", "object", "message", "log"]);
    let TriggerKind::Object { bucket, events, prefix, suffix } = &args.triggers[3].kind else { panic!() };
    assert_eq!(bucket.value(), "uploads");
    assert_eq!(events.len(), 2);
    assert!(prefix.is_none());
    assert_eq!(suffix.as_ref().unwrap().value(), ".csv");
}

#[test]
fn two_buckets() {
    assert_eq!(good(r#"object(bucket = "a"), object(bucket = "b", prefix = "in/")"#).triggers.len(), 2);
    assert_eq!(good(r#"object = ["a", "b"]"#).triggers.len(), 2);
}

#[test]
fn all_mistakes_at_once() {
    assert_eq!(
        messages(
            r#""user get", htpt = "GET /x", http = "GTE /x", http = "/y", timer = 5, middleware = auth, crate = 3"#
        ),
        [
            "a handler's name cannot contain ' '; letters, digits, `_`, `-` and dots make one, like \"user.get\"",
            "#[func] does not know `htpt`; did you mean `http`?",
            "\"GTE\" is no HTTP method; did you mean GET?",
            "`http` is given twice; several go in a list: http = [\"…\", \"…\"]",
            "this is not text in quotes; write timer = \"0 0 3 * * *\"",
            "this is not a list of functions; write middleware = [auth::require_login]",
            "this is not a path; write crate = my_crate::fx",
        ]
    );
}

#[test]
fn shapes_that_are_not_quite_right() {
    let cases = [
        (r#""a" http = "GET /""#, "there is no comma before this; put one between the parts"),
        (r#"http = "GET /" timer = "every 5m""#, "there is no comma before this; put one between the parts"),
        (r#"http = "GET /a", "user.get""#, "the handler's name comes first; write #[func(\"user.get\", …)]"),
        (r#""a", "b""#, "this is a second handler name; a function has one"),
        (r#"user.get"#, "this is not `key = value`; write #[func(\"user.get\", http = \"GET /user/:id\")]"),
        (r#"http"#, "this is not `key = value`; write http = \"GET /user/:id\""),
        (r#"http ="#, "`http` has no value; write http = \"GET /user/:id\""),
        (r#"http = []"#, "this list is empty; write http = \"GET /user/:id\""),
        (r#"http("GET /a")"#, "`http` takes its text after `=`; write http = \"GET /user/:id\""),
        (r#"http = ["GET /a", "GET /a"]"#, "\"GET /a\" is in this list twice; once is enough"),
        (r#"http = "GET /{id}""#, "`{}` is no parameter here; write `:id` as in f.yml: \"GET /user/:id\""),
        (
            r#"name = "x""#,
            "#[func] does not know `name`; it knows `http`, `timer`, `object`, `message`, `log`, `middleware`, `crate`",
        ),
        (r#", "a""#, "there is nothing before this comma; remove it"),
        (r#"object(buket = "b")"#, "`object(…)` does not know `buket`; did you mean `bucket`?"),
        (
            r#"message(tags = ["a"])"#,
            "`message(…)` needs `topic`; write message = \"topic\", or message(topic = \"t\", tags = [\"a\"])",
        ),
        (r#"message = "  ""#, "the topic's name is empty; write it, or leave this out"),
        (r#"middleware = [auth::]"#, "this is not a list of functions; write middleware = [auth::require_login]"),
    ];
    for (text, expected) in cases {
        assert_eq!(messages(text), [expected], "{text}");
    }
}

#[test]
fn the_app_attribute() {
    assert!(AppArgs::parse(tokens("")).errors.is_empty());
    assert!(AppArgs::parse(tokens("crate = a::b")).value.krate.is_some());
    let errors: Vec<String> =
        AppArgs::parse(tokens(r#""name", crat = x"#)).errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        errors,
        [
            "#[fx::app] takes no name; write #[fx::app] or #[fx::app(crate = my_crate::fx)]",
            "#[fx::app] does not know `crat`; did you mean `crate`?",
        ]
    );
}

#[test]
fn all_errors_in_one() {
    let error = FuncArgs::parse(tokens("a = 1, b = 2")).into_result().err().unwrap();
    assert_eq!(error.into_iter().count(), 2);
}
