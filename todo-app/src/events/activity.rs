//! Entries of the activity list, and the messages they are made from.

use std::sync::Arc;

use fx::prelude::*;
use jiff::Timestamp;

use super::{Action, Change};
use crate::{
    board::{BoardId, TodoKey},
    store::{Store, StoreError},
};

/// A todo changed: keeps it as an activity.
#[func("todo.activity")]
pub async fn record(message: Message<Change>, State(store): State<Arc<dyn Store>>) -> Result<()> {
    Activity::record(&*store, &message.id, message.body).await?;
    Ok(())
}

/// Something that happened on a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// The id of the message it was made from.
    pub id: String,
    /// The board.
    pub board: BoardId,
    /// Key of the todo.
    pub todo: TodoKey,
    /// The todo's name then.
    pub name: String,
    /// What happened.
    pub action: Action,
    /// When.
    pub at: Timestamp,
}

impl Activity {
    /// Makes a change an activity, once however often its message comes: `false` the second time.
    ///
    /// A queue may deliver a message twice, and a publisher may send a change twice; so the change's own id counts, and
    /// the message's only where the change has none.
    pub async fn record(store: &dyn Store, message_id: &str, change: Change) -> Result<bool, StoreError> {
        let Change { id, board, todo, name, action, at } = change;
        let id = if id.is_empty() { message_id.to_owned() } else { id };
        store.add_activity(Self { id, board, todo, name, action, at }).await
    }
}
