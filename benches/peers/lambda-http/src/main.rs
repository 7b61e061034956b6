//! lambda_http and axum, set up as their documentation shows.

use axum::{
    Json, Router,
    body::Bytes,
    extract::Path,
    http::header::CONTENT_TYPE,
    response::IntoResponse,
    routing::{get, post},
};
use lambda_http::{Error, run, tracing};
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

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing::init_default_subscriber();
    let app = Router::new().route("/hello/{name}", get(hello)).route("/echo", post(echo));
    run(app).await
}
