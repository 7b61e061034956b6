use fx::prelude::*;

#[func]
pub async fn index() {}

/// Its entry is there, only under a name that is taken.
#[func]
pub async fn other() {}
