//! The timer that removes what was completed long ago, and the memory of what happened then.

use std::sync::Arc;

use fx::prelude::*;
use jiff::{SignedDuration, Timestamp};

use crate::{board::Boards, settings::Settings};

/// Every night: removes todos that were completed `TODO_PURGE_DAYS` days ago, and activities as old.
#[func("todo.purge")]
pub async fn purge(tick: Timer, State(boards): State<Boards>, State(settings): State<Arc<Settings>>) -> Result<()> {
    if settings.purge_days == 0 {
        return Ok(());
    }
    // The time it was meant to run: a late timer purges no more than a punctual one.
    let now = tick.scheduled.unwrap_or_else(Timestamp::now);
    let limit = now - SignedDuration::from_hours(24 * i64::from(settings.purge_days));
    // First, so that what is purged now is remembered.
    let forgotten = boards.forget(limit).await?;
    let purged = boards.purge(limit).await?;
    tracing::info!(purged, forgotten, "purged completed todos and old activities");
    Ok(())
}
