//! The two routes, served where `PEER_LISTEN` says.

use std::io;

use axum::{
    Json, Router,
    body::Bytes,
    extract::Path,
    http::{HeaderMap, HeaderValue, header::CONTENT_TYPE},
    response::IntoResponse,
    routing::{get, post},
};
use serde::Serialize;

#[derive(Serialize)]
struct Greeting {
    message: String,
    note: &'static str,
}

const NOTE: &str = include_str!("../../note.txt");

async fn hello(Path(name): Path<String>) -> Json<Greeting> {
    Json(Greeting { message: format!("Hello, {name}!"), note: NOTE })
}

async fn echo(headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let kind = headers.get(CONTENT_TYPE).cloned();
    let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    ([(CONTENT_TYPE, kind)], body)
}

pub async fn serve() -> io::Result<()> {
    let app = Router::new().route("/hello/{name}", get(hello)).route("/echo", post(echo));
    let address = std::env::var("PEER_LISTEN").unwrap_or_else(|_| "127.0.0.1:8080".into());
    axum::serve(tokio::net::TcpListener::bind(address).await?, app).await
}
