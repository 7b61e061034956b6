use fx::prelude::*;

#[func]
pub async fn tick(tick: Timer) -> Result<()> { Ok(()) }

#[func]
pub async fn save(State(todos): State<Todos>, Json(todo): Json<Todo>) -> impl IntoResponse {}

#[func]
pub async fn page(headers: HeaderMap) -> Html<String> {}

#[func]
pub async fn upload(file: ObjectEvent) -> Result<()> { Ok(()) }

/// What `Changed` is, only the compiler knows.
#[func]
pub async fn alias(event: Changed) -> Result<()> { Ok(()) }

#[func]
pub async fn raw(event: Raw<serde_json::Value>) -> Result<()> { Ok(()) }

#[func("answer", middleware = [auth::require_login, auth::admin])]
pub async fn answer(tick: Timer) -> Result<Html<String>> { loop {} }

/// f.yml says timer, and f.yml wins.
#[func("fine", http = "GET /fine")]
pub async fn fine(tick: Timer) -> Result<()> { Ok(()) }

#[func("own", timer = "every 5m")]
pub async fn own() -> Result<()> { Ok(()) }
