//! Todos from an uploaded file: JSON (a list, or an answer of the list API) or CSV with a header line.
//!
//! The key says whose board they go to: `import/ann/list.csv` is for ann, `import/list.csv` for the guests.

use std::sync::Arc;

use fx::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{ObjectError, Objects};
use crate::{
    account::{Accounts, UserName},
    board::{BoardId, Boards, Description, Draft, Invalid, Person, Status, Title},
    store::StoreError,
};

/// The most todos in a file.
const MAX_TODOS: usize = 10_000;

/// A file was uploaded: adds its todos, once however often the event comes.
#[func("todo.import")]
pub async fn import(
    event: ObjectEvent,
    State(objects): State<Arc<dyn Objects>>,
    State(accounts): State<Accounts>,
    State(boards): State<Boards>,
) -> Result<()> {
    if event.kind == ObjectEventKind::Removed {
        return Ok(());
    }
    let count = import_object(&event.bucket, &event.key, &*objects, &accounts, &boards).await?;
    tracing::info!(bucket = event.bucket, key = event.key, count, "imported todos");
    Ok(())
}

async fn import_object(
    bucket: &str,
    key: &str,
    objects: &dyn Objects,
    accounts: &Accounts,
    boards: &Boards,
) -> Result<usize, ImportError> {
    let person = owner(key, accounts).await?;
    let bytes = objects.read(bucket, key).await?;
    let drafts = read_drafts(key, &bytes)?;
    let count = drafts.len();
    // By its contents, for not every cloud tells a version, and a file may have been replaced before we read it.
    let mut id = Sha256::new();
    for part in [bucket.as_bytes(), key.as_bytes(), &bytes] {
        id.update((part.len() as u64).to_be_bytes());
        id.update(part);
    }
    let id: String = id.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let fresh = boards.import(&person, &id, drafts).await?;
    Ok(if fresh { count } else { 0 })
}

/// Whose board a file is for. Whoever may write into the bucket decides that, so the bucket must not be public.
async fn owner(key: &str, accounts: &Accounts) -> Result<Person, ImportError> {
    let below = key.strip_prefix("import/").unwrap_or(key);
    let Some((name, _)) = below.split_once('/') else {
        return Ok(Person { board: BoardId::guests(), name: "guest".to_owned() });
    };
    let account = match UserName::parse(name) {
        Ok(name) => accounts.named(&name).await?,
        Err(_) => None,
    };
    let account = account.ok_or_else(|| ImportError::Nobody(name.to_owned()))?;
    Ok(Person { board: account.id.board(), name: account.name.as_str().to_owned() })
}

