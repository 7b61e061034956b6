//! The two functions that `benches/` measures: a small answer made from the path, and a body given back as it came.

use fx::{
    axum::{
        body::Bytes,
        http::{HeaderValue, header::CONTENT_TYPE},
    },
    prelude::*,
};
use serde::Serialize;

/// What `GET /hello/:name` answers: about 200 bytes.
#[derive(Debug, Serialize)]
pub struct Greeting {
    message: String,
    note: &'static str,
}

/// `GET /hello/:name`
#[func("bench.hello")]
pub async fn hello(Path(name): Path<String>) -> Json<Greeting> {
    Json(Greeting { message: format!("Hello, {name}!"), note: include_str!("../note.txt") })
}

/// `POST /echo`
#[func("bench.echo")]
pub async fn echo(headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    let kind = headers.get(CONTENT_TYPE).cloned();
    let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    ([(CONTENT_TYPE, kind)], body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn greets_by_name() {
        let Json(greeting) = hello(Path("你好".into())).await;
        assert_eq!(greeting.message, "Hello, 你好!");
        assert!(!greeting.note.ends_with('\n'));
    }

    #[tokio::test]
    async fn gives_back_kind_and_body() {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("text/plain"))]);
        let response = echo(headers, Bytes::from_static(b"\0text")).await.into_response();
        assert_eq!(response.headers()[CONTENT_TYPE], "text/plain");
        let body = fx::axum::body::to_bytes(response.into_body(), 100).await.unwrap();
        assert_eq!(&body[..], b"\0text");
    }
}
