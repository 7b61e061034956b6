//! The unit under test, and its `main` as `fx build` would write it.

use std::{convert::Infallible, process::ExitCode, time::Duration};

use fx::{
    aws::Caller,
    axum::body::{Body, Bytes},
    prelude::*,
};

use fx_testing::Process;

#[fx::app]
pub async fn app(env: Env) -> Result<App<()>> {
    env.require("TEST_SETTING")?;
    if env.get("TEST_SLOW_START").is_some() {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    Ok(App::new(()).body_limit(8 * 1024 * 1024).on_shutdown(async || fx::tracing::info!("goodbye")))
}

#[func("hello")]
pub async fn hello(Path(name): Path<String>, context: Context) -> Json<serde_json::Value> {
    Json(serde_json::json!({
        "hello": name, "id": context.request_id(), "trace": context.trace_id(), "region": context.region(),
        "account": context.account(),
    }))
}

#[func("echo")]
pub async fn echo(body: Bytes) -> Bytes {
    body
}

#[func("large")]
pub async fn large(Path(bytes): Path<usize>) -> Vec<u8> {
    vec![0xff; bytes]
}

#[func("boom")]
pub async fn boom() -> String {
    panic!("on purpose")
}

#[func("slow")]
pub async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_secs(30)).await;
    "late"
}

/// Ends the process, or keeps it so busy that only its end helps.
#[func("ruin")]
pub async fn ruin(Path(how): Path<String>) -> &'static str {
    match how.as_str() {
        "abort" => std::process::abort(),
        "exit" => std::process::exit(9),
        _ => std::thread::sleep(Duration::from_secs(600)),
    }
    "nothing happened"
}

#[func("tenant")]
pub async fn tenant(caller: Caller) -> String {
    format!("{:?}", caller.tenant_id())
}

#[func("stream")]
pub async fn stream(Path(kind): Path<String>) -> Body {
    if kind == "endless" {
        return Body::from_stream(futures_util::stream::pending::<std::io::Result<Bytes>>());
    }
    let pieces = ["one,", "two,", "three"].map(|piece| Ok::<_, std::io::Error>(Bytes::from(piece)));
    let end = (kind == "broken").then(|| Err(std::io::Error::other("the disk is gone")));
    Body::from_stream(futures_util::stream::iter(pieces.into_iter().chain(end)))
}

#[func("tick")]
pub async fn tick(tick: Timer, caller: Caller) -> Result<String> {
    match tick.name.as_str() {
        "who" => {
            let app: Option<serde_json::Value> = caller.client_context()?;
            let user = caller.identity()?.map(|user| format!("{} of {}", user.id, user.pool_id));
            Ok(format!("{} {user:?} {:?}", app.unwrap_or_default(), caller.tenant_id()))
        }
        "panic" => panic!("on purpose"),
        "fail" => Err(Error::conflict("not today")),
        _ => Ok(format!("{} {:?}", tick.name, tick.payload)),
    }
}

#[func("order")]
pub async fn order(message: Message<String>) -> Result<()> {
    if message.body.contains("bad") { Err(Error::unprocessable("a bad order")) } else { Ok(()) }
}

#[func("upload")]
pub async fn upload(event: ObjectEvent) -> Result<String> {
    Ok(format!("{}/{} {:?} {:?}", event.bucket, event.key, event.kind, event.size))
}

#[func("lines")]
pub async fn lines(batch: LogBatch) -> Result<Vec<String>, Infallible> {
    Ok(batch.lines.into_iter().map(|line| line.message).collect())
}

fn main() -> ExitCode {
    use fx::__private::generated as __fx;
    __fx::aws::run_with_events(
        __fx::Unit::new("shop", "shop")
            .timeout(2)
            .threads(1)
            .streaming(std::env::var_os("TEST_STREAMING").is_some())
            .app(__fx_app_app)
            .http("hello", "hello", &[(0, &["GET"], "/hello/:name")], __fx_http_hello)
            .http("echo", "echo", &[(1, &["POST"], "/echo")], __fx_http_echo)
            .http("large", "large", &[(2, &["GET"], "/large/:bytes")], __fx_http_large)
            .http("boom", "boom", &[(3, &["GET"], "/boom")], __fx_http_boom)
            .http("slow", "slow", &[(4, &["GET"], "/slow")], __fx_http_slow)
            .http("stream", "stream", &[(5, &["GET"], "/stream/:kind")], __fx_http_stream)
            .http("ruin", "ruin", &[(6, &["GET"], "/ruin/:how")], __fx_http_ruin)
            .http("tenant", "tenant", &[(7, &["GET"], "/tenant")], __fx_http_tenant)
            .event("tick", "tick", __fx::TriggerKind::Timer, __fx_event_tick)
            .event("order", "order", __fx::TriggerKind::Message, __fx_event_order)
            .event("upload", "upload", __fx::TriggerKind::Object, __fx_event_upload)
            .event("lines", "lines", __fx::TriggerKind::Log, __fx_event_lines),
    )
}

/// Not a test but the process that the tests talk to.
#[test]
fn serve() {
    if Process::is_wanted() {
        std::process::exit(if main() == ExitCode::SUCCESS { 0 } else { 1 });
    }
}
