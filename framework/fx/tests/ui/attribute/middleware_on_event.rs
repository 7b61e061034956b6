use fx::prelude::*;

#[fx::middleware]
async fn logged(request: Request, next: Next) -> Response {
    next.run(request).await
}

#[func("purge", middleware = [logged])]
pub async fn purge(tick: Timer) {
    let _ = tick;
}

fn main() {}
