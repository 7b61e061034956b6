use fx::prelude::*;

#[fx::middleware]
async fn alone(_: Next) -> Response {
    todo!()
}

#[fx::middleware]
fn blocking(_: Request, _: Next) -> Response {
    todo!()
}

#[fx::middleware("auth")]
async fn named(request: Request, next: Next) -> Response {
    next.run(request).await
}

fn main() {}
