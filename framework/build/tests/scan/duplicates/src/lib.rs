use fx::prelude::*;

#[fx::app]
pub async fn app() -> Result<App<()>> { todo!() }

#[fx::app]
pub async fn second() -> Result<App<()>> { todo!() }

pub mod user {
    use fx::prelude::*;

    #[func]
    pub async fn get() {}
}

#[func("user.get")]
pub async fn other() {}
