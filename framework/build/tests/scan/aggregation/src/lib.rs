use fx::prelude::*;

/// In two units, wrong once.
#[func]
pub async fn page(event: Message<String>) -> Result<()> { Ok(()) }

/// Two entries of f.yml may share a function; each trigger is judged.
#[func]
pub async fn tick(query: Query<Page>) -> Result<()> { Ok(()) }
