//! The unit under test, as a generated `main` would write it down, its companions by hand.

use std::{process::ExitCode, time::Duration};

use axum::{
    body::to_bytes,
    response::{IntoResponse, Response},
};
use fx_runtime::{
    App, Context, Error, TriggerKind, Unit,
    event::{Event, LogBatch, Message, ObjectEvent, Source, Timer},
    function::{EventFunction, HttpFunction},
};
use http::header;
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
                "host": head.headers.get("host").map(|host| host.to_str().unwrap()),
                "body": String::from_utf8_lossy(&body),
                "id": context.request_id(),
                "region": context.region(),
                "account": context.account(),
                "client": context.client_ip(),
                "left": context.remaining().unwrap().as_secs_f64(),
                "assets": fx_runtime::assets(),
            });
            let mut response = axum::Json(seen).into_response();
            for cookie in ["a=1", "b=2"] {
                response.headers_mut().append(header::SET_COOKIE, cookie.parse().unwrap());
            }
            response
        })
    })
}

fn boom() -> HttpFunction<()> {
    HttpFunction::new(|_, ()| Box::pin(async { panic!("on purpose") }))
}

fn large() -> HttpFunction<()> {
    HttpFunction::new(|_, ()| Box::pin(async { vec![b'a'; 7 << 20].into_response() }))
}

/// Headers as large as the query says.
fn wide() -> HttpFunction<()> {
    HttpFunction::new(|request, ()| {
        Box::pin(async move {
            let size: usize = request.uri().query().unwrap_or_default().parse().unwrap();
            ([("x-wide", "w".repeat(size))], axum::Json(())).into_response()
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

fn tick() -> EventFunction<()> {
    EventFunction::new(Timer::KINDS, |delivery, parts, ()| {
        Box::pin(async move {
            let timer = Timer::receive(delivery)?;
            let context = parts.extensions.get::<Context>().cloned().unwrap();
            match timer.payload.as_deref() {
                Some("panic") => panic!("on purpose"),
                Some("fail") => Err(Error::from(std::io::Error::other("secret host db-7"))),
                Some("large") => Ok("a".repeat(7 << 20).into()),
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
        Box::pin(async move { Ok(ObjectEvent::receive(delivery)?.key.into()) })
    })
}

fn lines() -> EventFunction<()> {
    EventFunction::new(LogBatch::KINDS, |delivery, _, ()| {
        Box::pin(async move { Ok(LogBatch::receive(delivery)?.lines.len().into()) })
    })
}

/// Tells the topic of a message with its own name.
fn orders() -> EventFunction<()> {
    EventFunction::new(Message::<Value>::KINDS, |delivery, _, ()| {
        Box::pin(async move { Ok(format!("orders got {}", Message::<Value>::receive(delivery)?.topic).into()) })
    })
}

fn bills() -> EventFunction<()> {
    EventFunction::new(Message::<Value>::KINDS, |delivery, _, ()| {
        Box::pin(async move { Ok(format!("bills got {}", Message::<Value>::receive(delivery)?.topic).into()) })
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
        .web(std::env::var_os("TEST_WEB").is_some())
        .app(|env| {
            Box::pin(async move {
                if env.get("TEST_BROKEN").is_some() {
                    return Err(Error::internal("no table").with_cause("secret host db-7"));
                }
                Ok(App::new(()).on_shutdown(async || println!("goodbye")))
            })
        })
        .http("echo", "echo", &[(0, &["ANY"], "/echo/*")], echo)
        .http("boom", "boom", &[(1, &["GET"], "/boom")], boom)
        .http("large", "large", &[(2, &["GET"], "/large")], large)
        .http("wide", "wide", &[(4, &["GET"], "/wide")], wide)
        .http("slow", "slow", &[(3, &["GET"], "/slow")], slow)
        .event("tick", "tick", TriggerKind::Timer, tick)
        .event("upload", "upload", TriggerKind::Object, upload);
    let unit = if std::env::var_os("TEST_MESSAGES").is_some() {
        unit.event("said", "said", TriggerKind::Message, said).event("lines", "lines", TriggerKind::Log, lines)
    } else if std::env::var_os("TEST_TOPICS").is_some() {
        unit.event("orders", "orders", TriggerKind::Message, orders)
            .sources(&[Source::Message { topic: "ckafka-8tfxzia3-orders-new", tags: &[] }])
            .event("bills", "bills", TriggerKind::Message, bills)
            .sources(&[
                Source::Message { topic: "ckafka-8tfxzia3-bills", tags: &[] },
                Source::Message { topic: "bills-by-cmq", tags: &[] },
            ])
    } else {
        unit
    };
    let code = fx_tencent::run(unit);
    std::process::exit(i32::from(code != ExitCode::SUCCESS));
}
