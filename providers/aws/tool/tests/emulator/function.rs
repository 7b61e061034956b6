//! A function on AWS's own runtime crate, which nobody here wrote. What it does is in the event.

use std::time::Duration;

use lambda_runtime::{
    Error, LambdaEvent, MetadataPrelude, run, service_fn,
    streaming::{Body, Response, channel},
};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    match std::env::var("START").as_deref() {
        Ok("exit") => std::process::exit(3),
        Ok("stream") => run(service_fn(stream)).await,
        _ => run(service_fn(answer)).await,
    }
}

async fn answer(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let text = |name: &str| event.payload[name].as_str().unwrap_or_default().to_owned();
    match text("do").as_str() {
        "fail" => Err("on purpose".into()),
        "exit" => std::process::exit(9),
        "leave" => std::process::exit(0),
        "abort" => std::process::abort(),
        "sleep" => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(Value::Null)
        }
        "large" => Ok("x".repeat(6_291_556).into()),
        "env" => Ok(std::env::var(text("name")).map_or(Value::Null, Value::from)),
        "context" => Ok(json!({
            "remaining": event.context.deadline().duration_since(std::time::SystemTime::now()).map(|time| time.as_secs()).ok(),
            "arn": event.context.invoked_function_arn,
            "pid": std::process::id(),
        })),
        _ if event.payload["rawPath"] == "/abort" => std::process::abort(),
        _ => Ok(json!({
            "statusCode": 200,
            "headers": { "content-type": "application/json", "x-pid": std::process::id().to_string() },
            "cookies": ["a=1; Path=/", "b=2"],
            "body": event.payload.to_string(),
        })),
    }
}

async fn stream(event: LambdaEvent<Value>) -> Result<Response<Body>, Error> {
    let (mut sender, body) = channel();
    let breaks = event.payload["rawPath"] == "/break";
    tokio::spawn(async move {
        for piece in ["one ", "two ", "three"] {
            if sender.send_data(piece.into()).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        if breaks {
            std::process::exit(1);
        }
    });
    let metadata_prelude = MetadataPrelude { status_code: 203.try_into()?, ..MetadataPrelude::default() };
    Ok(Response { metadata_prelude, stream: body })
}
