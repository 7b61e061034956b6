use fx::prelude::*;

pub mod user {
    use fx::prelude::*;

    #[func]
    pub async fn get() {}

    // The attribute was forgotten.
    pub async fn drop() {}
}

#[func("page", http = "GET /page")]
pub async fn page() {}
