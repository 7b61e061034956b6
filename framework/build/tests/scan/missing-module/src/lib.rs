pub mod user;
pub mod twice;
pub mod todo {
    #[fx::func]
    pub async fn list() {}
}
#[path = "lib.rs"]
pub mod again;
#[path = "nowhere/else.rs"]
mod elsewhere;
