//! The unit under test, as a generated `main` would write it down, its companions by hand.

use std::{process::ExitCode, time::Duration};

use axum::{
    body::{Body, Bytes, to_bytes},
    response::{IntoResponse, Response},
};
use fx_runtime::{
    App, Context, Error, TriggerKind, Unit,
    event::{Event, LogBatch, Message, ObjectEvent, Timer},
    function::{EventFunction, HttpFunction},
};
use serde_json::{Value, json};

use fx_testing::Process;

/// Tells what reached it: method, path with query, body, and the context.
fn echo() -> HttpFunction<()> {
    HttpFunction::new(|request, ()| {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let context = head.extensions.get::<Context>().cloned().unwrap();
            let body = to_bytes(body, usize::MAX).await.unwrap();
            let seen = json!({
                "method": head.method.as_str(),
                "uri": head.uri.to_string(),
                "body": String::from_utf8_lossy(&body),
                "id": context.request_id(),
                "region": context.region(),
                "account": context.account(),
                "client": context.client_ip(),
                "trace": context.trace_id(),
                "left": context.remaining().unwrap().as_secs_f64(),
                "assets": fx_runtime::assets(),
            });
            ([("x-fc-status", "200"), ("x-fc-secret", "1"), ("keep-alive", "1"), ("x-own", "1")], axum::Json(seen))
                .into_response()
        })
    })
}

fn boom() -> HttpFunction<()> {
    HttpFunction::new(|_, ()| Box::pin(async { panic!("on purpose") }))
}

/// Headers larger than the platform passes on.
fn wide() -> HttpFunction<()> {
    HttpFunction::new(|request, ()| {
        Box::pin(async move {
            let size: usize = request.uri().query().unwrap_or_default().parse().unwrap();
            ([("x-wide", "w".repeat(size))], "wide").into_response()
        })
    })
}

fn slow() -> HttpFunction<()> {
    HttpFunction::new(|_, ()| {
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Response::default()
        })
    })
}

/// Its lines are logged while the body is on its way.
fn stream() -> HttpFunction<()> {
    HttpFunction::new(|_, ()| Box::pin(async { Response::new(Body::new(Parts(0))) }))
}

struct Parts(u8);

impl http_body::Body for Parts {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        self.0 += 1;
        let part = (self.0 <= 3).then(|| Ok(http_body::Frame::data(Bytes::from_static(b"part "))));
        println!("part {}", self.0);
        std::task::Poll::Ready(part)
    }
}

fn tick() -> EventFunction<()> {
    EventFunction::new(Timer::KINDS, |delivery, parts, ()| {
        Box::pin(async move {
            let timer = Timer::receive(delivery)?;
            let context = parts.extensions.get::<Context>().cloned().unwrap();
            match timer.payload.as_deref() {
                Some("panic") => panic!("on purpose"),
                Some("fail") => Err(Error::from(std::io::Error::other("secret host db-7"))),
                Some("nothing") => Ok(Value::Null),
                Some("slow") => {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                    Ok(Value::Null)
                }
                _ => Ok(json!({ "tick": timer.name, "id": context.request_id(), "region": context.region() })),
            }
        })
    })
}

fn upload() -> EventFunction<()> {
    EventFunction::new(ObjectEvent::KINDS, |delivery, _, ()| {
        Box::pin(async move {
            let event = ObjectEvent::receive(delivery)?;
            if event.key == "bad" { Err(Error::unprocessable("no such table")) } else { Ok(event.key.into()) }
        })
    })
}

fn lines() -> EventFunction<()> {
    EventFunction::new(LogBatch::KINDS, |delivery, _, ()| {
        Box::pin(async move { Ok(LogBatch::receive(delivery)?.store.into()) })
    })
}

fn said() -> EventFunction<()> {
    EventFunction::new(Message::<Value>::KINDS, |delivery, _, ()| {
        Box::pin(async move { Ok(Message::<Value>::receive(delivery)?.body) })
    })
}

/// Not a test: the process under test. The harness gives each test a thread of its own, which is all that serving needs.
#[test]
fn serve() {
    if !Process::is_wanted() {
        return;
    }
    let unit = Unit::new("shop", "shop")
        .timeout(30)
        .app(|env| {
            Box::pin(async move {
                if env.get("TEST_BROKEN").is_some() {
                    return Err(Error::internal("no table").with_cause("secret host db-7"));
                }
                Ok(App::new(()).on_shutdown(async || println!("goodbye")))
            })
        })
        .http("echo", "echo", &[(0, &["ANY"], "/echo"), (1, &["ANY"], "/invoke"), (2, &["ANY"], "/initialize")], echo)
        .http("boom", "boom", &[(3, &["GET"], "/boom")], boom)
        .http("slow", "slow", &[(4, &["GET"], "/slow")], slow)
        .http("wide", "wide", &[(6, &["GET"], "/wide")], wide)
        .http("stream", "stream", &[(5, &["GET"], "/stream")], stream)
        .event("tick", "tick", TriggerKind::Timer, tick)
        .event("upload", "upload", TriggerKind::Object, upload);
    let unit = if std::env::var_os("TEST_MESSAGES").is_some() {
        unit.event("said", "said", TriggerKind::Message, said).event("lines", "lines", TriggerKind::Log, lines)
    } else {
        unit
    };
    let code = fx_aliyun::run(unit);
    std::process::exit(i32::from(code != ExitCode::SUCCESS));
}
