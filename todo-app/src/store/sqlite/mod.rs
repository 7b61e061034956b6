//! One SQLite file. Several processes may share it: writers wait for each other, readers wait for nobody.
//!
//! `worker` owns the connections' threads, `schema` the tables, and each kind of data has a file with its statements.

mod accounts;
mod activities;
mod attempts;
mod schema;
mod todos;
mod worker;

use std::{path::Path, time::Duration};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, TransactionBehavior};

use self::worker::Worker;
use super::{Answer, Store, StoreError};
use crate::{
    account::{Account, AccountId, UserName},
    board::{BoardId, Edit, Page, Paged, Todo, TodoKey, TodoQuery},
    events::Activity,
};

/// A store in one SQLite file.
///
/// One thread writes and one reads. More writers would only queue inside SQLite, where a waiting one sleeps and polls.
pub struct SqliteStore {
    writer: Worker,
    reader: Worker,
}

impl SqliteStore {
    /// Opens the file, makes it and its folder when missing, and brings its tables up to date.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let open = || -> Result<(Connection, Connection), Box<dyn std::error::Error + Send + Sync>> {
            create(path)?;
            let mut writer = connect(path)?;
            schema::migrate(&mut writer)?;
            let reader = connect(path)?;
            reader.pragma_update(None, "query_only", true)?;
            Ok((writer, reader))
        };
        let (writer, reader) =
            open().map_err(|error| StoreError::because(format!("open {}", path.display()), error))?;
        Ok(Self { writer: Worker::start("todo-writer", writer)?, reader: Worker::start("todo-reader", reader)? })
    }

    /// Runs a read.
    fn read<T, F>(&self, doing: &'static str, job: F) -> Answer<'_, T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let answer = self.reader.run(move |connection| job(connection));
        Box::pin(async move { answer.await.map_err(|error| StoreError::because(doing, error)) })
    }

    /// Runs a write: one transaction, on disk before it is answered, undone when it fails.
    fn write<T, F>(&self, doing: &'static str, job: F) -> Answer<'_, T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let answer = self.writer.run(move |connection| {
            // Immediate: the lock is taken before the first read, so what the job reads is still true when it writes.
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let result = job(&transaction)?;
            transaction.commit()?;
            Ok(result)
        });
        Box::pin(async move { answer.await.map_err(|error| StoreError::because(doing, error)) })
    }
}

/// Makes the file, if there is none, for nobody else to read: it holds password hashes. Its log gets the same rights.
fn create(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.create(true).append(true).open(path)?;
    Ok(())
}

/// A connection with the settings that every one needs.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    // With the log a killed process loses nothing; FULL makes it hold through a power cut as well.
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

impl Store for SqliteStore {
    fn todos(&self, board: &BoardId, query: TodoQuery) -> Answer<'_, Paged<Todo>> {
        let board = board.clone();
        self.read("list todos", move |db| todos::list(db, &board, &query))
    }

    fn add_todo(&self, board: &BoardId, todo: Todo) -> Answer<'_, ()> {
        let board = board.clone();
        self.write("add a todo", move |db| todos::insert(db, &board, &todo))
    }

    fn edit_todo(
        &self,
        board: &BoardId,
        key: &TodoKey,
        edit: Edit,
        now: Timestamp,
    ) -> Answer<'_, Option<(Todo, Todo)>> {
        let (board, key) = (board.clone(), key.clone());
        self.write("change a todo", move |db| todos::edit(db, &board, &key, edit, now))
    }

    fn remove_todos(&self, board: &BoardId, keys: Vec<TodoKey>) -> Answer<'_, Vec<Todo>> {
        let board = board.clone();
        self.write("remove todos", move |db| todos::remove(db, &board, &keys))
    }

    fn remove_completed(&self, limit: Timestamp, portion: u32) -> Answer<'_, Vec<(BoardId, Todo)>> {
        self.write("purge todos", move |db| todos::remove_completed(db, limit, portion))
    }

    fn import_todos(&self, board: &BoardId, id: &str, todos: Vec<Todo>, now: Timestamp) -> Answer<'_, bool> {
        let (board, id) = (board.clone(), id.to_owned());
        self.write("import todos", move |db| todos::import(db, &board, &id, &todos, now))
    }

    fn add_account(&self, account: Account) -> Answer<'_, bool> {
        self.write("add an account", move |db| accounts::insert(db, &account))
    }

    fn account(&self, id: &AccountId) -> Answer<'_, Option<Account>> {
        let id = id.clone();
        self.read("look up an account", move |db| accounts::by_id(db, &id))
    }

    fn account_named(&self, name: &UserName) -> Answer<'_, Option<Account>> {
        let name = name.clone();
        self.read("look up an account", move |db| accounts::by_name(db, &name))
    }

    fn accounts(&self) -> Answer<'_, Vec<Account>> {
        self.read("list accounts", accounts::all)
    }

    fn count_attempt(&self, subject: &str, now: Timestamp, window: SignedDuration) -> Answer<'_, u32> {
        let subject = subject.to_owned();
        self.write("count an attempt", move |db| attempts::count(db, &subject, now, window))
    }

    fn forgive_attempts(&self, subject: &str, how_many: Option<u32>) -> Answer<'_, ()> {
        let subject = subject.to_owned();
        self.write("forgive attempts", move |db| attempts::forgive(db, &subject, how_many))
    }

    fn add_activities(&self, activities: Vec<Activity>) -> Answer<'_, ()> {
        self.write("keep activities", move |db| activities.iter().try_for_each(|one| activities::insert(db, one)))
    }

    fn remove_activities(&self, limit: Timestamp, portion: u32) -> Answer<'_, usize> {
        self.write("purge activities", move |db| activities::remove(db, limit, portion))
    }

    fn activities(&self, board: &BoardId, page: Page) -> Answer<'_, Paged<Activity>> {
        let board = board.clone();
        self.read("list activities", move |db| activities::list(db, &board, page))
    }

    fn close(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            self.reader.stop().await;
            // Last, for the last connection to close folds the log back into the file.
            self.writer.stop().await;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests;
