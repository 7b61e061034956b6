//! What all functions share: built once, when the process starts.

use std::{path::PathBuf, sync::Arc};

use fx::{Error, Result, axum::extract::FromRef, tracing};

use crate::{
    account::{Accounts, Passwords, Tokens},
    board::Boards,
    events::{DirectPublisher, FolderObjects, Objects},
    settings::{Settings, StoreSettings},
    store::{Store, sqlite::SqliteStore},
};

/// Everything a handler can ask for with `State`.
#[derive(Clone)]
pub struct AppState {
    settings: Arc<Settings>,
    store: Arc<dyn Store>,
    accounts: Accounts,
    boards: Boards,
    tokens: Tokens,
    objects: Arc<dyn Objects>,
}

impl AppState {
    /// Opens the store and puts everything together.
    pub async fn open(settings: Settings) -> Result<Self> {
        // How many passwords may be hashed at once: 19 MiB each, in a function of 256 MB.
        const PASSWORDS: usize = 2;
        let store: Arc<dyn Store> = match settings.store.clone() {
            StoreSettings::Sqlite(path) => Arc::new(open_sqlite(path).await?),
        };
        if settings.store.is_temporary() {
            tracing::warn!(
                store = %settings.store,
                "data does not outlive this instance, and no other instance sees it: set TODO_DB_PATH to a file that stays"
            );
        }
        Ok(Self {
            accounts: Accounts::new(Arc::clone(&store), Passwords::new(PASSWORDS)?, &settings.admins),
            boards: Boards::new(Arc::clone(&store), Arc::new(DirectPublisher::new(Arc::clone(&store)))),
            tokens: Tokens::new(&settings.jwt_secret),
            objects: Arc::new(FolderObjects::new(settings.objects.clone())),
            settings: Arc::new(settings),
            store,
        })
    }

    /// The store, for whoever closes it.
    pub fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }
}

async fn open_sqlite(file: PathBuf) -> Result<SqliteStore> {
    let refused = format!(
        "TODO_DB_PATH is {}, which cannot be used; where functions run, only /tmp and mounted file systems can be written",
        file.display()
    );
    fx::blocking(move || SqliteStore::open(&file)).await?.map_err(|error| Error::internal(refused).with_cause(error))
}

/// So that a handler takes the one part it needs: `State(boards): State<Boards>`.
macro_rules! parts {
    ($($field:ident: $part:ty),* $(,)?) => {$(
        impl FromRef<AppState> for $part {
            fn from_ref(state: &AppState) -> Self {
                state.$field.clone()
            }
        }
    )*};
}

parts! {
    settings: Arc<Settings>,
    store: Arc<dyn Store>,
    accounts: Accounts,
    boards: Boards,
    tokens: Tokens,
    objects: Arc<dyn Objects>,
}
