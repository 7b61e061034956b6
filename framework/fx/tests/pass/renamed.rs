//! The facade under another name: re-exported, and never called `fx`.

mod cloud {
    pub extern crate fx as functions;
}

use cloud::functions::prelude::{App, Next, Path, Request, Response};

mod fx {
    // Somebody's own module of that name is not in the way either.
}

#[cloud::functions::app(crate = crate::cloud::functions)]
async fn app() -> App {
    App::new(())
}

#[cloud::functions::middleware(crate = crate::cloud::functions)]
async fn passed(request: Request, next: Next) -> Response {
    next.run(request).await
}

#[cloud::functions::func("get", middleware = [passed], crate = crate::cloud::functions)]
async fn get(Path(id): Path<u32>) -> String {
    id.to_string()
}

fn main() {
    let _ = cloud::functions::__private::generated::Unit::new("shop", "shop").app(__fx_app_app).http(
        "get",
        "get",
        &[(0, &["GET"], "/:id")],
        __fx_http_get,
    );
}
