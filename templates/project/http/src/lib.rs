//! HTTP functions: a path parameter, a body, a query, shared state, and an error.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use fx::prelude::*;
use serde::{Deserialize, Serialize};

/// What the functions share. Made once, when an instance starts.
#[derive(Clone)]
pub struct AppState {
    greeting: Arc<str>,
    greeted: Arc<AtomicU64>,
}

/// Reads the environment that f.yml describes.
#[fx::app]
pub async fn app(env: Env) -> Result<App<AppState>> {
    Ok(App::new(AppState::new(
        env.get("GREETING").unwrap_or("Hello"),
    )))
}

impl AppState {
    fn new(greeting: &str) -> Self {
        Self {
            greeting: greeting.into(),
            greeted: Arc::default(),
        }
    }
}

/// `GET /`
#[func("hello.index")]
pub async fn index() -> &'static str {
    "Try /hello/you, /divide?a=6&b=2, or POST something to /echo.\n"
}

/// What `GET /hello/:name` answers.
#[derive(Debug, PartialEq, Serialize)]
pub struct Greeting {
    message: String,
    /// How many this instance has greeted.
    count: u64,
}

/// `GET /hello/:name`
#[func("hello.greet")]
pub async fn greet(Path(name): Path<String>, State(state): State<AppState>) -> Json<Greeting> {
    let count = state.greeted.fetch_add(1, Ordering::Relaxed) + 1;
    Json(Greeting {
        message: format!("{}, {name}!", state.greeting),
        count,
    })
}

/// `POST /echo`
#[func("hello.echo")]
pub async fn echo(body: String) -> String {
    body
}

/// What `GET /divide` takes.
#[derive(Debug, Deserialize)]
pub struct Division {
    a: f64,
    b: f64,
}

/// `GET /divide?a=6&b=2`
#[func("math.divide")]
pub async fn divide(Query(Division { a, b }): Query<Division>) -> Result<Json<f64>> {
    if b == 0.0 {
        return Err(Error::bad_request("b must not be zero"));
    }
    Ok(Json(a / b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn greets_and_counts() {
        let state = AppState::new("你好");
        for count in 1..=2 {
            let Json(greeting) = greet(Path("Rust".into()), State(state.clone())).await;
            assert_eq!(
                greeting,
                Greeting {
                    message: "你好, Rust!".into(),
                    count
                }
            );
        }
    }

    #[tokio::test]
    async fn echoes() {
        assert_eq!(echo("text".into()).await, "text");
    }

    #[tokio::test]
    async fn divides_but_not_by_zero() {
        let Json(quotient) = divide(Query(Division { a: 6.0, b: 2.0 })).await.unwrap();
        assert_eq!(quotient, 3.0);
        let error = divide(Query(Division { a: 6.0, b: 0.0 }))
            .await
            .unwrap_err();
        assert_eq!(error.status(), StatusCode::BAD_REQUEST);
    }
}
