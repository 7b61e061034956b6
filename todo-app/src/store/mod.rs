//! Where everything is kept: one small trait, and a folder for each kind of store behind it.

pub mod sqlite;

use std::{error::Error, pin::Pin};

use jiff::{SignedDuration, Timestamp};

use crate::{
    account::{Account, AccountId, UserName},
    board::{BoardId, Edit, Page, Paged, Todo, TodoKey, TodoQuery},
    events::Activity,
};

/// What a store answers, sooner or later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A store. Each method is atomic by itself: no caller reads, changes and writes back, so no update is lost, however
/// many instances share the store. An answered write is durable.
pub trait Store: Send + Sync + 'static {
    /// The todos of a board that fit a query.
    fn todos(&self, board: &BoardId, query: TodoQuery) -> Answer<'_, Paged<Todo>>;
    /// Adds a todo.
    fn add_todo(&self, board: &BoardId, todo: Todo) -> Answer<'_, ()>;
    /// Changes a todo of the board and says what it was and what it is; `None`: there is none with this key.
    fn edit_todo(&self, board: &BoardId, key: &TodoKey, edit: Edit, now: Timestamp)
    -> Answer<'_, Option<(Todo, Todo)>>;
    /// Removes todos of the board and says which there were.
    fn remove_todos(&self, board: &BoardId, keys: Vec<TodoKey>) -> Answer<'_, Vec<Todo>>;
    /// Removes at most `portion` todos, of any board, that were completed before `limit`.
    fn remove_completed(&self, limit: Timestamp, portion: u32) -> Answer<'_, Vec<(BoardId, Todo)>>;
    /// Adds all these todos, or none and `false` when an import with this id was there before.
    fn import_todos(&self, board: &BoardId, id: &str, todos: Vec<Todo>, now: Timestamp) -> Answer<'_, bool>;

    /// Adds an account; `false`: the name is taken.
    fn add_account(&self, account: Account) -> Answer<'_, bool>;
    /// The account with this id.
    fn account(&self, id: &AccountId) -> Answer<'_, Option<Account>>;
    /// The account with this name, however it is capitalised.
    fn account_named(&self, name: &UserName) -> Answer<'_, Option<Account>>;
    /// All accounts, by name.
    fn accounts(&self) -> Answer<'_, Vec<Account>>;

    /// Counts one more attempt of `subject` and says how many there were in the current window.
    fn count_attempt(&self, subject: &str, now: Timestamp, window: SignedDuration) -> Answer<'_, u32>;
    /// Takes attempts of `subject` back: that many, or all of them.
    fn forgive_attempts(&self, subject: &str, how_many: Option<u32>) -> Answer<'_, ()>;

    /// Keeps activities; those whose id is there already are passed over.
    fn add_activities(&self, activities: Vec<Activity>) -> Answer<'_, ()>;
    /// Removes at most `portion` activities, of any board, from before `limit`, and says how many there were.
    fn remove_activities(&self, limit: Timestamp, portion: u32) -> Answer<'_, usize>;
    /// The activities of a board, newest first.
    fn activities(&self, board: &BoardId, page: Page) -> Answer<'_, Paged<Activity>>;

    /// Finishes what is under way and lets go of files and connections.
    fn close(&self) -> Answer<'_, ()>;
}

/// The store could not do it.
#[derive(Debug, thiserror::Error)]
#[error("the store could not {doing}")]
pub struct StoreError {
    doing: String,
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// Because of another error.
    pub fn because(doing: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { doing: doing.into(), source: Some(source.into()) }
    }
}
