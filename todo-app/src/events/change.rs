//! The news that a todo changed: the body of the message.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::board::{BoardId, Todo, TodoKey};

/// A todo changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Of this piece of news, which may arrive twice.
    #[serde(default)]
    pub id: String,
    /// The board.
    pub board: BoardId,
    /// Key of the todo.
    pub todo: TodoKey,
    /// Its name after the change; of a removed one, before it.
    pub name: String,
    /// What happened.
    pub action: Action,
    /// When.
    #[serde(default = "Timestamp::now")]
    pub at: Timestamp,
}

impl Change {
    /// What just happened to a todo.
    pub fn of(action: Action, board: &BoardId, todo: &Todo) -> Self {
        Self {
            id: Uuid::now_v7().to_string(),
            board: board.clone(),
            todo: todo.key.clone(),
            name: todo.name.as_str().to_owned(),
            action,
            at: Timestamp::now(),
        }
    }
}

/// What can happen to a todo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Action {
    Created,
    Updated,
    Completed,
    Deleted,
    Imported,
    Purged,
}

impl Action {
    const ALL: [Self; 6] = [Self::Created, Self::Updated, Self::Completed, Self::Deleted, Self::Imported, Self::Purged];

    /// Its name in JSON and in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Completed => "completed",
            Self::Deleted => "deleted",
            Self::Imported => "imported",
            Self::Purged => "purged",
        }
    }

    /// The action with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_one_name_everywhere() {
        for action in Action::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.as_str());
            assert_eq!(Action::from_name(action.as_str()), Some(action));
        }
    }
}
