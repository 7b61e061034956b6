//! Statements about accounts.

use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::todos::{corrupt, time};
use crate::account::{Account, AccountId, PasswordHash, UserName};

const COLUMNS: &str = "id, name, password, created_at";

/// Adds one, unless its name is taken.
pub(super) fn insert(db: &Connection, account: &Account) -> Result<bool> {
    let added = db
        .prepare_cached(
            "INSERT INTO account (id, name, password, created_at, folded) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (folded) DO NOTHING",
        )?
        .execute(params![
            account.id.as_str(),
            account.name.as_str(),
            account.password.as_str(),
            account.created_at.as_millisecond(),
            account.name.folded(),
        ])?;
    Ok(added == 1)
}

/// The one with this id.
pub(super) fn by_id(db: &Connection, id: &AccountId) -> Result<Option<Account>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM account WHERE id = ?1"))?
        .query_row([id.as_str()], from_row)
        .optional()
}

/// The one with this name.
pub(super) fn by_name(db: &Connection, name: &UserName) -> Result<Option<Account>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM account WHERE folded = ?1"))?
        .query_row([name.folded()], from_row)
        .optional()
}

/// All of them.
pub(super) fn all(db: &Connection) -> Result<Vec<Account>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM account ORDER BY folded"))?.query_map([], from_row)?.collect()
}

fn from_row(row: &Row<'_>) -> Result<Account> {
    Ok(Account {
        id: AccountId::stored(row.get::<_, String>(0)?),
        name: UserName::parse(&row.get::<_, String>(1)?).map_err(|error| corrupt(1, error.0))?,
        password: PasswordHash::stored(row.get::<_, String>(2)?),
        created_at: time(row, 3)?,
    })
}
