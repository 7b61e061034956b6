//! Statements that count attempts.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Result, params};

/// Counts one more. The window begins with the first attempt; counting on does not make it longer, so nobody can be
/// locked out for good.
pub(super) fn count(db: &Connection, subject: &str, now: Timestamp, window: SignedDuration) -> Result<u32> {
    let now = now.as_millisecond();
    let window = i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
    // Whatever is over goes now: names that only an attacker knows would stay for ever.
    db.prepare_cached("DELETE FROM attempt WHERE since <= ?1")?.execute([now.saturating_sub(window)])?;
    db.prepare_cached(
        "INSERT INTO attempt (subject, since, count) VALUES (?1, ?2, 1)
         ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count",
    )?
    .query_row(params![subject, now], |row| row.get(0))
}

/// Takes some back.
pub(super) fn forgive(db: &Connection, subject: &str, how_many: Option<u32>) -> Result<()> {
    match how_many {
        Some(how_many) => db
            .prepare_cached("UPDATE attempt SET count = max(0, count - ?2) WHERE subject = ?1")?
            .execute(params![subject, how_many])?,
        None => db.prepare_cached("DELETE FROM attempt WHERE subject = ?1")?.execute([subject])?,
    };
    Ok(())
}
