//! Private, but the library's root lets everything in it out.

use fx::prelude::*;

mod inner {
    use super::*;

    type Changed = Message<u32>;

    #[func("todo.changed")]
    pub async fn changed(event: Changed) -> Result<()> {
        Ok(())
    }
}
pub use self::inner::*;

#[cfg_attr(unix, func("todo.purge"))]
pub async fn purge(tick: Timer, State(todos): State<Todos>) -> Result<()> {
    Ok(())
}

#[cfg(not(unix))]
#[func("todo.purge")]
pub async fn purge() {}
