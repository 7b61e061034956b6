use fx::prelude::*;

#[func]
pub async fn one() {}

#[func]
pub async fn two() {}

pub mod deep {
    #[fx::func]
    pub async fn three() {}
}
