//! What people do with the todos of a board. Every write is stored first and told to the world second.

use std::sync::Arc;

use jiff::Timestamp;

use super::{BoardId, Draft, Edit, Paged, Todo, TodoKey, TodoQuery};
use crate::{
    events::{Action, Change, Publisher},
    store::{Store, StoreError},
};

/// How much is removed at once: neither the memory nor the lock on the store grows with the backlog.
const PORTION: u32 = 200;

/// Who acts: on which board and under which name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The board.
    pub board: BoardId,
    /// The name that new todos carry.
    pub name: String,
}

/// The boards of the service.
#[derive(Clone)]
pub struct Boards {
    store: Arc<dyn Store>,
    publisher: Arc<dyn Publisher>,
}

impl Boards {
    /// Boards kept in this store, whose changes are told through this publisher.
    pub fn new(store: Arc<dyn Store>, publisher: Arc<dyn Publisher>) -> Self {
        Self { store, publisher }
    }

    /// The todos that a query asks for.
    pub async fn list(&self, board: &BoardId, query: TodoQuery) -> Result<Paged<Todo>, StoreError> {
        self.store.todos(board, query).await
    }

    /// Adds a todo.
    pub async fn add(&self, person: &Person, draft: Draft) -> Result<Todo, StoreError> {
        let todo = draft.into_todo(&person.name, Timestamp::now());
        self.store.add_todo(&person.board, todo.clone()).await?;
        self.tell(vec![Change::of(Action::Created, &person.board, &todo)]).await;
        Ok(todo)
    }

    /// Changes a todo; `None`: the board has no such todo.
    pub async fn edit(&self, person: &Person, key: &TodoKey, edit: Edit) -> Result<Option<Todo>, StoreError> {
        let unchanged = edit.is_empty();
        let Some((before, after)) = self.store.edit_todo(&person.board, key, edit, Timestamp::now()).await? else {
            return Ok(None);
        };
        if !unchanged {
            let completed = after.status != before.status && after.status == super::Status::Completed;
            let action = if completed { Action::Completed } else { Action::Updated };
            self.tell(vec![Change::of(action, &person.board, &after)]).await;
        }
        Ok(Some(after))
    }

    /// Removes todos; keys that the board does not have are passed over, so a repeated request does no harm.
    pub async fn remove(&self, person: &Person, keys: Vec<TodoKey>) -> Result<(), StoreError> {
        let removed = self.store.remove_todos(&person.board, keys).await?;
        self.tell(removed.iter().map(|todo| Change::of(Action::Deleted, &person.board, todo)).collect()).await;
        Ok(())
    }

    /// Removes what was completed before `limit`, on all boards; says how many.
    pub async fn purge(&self, limit: Timestamp) -> Result<usize, StoreError> {
        let mut count = 0;
        loop {
            let purged = self.store.remove_completed(limit, PORTION).await?;
            self.tell(purged.iter().map(|(board, todo)| Change::of(Action::Purged, board, todo)).collect()).await;
            count += purged.len();
            if purged.len() < PORTION as usize {
                return Ok(count);
            }
        }
    }

    /// Forgets what happened before `limit`, on all boards; says how many entries that were.
    pub async fn forget(&self, limit: Timestamp) -> Result<usize, StoreError> {
        let mut count = 0;
        loop {
            let forgotten = self.store.remove_activities(limit, PORTION).await?;
            count += forgotten;
            if forgotten < PORTION as usize {
                return Ok(count);
            }
        }
    }

    /// Adds the todos of a file once: `false` when the file with this id was imported before.
    pub async fn import(&self, person: &Person, id: &str, drafts: Vec<Draft>) -> Result<bool, StoreError> {
        let now = Timestamp::now();
        let todos: Vec<Todo> = drafts.into_iter().map(|draft| draft.into_todo(&person.name, now)).collect();
        let fresh = self.store.import_todos(&person.board, id, todos.clone(), now).await?;
        if fresh {
            self.tell(todos.iter().map(|todo| Change::of(Action::Imported, &person.board, todo)).collect()).await;
        }
        Ok(fresh)
    }

    /// The todo is safe in the store by now. If only the news about it is lost, the writer still gets a yes.
    async fn tell(&self, news: Vec<Change>) {
        let count = news.len();
        if count > 0
            && let Err(error) = self.publisher.publish(news).await
        {
            tracing::error!(count, %error, "changes were stored but not published");
        }
    }
}
