use fx::prelude::*;

#[fx::app]
pub async fn app(context: Context) -> App {
    let _ = context;
    App::new(())
}

fn main() {}
