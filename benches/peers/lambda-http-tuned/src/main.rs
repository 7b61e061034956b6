//! lambda_http and axum with one thread, one event type, no log subscriber and no unwinding.

use axum::{
    Json, Router,
    body::Bytes,
    extract::Path,
    http::header::CONTENT_TYPE,
    response::IntoResponse,
    routing::{get, post},
};
use lambda_http::{Error, run};
use serde::Serialize;

#[derive(Serialize)]
struct Greeting {
    message: String,
    note: &'static str,
}

async fn hello(Path(name): Path<String>) -> Json<Greeting> {
    Json(Greeting { message: format!("Hello, {name}!"), note: NOTE })
}

async fn echo(headers: axum::http::HeaderMap, body: Bytes) -> impl IntoResponse {
    let kind = headers.get(CONTENT_TYPE).cloned();
    let kind = kind.unwrap_or(axum::http::HeaderValue::from_static("application/octet-stream"));
    ([(CONTENT_TYPE, kind)], body)
}

const NOTE: &str = include_str!("../../note.txt");

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let app = Router::new().route("/hello/{name}", get(hello)).route("/echo", post(echo));
    run(app).await
}
