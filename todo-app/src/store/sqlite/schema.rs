//! The tables, and how older files are brought up to date.

use rusqlite::{Connection, TransactionBehavior};

/// One step each. The number of steps taken stands in the file (`user_version`); never change a step that was released.
const STEPS: &[&str] = &[include_str!("schema/1.sql")];

/// The file cannot be used by this program.
#[derive(Debug, thiserror::Error)]
pub(super) enum SchemaError {
    /// SQLite says no.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// A newer program has been here.
    #[error("its tables have version {found}, this program knows only up to {known}: use the newer program")]
    Newer { found: usize, known: usize },
}

/// Takes the steps that are missing, all or none. Of two processes that start at once, the second finds nothing to do.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), SchemaError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = transaction.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))? as usize;
    if found > STEPS.len() {
        return Err(SchemaError::Newer { found, known: STEPS.len() });
    }
    for step in &STEPS[found..] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", STEPS.len() as u32)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrating_twice_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version as usize, STEPS.len());
    }

    #[test]
    fn a_file_from_the_future_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        let error = migrate(&mut connection).unwrap_err();
        assert!(matches!(error, SchemaError::Newer { found: 99, .. }), "{error}");
    }
}
