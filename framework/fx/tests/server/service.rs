//! The service under test, and its `main` as `fx build` would write it.

use std::{process::ExitCode, time::Duration};

use fx::{
    axum::{
        body::Bytes,
        extract::{MatchedPath, OriginalUri},
        http::HeaderValue,
        middleware::{from_fn, map_response},
    },
    prelude::*,
};
use serde::{Deserialize, Serialize};

use fx_testing::Process;

#[derive(Clone)]
pub struct Greeting(String);

#[derive(Clone)]
pub struct Shared {
    greeting: Greeting,
}

impl FromRef<Shared> for Greeting {
    fn from_ref(shared: &Shared) -> Self {
        shared.greeting.clone()
    }
}

#[fx::app]
pub async fn app(env: Env) -> Result<App<Shared>> {
    if env.get("TEST_PANIC").is_some() {
        panic!("nothing to start with");
    }
    let greeting = Greeting(env.get("TEST_GREETING").unwrap_or("hello").to_owned());
    if let Some(file) = env.get("TEST_FILE") {
        std::fs::read_to_string(file)?;
    }
    let seen = from_fn(|request: Request, next: Next| async move {
        let mut response = next.run(request).await;
        trail(&mut response, "app");
        response
    });
    Ok(App::new(Shared { greeting })
        .layer(seen)
        .body_limit(3 * 1024 * 1024)
        .on_shutdown(async || fx::tracing::info!("goodbye")))
}

fn trail(response: &mut Response, step: &'static str) {
    response.headers_mut().append("x-trail", HeaderValue::from_static(step));
}

#[fx::middleware]
pub async fn outer(State(greeting): State<Greeting>, request: Request, next: Next) -> Result<Response> {
    if request.headers().contains_key("x-refuse") {
        return Err(Error::forbidden(format!("no {}", greeting.0)));
    }
    let mut response = next.run(request).await;
    trail(&mut response, "outer");
    Ok(response)
}

#[fx::middleware]
pub async fn inner(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    trail(&mut response, "inner");
    response
}

async fn mapped(mut response: Response) -> Response {
    trail(&mut response, "layer");
    response
}

#[func("greet", middleware = [outer, map_response(mapped), inner])]
pub async fn greet(Path(name): Path<String>, State(greeting): State<Greeting>) -> Result<String> {
    Ok(format!("{} {name}", greeting.0))
}

#[derive(Deserialize, Serialize)]
pub struct Item {
    name: String,
    count: u8,
}

#[func("item.add")]
pub async fn add(Json(item): Json<Item>) -> (StatusCode, Json<Item>) {
    (StatusCode::CREATED, Json(item))
}

#[func("item.get")]
pub async fn item(Path(id): Path<u32>) -> String {
    id.to_string()
}

#[func("item.sorted")]
pub async fn sorted() -> &'static str {
    "sorted"
}

#[func("files")]
pub async fn files(
    rest: Option<Path<String>>,
    path: MatchedPath,
    OriginalUri(uri): OriginalUri,
    context: Context,
) -> String {
    let rest = rest.map(|Path(rest)| rest);
    format!("{rest:?} {} {uri} {}", path.as_str(), context.function())
}

#[func("echo")]
pub async fn echo(body: Bytes) -> Bytes {
    body
}

#[func("boom")]
pub async fn boom() -> Result<String> {
    panic!("on purpose")
}

#[func("fail")]
pub async fn fail() -> Result<String> {
    Ok(std::fs::read_to_string("/no/such/secret-file")?)
}

#[func("leave")]
pub async fn leave() -> String {
    std::process::exit(7)
}

#[func("slow")]
pub async fn slow(Path(ms): Path<u64>) -> &'static str {
    fx::tracing::info!("slowly");
    tokio::time::sleep(Duration::from_millis(ms)).await;
    "done"
}

#[func("id")]
pub async fn id(context: Context) -> Result<Json<(String, Option<String>, bool)>> {
    let from_pool = fx::blocking(|| fx::tracing::info!("from the pool")).await;
    from_pool?;
    let in_time = context.remaining().is_some_and(|left| left <= Duration::from_secs(2));
    Ok(Json((context.request_id().to_owned(), context.trace_id().map(str::to_owned), in_time)))
}

#[func("tick")]
pub async fn tick(tick: Timer, State(greeting): State<Greeting>, context: Context) -> Result<String> {
    if tick.name == "panic" {
        panic!("on purpose");
    }
    if tick.name == "slow" {
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    Ok(format!("{} {} {:?} {}", greeting.0, tick.name, tick.scheduled, context.function()))
}

#[func("upload")]
pub async fn upload(event: ObjectEvent) -> Result<()> {
    match event.kind {
        ObjectEventKind::Created => Ok(()),
        ObjectEventKind::Removed => Err(Error::conflict(format!("{} is gone", event.key))),
    }
}

#[func("changed")]
pub async fn changed(message: Message<Item>) -> u8 {
    message.body.count
}

#[func("lines")]
pub async fn lines(batch: LogBatch) -> Result<usize, std::io::Error> {
    match batch.lines.len() {
        0 => Err(std::io::Error::other("nothing at all")),
        lines => Ok(lines),
    }
}

#[func("anything")]
pub async fn anything(Raw(event): Raw) -> Seen {
    Seen { seen: event }
}

#[derive(Serialize)]
pub struct Seen {
    seen: serde_json::Value,
}

fn main() -> ExitCode {
    use fx::__private::generated as __fx;
    let threads = std::env::var("TEST_THREADS").map_or(1, |threads| threads.parse().unwrap());
    __fx::http::run(
        __fx::Unit::new("test", "test")
            .timeout(2)
            .threads(threads)
            .app(__fx_app_app)
            .http("greet", "greet", &[(1, &["GET"], "/greet/:name")], __fx_http_greet)
            .http("add", "item.add", &[(4, &["POST", "PUT"], "/item")], __fx_http_add)
            .http("item", "item.get", &[(2, &["GET", "DELETE"], "/item/:id")], __fx_http_item)
            .http("sorted", "item.sorted", &[(0, &["GET"], "/item/sorted")], __fx_http_sorted)
            .http("files", "files", &[(9, &["GET"], "/files/*")], __fx_http_files)
            .http("echo", "echo", &[(5, &["ANY"], "/echo")], __fx_http_echo)
            .http("boom", "boom", &[(6, &["GET"], "/boom")], __fx_http_boom)
            .http("fail", "fail", &[(6, &["GET"], "/fail")], __fx_http_fail)
            .http("leave", "leave", &[(6, &["GET"], "/leave")], __fx_http_leave)
            .http("slow", "slow", &[(7, &["GET"], "/slow/:ms")], __fx_http_slow)
            .http("id", "id", &[(8, &["GET"], "/id")], __fx_http_id)
            .event("tick", "tick.handler", __fx::TriggerKind::Timer, __fx_event_tick)
            .event("upload", "upload", __fx::TriggerKind::Object, __fx_event_upload)
            .event("changed", "changed", __fx::TriggerKind::Message, __fx_event_changed)
            .event("lines", "lines", __fx::TriggerKind::Log, __fx_event_lines)
            .event("anything", "anything", __fx::TriggerKind::Timer, __fx_event_anything)
            .event("anything", "anything", __fx::TriggerKind::Message, __fx_event_anything),
    )
}

/// Not a test but the process that the tests talk to.
#[test]
fn serve() {
    if Process::is_wanted() {
        std::process::exit(if main() == ExitCode::SUCCESS { 0 } else { 1 });
    }
}
