//! A small todo API: the functions are in [`todo`], what they share is in [`store`].

pub mod store;
pub mod todo;

use fx::prelude::*;

use crate::store::Store;

/// Made once, when an instance starts: reads the items that are there.
#[fx::app]
pub async fn app(env: Env) -> Result<App<Store>> {
    let store = match env.get("TODO_FILE") {
        Some(file) => Store::open(file)?,
        None => Store::default(),
    };
    Ok(App::new(store))
}
