//! Where the items are: in memory, and in a JSON file that is replaced as a whole after every change.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

/// An item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Todo {
    pub id: u64,
    pub title: String,
    pub done: bool,
}

/// All items. Clones share them. One process at a time: another would not see the changes.
#[derive(Debug, Clone, Default)]
pub struct Store(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    file: Option<PathBuf>,
    items: Mutex<Items>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Items {
    last_id: u64,
    todos: BTreeMap<u64, Todo>,
}

impl Store {
    /// Reads a file; one that is not there is an empty list.
    pub fn open(file: impl AsRef<Path>) -> io::Result<Self> {
        let file = file.as_ref().to_path_buf();
        let items = match fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Items::default(),
            Err(error) => return Err(error),
        };
        Ok(Self(Arc::new(Inner {
            file: Some(file),
            items: Mutex::new(items),
        })))
    }

    /// Items, oldest first; all of them, or only those (not) done.
    pub fn list(&self, done: Option<bool>) -> Vec<Todo> {
        self.items()
            .todos
            .values()
            .filter(|todo| done.is_none_or(|done| todo.done == done))
            .cloned()
            .collect()
    }

    /// One item.
    pub fn get(&self, id: u64) -> Option<Todo> {
        self.items().todos.get(&id).cloned()
    }

    /// Adds an item.
    pub fn add(&self, title: String) -> io::Result<Todo> {
        self.change(|items| {
            items.last_id += 1;
            let todo = Todo {
                id: items.last_id,
                title,
                done: false,
            };
            items.todos.insert(todo.id, todo.clone());
            todo
        })
    }

    /// Changes an item; `None` if it is not there.
    pub fn update(&self, id: u64, change: impl FnOnce(&mut Todo)) -> io::Result<Option<Todo>> {
        self.change(|items| {
            let todo = items.todos.get_mut(&id)?;
            change(todo);
            Some(todo.clone())
        })
    }

    /// Removes an item; `false` if it was not there.
    pub fn remove(&self, id: u64) -> io::Result<bool> {
        self.change(|items| items.todos.remove(&id).is_some())
    }

    /// A change counts once it is on disk: if writing fails, the items are what they were.
    fn change<T>(&self, change: impl FnOnce(&mut Items) -> T) -> io::Result<T> {
        let mut items = self.items();
        let mut changed = items.clone();
        let result = change(&mut changed);
        if let Some(file) = &self.0.file {
            let new = file.with_extension("new");
            fs::write(&new, serde_json::to_vec(&changed)?)?;
            fs::rename(&new, file)?;
        }
        *items = changed;
        Ok(result)
    }

    fn items(&self) -> MutexGuard<'_, Items> {
        self.0.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("todos.json");
        let store = Store::open(&file).unwrap();
        let milk = store.add("milk".into()).unwrap();
        let bread = store.add("bread".into()).unwrap();
        store.update(bread.id, |todo| todo.done = true).unwrap();
        store.remove(milk.id).unwrap();

        let store = Store::open(&file).unwrap();
        assert_eq!(
            store.list(None),
            [Todo {
                done: true,
                ..bread
            }]
        );
        assert_eq!(store.list(Some(false)), []);
        assert_eq!(
            store.add("tea".into()).unwrap().id,
            3,
            "a number is never used twice"
        );
    }

    #[test]
    fn a_change_that_cannot_be_saved_did_not_happen() {
        let store = Store::open("/no/such/folder/todos.json").unwrap();
        assert!(store.add("milk".into()).is_err());
        assert_eq!(store.list(None), []);
    }
}