/// A file that cannot be imported, and where it is wrong. A file is imported whole or not at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Its name ends in neither.
    #[error("only .json and .csv files can be imported")]
    Kind,
    /// Not JSON, or not a list.
    #[error("the file is no JSON list of todos: {0}")]
    Json(#[from] serde_json::Error),
    /// Not CSV.
    #[error("the file is no CSV table with a column `name`: {0}")]
    Csv(#[from] csv::Error),
    /// A todo breaks a rule.
    #[error("todo {number}: {reason}")]
    Todo {
        /// Counted from 1.
        number: usize,
        /// The rule.
        reason: Invalid,
    },
    /// Its folder names nobody.
    #[error("there is no account `{0}` to import for")]
    Nobody(String),
    /// It cannot be read.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Too long.
    #[error("the file has more than {MAX_TODOS} todos")]
    TooMany,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum JsonFile {
    List(Vec<Row>),
    Answer { data: Vec<Row> },
}

#[derive(Deserialize)]
struct Row {
    name: String,
    #[serde(default)]
    desc: Option<String>,
    #[serde(default)]
    status: Option<Value>,
}

impl Row {
    fn into_draft(self) -> Result<Draft, Invalid> {
        let status = match self.status {
            None | Some(Value::Null) => Status::InProgress,
            Some(Value::String(text)) if text.trim().is_empty() => Status::InProgress,
            Some(Value::String(text)) => Status::from_digit(text.trim())?,
            Some(other) => Status::from_number(other.as_u64().unwrap_or(u64::MAX))?,
        };
        Ok(Draft { name: Title::parse(self.name)?, desc: Description::parse(self.desc.unwrap_or_default())?, status })
    }
}

/// Reads a file; the end of its name says what it is.
pub fn read_drafts(file_name: &str, bytes: &[u8]) -> Result<Vec<Draft>, ImportError> {
    // Spreadsheets like to begin a file with a byte order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let extension = file_name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let rows = match extension.as_deref() {
        Some("json") => match serde_json::from_slice(bytes)? {
            JsonFile::List(rows) | JsonFile::Answer { data: rows } => rows,
        },
        Some("csv") => csv_rows(bytes)?,
        _ => return Err(ImportError::Kind),
    };
    if rows.len() > MAX_TODOS {
        return Err(ImportError::TooMany);
    }
    let checked = rows
        .into_iter()
        .enumerate()
        .map(|(index, row)| row.into_draft().map_err(|reason| ImportError::Todo { number: index + 1, reason }));
    checked.collect()
}

fn csv_rows(bytes: &[u8]) -> Result<Vec<Row>, ImportError> {
    #[derive(Deserialize)]
    struct CsvRow {
        name: String,
        #[serde(default)]
        desc: String,
        #[serde(default)]
        status: String,
    }
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(bytes);
    let rows = reader.deserialize::<CsvRow>().map(|row| {
        row.map(|row| Row { name: row.name, desc: Some(row.desc), status: Some(Value::String(row.status)) })
    });
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(drafts: &[Draft]) -> Vec<(&str, &str, u8)> {
        drafts.iter().map(|draft| (draft.name.as_str(), draft.desc.as_str(), draft.status.number())).collect()
    }

    #[test]
    fn json_lists_and_exported_answers_are_read() {
        let list = br#"[{"name":"tea"},{"name":"milk","desc":"2 l","status":2},{"name":"x","status":"3"}]"#;
        let expected = [("tea", "", 1), ("milk", "2 l", 2), ("x", "", 3)];
        assert_eq!(summary(&read_drafts("a.json", list).unwrap()), expected);
        let answer = br#"{"data":[{"key":"k","name":"tea","desc":"","status":1,"progress":0}],"total":1}"#;
        assert_eq!(summary(&read_drafts("a.JSON", answer).unwrap()), [("tea", "", 1)]);
    }

    #[test]
    fn csv_tables_are_read_whatever_the_order_of_columns() {
        let table = "\u{feff}status,name,desc\r\n2,\"milk, fresh\",\"two\nlines\"\r\n,tea,\r\n";
        let drafts = read_drafts("list.csv", table.as_bytes()).unwrap();
        assert_eq!(summary(&drafts), [("milk, fresh", "two\nlines", 2), ("tea", "", 1)]);
        assert_eq!(summary(&read_drafts("list.csv", b"name\ntea\n").unwrap()), [("tea", "", 1)]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = read_drafts("a.json", br#"[{"name":"ok"},{"name":" "}]"#).unwrap_err();
        assert_eq!(error.to_string(), "todo 2: name must not be blank");
        let error = read_drafts("a.csv", b"name,status\nx,9\n").unwrap_err();
        assert!(error.to_string().starts_with("todo 1: status must be"), "{error}");
        assert!(matches!(read_drafts("a.txt", b""), Err(ImportError::Kind)));
        assert!(matches!(read_drafts("a.json", b"{"), Err(ImportError::Json(_))));
        assert!(matches!(read_drafts("a.csv", b"title\nx\n"), Err(ImportError::Csv(_))));
        let many = format!("name\n{}", "x\n".repeat(MAX_TODOS + 1));
        assert!(matches!(read_drafts("a.csv", many.as_bytes()), Err(ImportError::TooMany)));
    }
}
