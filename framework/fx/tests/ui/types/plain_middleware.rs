use fx::prelude::*;

async fn logged(request: Request, next: Next) -> Response {
    next.run(request).await
}

#[func("user.get", middleware = [logged])]
pub async fn get() {}

fn main() {}
