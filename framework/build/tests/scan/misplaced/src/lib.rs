use fx::prelude::*;

struct Users;

impl Users {
    #[func("user.get")]
    pub async fn get(&self) {}
}

trait Service {
    #[fx::func]
    async fn serve();
}

fn outer() {
    #[func("inner")]
    pub async fn inner() {}
}

#[func]
pub struct NotAFunction;

#[fx::app]
mod app {}

macro_rules! endpoint {
    ($name:ident) => {
        #[func]
        pub async fn $name() {}
    };
}

my_macro! {
    #[fx::app]
    pub async fn app() {}
}
