//! Statements about activities.

use jiff::Timestamp;
use rusqlite::{Connection, Result, Row, named_params, params};

use super::todos::{bounded, corrupt, time};
use crate::{
    board::{BoardId, Page, Paged, TodoKey},
    events::{Action, Activity},
};

/// Adds one, unless it is there already.
pub(super) fn insert(db: &Connection, activity: &Activity) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO activity (id, board, todo, name, action, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (id) DO NOTHING",
    )?
    .execute(params![
        activity.id,
        activity.board.as_str(),
        activity.todo.as_str(),
        activity.name,
        activity.action.as_str(),
        activity.at.as_millisecond(),
    ])?;
    Ok(())
}

/// Removes old ones.
pub(super) fn remove(db: &Connection, limit: Timestamp, portion: u32) -> Result<usize> {
    db.prepare_cached("DELETE FROM activity WHERE id IN (SELECT id FROM activity WHERE at < ?1 LIMIT ?2)")?
        .execute(params![limit.as_millisecond(), portion])
}

/// A page of a board's.
pub(super) fn list(db: &Connection, board: &BoardId, page: Page) -> Result<Paged<Activity>> {
    let total = db
        .prepare_cached("SELECT count(*) FROM activity WHERE board = ?1")?
        .query_row([board.as_str()], |row| row.get(0).map(i64::unsigned_abs))?;
    let data = db
        .prepare_cached(
            "SELECT id, board, todo, name, action, at FROM activity WHERE board = :board
             ORDER BY at DESC, id DESC LIMIT :size OFFSET :offset",
        )?
        .query_map(
            named_params! { ":board": board.as_str(), ":size": bounded(page.size), ":offset": bounded(page.offset()) },
            from_row,
        )?
        .collect::<Result<_>>()?;
    Ok(Paged { data, total })
}

fn from_row(row: &Row<'_>) -> Result<Activity> {
    let action: String = row.get(4)?;
    Ok(Activity {
        id: row.get(0)?,
        board: BoardId::named(row.get::<_, String>(1)?),
        todo: TodoKey::given(&row.get::<_, String>(2)?).map_err(|error| corrupt(2, error.0))?,
        name: row.get(3)?,
        action: Action::from_name(&action).ok_or_else(|| corrupt(4, format!("unknown action {action}")))?,
        at: time(row, 5)?,
    })
}
