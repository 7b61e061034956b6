//! Entries of the activity list, and the messages they are made from.

use std::sync::Arc;

use fx::prelude::*;
use jiff::Timestamp;

use super::{Action, Change};
use crate::{
    board::{BoardId, TodoKey},
    store::Store,
};

/// A todo changed: keeps it as an activity, once however often the message comes.
#[func("todo.activity")]
pub async fn record(message: Message<Change>, State(store): State<Arc<dyn Store>>) -> Result<()> {
    let mut change = message.body;
    if change.id.is_empty() {
        // The change's own id is the better one: whoever sent it may have sent it twice, as two messages.
        change.id = message.id;
    }
    store.add_activities(vec![change.into()]).await?;
    Ok(())
}

/// Something that happened on a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// The id of the change it was made from.
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

impl From<Change> for Activity {
    fn from(change: Change) -> Self {
        let Change { id, board, todo, name, action, at } = change;
        Self { id, board, todo, name, action, at }
    }
}
