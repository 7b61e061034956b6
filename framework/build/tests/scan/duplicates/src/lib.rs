use fx::prelude::*;

#[fx::app]
pub async fn app() -> Result<App<()>> { loop {} }

#[fx::app]
pub async fn second() -> Result<App<()>> { loop {} }

pub mod user {
    use fx::prelude::*;

    #[func]
    pub async fn get() {}
}

#[func("user.get")]
pub async fn other() {}
