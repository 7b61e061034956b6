//! Statements about todos.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params, params, types::Type};

use crate::board::{BoardId, Description, Direction, Edit, OrderBy, Paged, Status, Title, Todo, TodoKey, TodoQuery};

const COLUMNS: &str = "key, name, desc, status, owner, revision, created_at, updated_at, board";

/// The todos that fit. `instr` takes `%` and `_` as they are, which `LIKE` would not.
pub(super) fn list(db: &Connection, board: &BoardId, query: &TodoQuery) -> Result<Paged<Todo>> {
    const FITS: &str = "board = :board
        AND (:name IS NULL OR instr(lower(name), lower(:name)))
        AND (:desc IS NULL OR instr(lower(desc), lower(:desc)))
        AND (:keyword IS NULL OR instr(lower(name), lower(:keyword)) OR instr(lower(desc), lower(:keyword)))
        AND (:statuses = '' OR instr(:statuses, status))";
    let statuses: String = query.statuses.iter().map(ToString::to_string).collect();
    let total = db.prepare_cached(&format!("SELECT count(*) FROM todo WHERE {FITS}"))?.query_row(
        named_params! { ":board": board.as_str(), ":name": query.name, ":desc": query.desc, ":keyword": query.keyword, ":statuses": statuses },
        |row| row.get(0).map(i64::unsigned_abs),
    )?;
    let column = match query.order.by {
        OrderBy::CreatedAt => "created_at",
        OrderBy::UpdatedAt => "updated_at",
        OrderBy::Name => "name COLLATE NOCASE",
    };
    let direction = match query.order.direction {
        Direction::Ascending => "ASC",
        Direction::Descending => "DESC",
    };
    // The key comes second so that pages never overlap when values are equal.
    let data = db
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM todo WHERE {FITS}
             ORDER BY {column} {direction}, key {direction} LIMIT :size OFFSET :offset"
        ))?
        .query_map(
            named_params! {
                ":board": board.as_str(), ":name": query.name, ":desc": query.desc, ":keyword": query.keyword, ":statuses": statuses,
                ":size": bounded(query.page.size), ":offset": bounded(query.page.offset()),
            },
            from_row,
        )?
        .collect::<Result<_>>()?;
    Ok(Paged { data, total })
}

/// Adds one.
pub(super) fn insert(db: &Connection, board: &BoardId, todo: &Todo) -> Result<()> {
    db.prepare_cached(&format!("INSERT INTO todo ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"))?.execute(
        params![
            todo.key.as_str(),
            todo.name.as_str(),
            todo.desc.as_str(),
            todo.status.number(),
            todo.owner,
            bounded(todo.revision),
            todo.created_at.as_millisecond(),
            todo.updated_at.as_millisecond(),
            board.as_str(),
        ],
    )?;
    Ok(())
}

/// Changes one.
pub(super) fn edit(
    db: &Connection,
    board: &BoardId,
    key: &TodoKey,
    edit: Edit,
    now: Timestamp,
) -> Result<Option<(Todo, Todo)>> {
    let before = db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM todo WHERE board = ?1 AND key = ?2"))?
        .query_row(params![board.as_str(), key.as_str()], from_row)
        .optional()?;
    let Some(before) = before else { return Ok(None) };
    let mut after = before.clone();
    edit.apply(&mut after, now);
    db.prepare_cached(
        "UPDATE todo SET name = ?2, desc = ?3, status = ?4, revision = ?5, updated_at = ?6 WHERE key = ?1",
    )?
    .execute(params![
        after.key.as_str(),
        after.name.as_str(),
        after.desc.as_str(),
        after.status.number(),
        bounded(after.revision),
        after.updated_at.as_millisecond(),
    ])?;
    Ok(Some((before, after)))
}

/// Removes those that are there.
pub(super) fn remove(db: &Connection, board: &BoardId, keys: &[TodoKey]) -> Result<Vec<Todo>> {
    let mut statement =
        db.prepare_cached(&format!("DELETE FROM todo WHERE board = ?1 AND key = ?2 RETURNING {COLUMNS}"))?;
    let mut removed = Vec::new();
    for key in keys {
        removed.extend(statement.query_row(params![board.as_str(), key.as_str()], from_row).optional()?);
    }
    Ok(removed)
}

/// Removes a portion of what was completed before `limit`.
pub(super) fn remove_completed(db: &Connection, limit: Timestamp, portion: u32) -> Result<Vec<(BoardId, Todo)>> {
    db.prepare_cached(&format!(
        "DELETE FROM todo WHERE key IN (SELECT key FROM todo WHERE status = 2 AND updated_at < ?1 LIMIT ?2) RETURNING {COLUMNS}"
    ))?
    .query_map(params![limit.as_millisecond(), portion], |row| {
        Ok((BoardId::named(row.get::<_, String>(8)?), from_row(row)?))
    })?
    .collect()
}

/// Adds all of a file, unless it was added before.
pub(super) fn import(db: &Connection, board: &BoardId, id: &str, todos: &[Todo], now: Timestamp) -> Result<bool> {
    let fresh = db
        .prepare_cached("INSERT INTO import (id, board, todos, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")?
        .execute(params![id, board.as_str(), bounded(todos.len() as u64), now.as_millisecond()])?;
    if fresh == 0 {
        return Ok(false);
    }
    for todo in todos {
        insert(db, board, todo)?;
    }
    Ok(true)
}

fn from_row(row: &Row<'_>) -> Result<Todo> {
    Ok(Todo {
        key: TodoKey::given(&row.get::<_, String>(0)?).map_err(|error| corrupt(0, error.0))?,
        name: Title::parse(row.get::<_, String>(1)?).map_err(|error| corrupt(1, error.0))?,
        desc: Description::parse(row.get::<_, String>(2)?).map_err(|error| corrupt(2, error.0))?,
        status: Status::from_number(row.get::<_, u8>(3)?.into()).map_err(|error| corrupt(3, error.0))?,
        owner: row.get(4)?,
        revision: row.get::<_, i64>(5)?.unsigned_abs(),
        created_at: time(row, 6)?,
        updated_at: time(row, 7)?,
    })
}

/// A column of milliseconds.
pub(super) fn time(row: &Row<'_>, column: usize) -> Result<Timestamp> {
    Timestamp::from_millisecond(row.get(column)?)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, Box::new(error)))
}

/// Only somebody who edits the file by hand sees this.
pub(super) fn corrupt(column: usize, reason: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, reason.into())
}

/// SQLite's integers have a sign: what is too large for them is larger than anything that is stored.
pub(super) fn bounded(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
