//! Plain axum on tokio's current-thread runtime.

mod routes;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    routes::serve().await
}
