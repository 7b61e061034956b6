//! Plain axum on tokio's multi-threaded runtime.

mod routes;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    routes::serve().await
}
