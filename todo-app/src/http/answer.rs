//! The shapes of answers.

use fx::prelude::*;
use serde::Serialize;

use crate::board::{Invalid, Page, Paged, Todo};

/// A todo as the page knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    key: String,
    name: String,
    desc: String,
    status: u8,
    progress: u8,
    owner: String,
    call_no: u64,
    href: &'static str,
    avatar: &'static str,
    created_at: String,
    updated_at: String,
}

impl From<Todo> for Item {
    fn from(todo: Todo) -> Self {
        Self {
            key: todo.key.as_str().to_owned(),
            name: todo.name.as_str().to_owned(),
            desc: todo.desc.as_str().to_owned(),
            status: todo.status.number(),
            progress: 0,
            owner: todo.owner,
            call_no: todo.revision,
            href: "/list",
            avatar: "/icons/todo.svg",
            created_at: iso(todo.created_at),
            updated_at: iso(todo.updated_at),
        }
    }
}

/// One page of a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listing<T> {
    data: Vec<T>,
    total: u64,
    success: bool,
    page_size: u64,
    current: u64,
}

impl<T> Listing<T> {
    /// The answer to a request for `page`.
    pub fn new<U>(page: Page, found: Paged<U>) -> Self
    where
        T: From<U>,
    {
        Self {
            data: found.data.into_iter().map(T::from).collect(),
            total: found.total,
            success: true,
            page_size: page.size,
            current: page.current,
        }
    }
}

/// ISO 8601, UTC, always with milliseconds, as JavaScript writes it.
pub(super) fn iso(time: jiff::Timestamp) -> String {
    format!("{time:.3}")
}

/// A broken rule is the sender's fault.
impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::bad_request(invalid.0)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::board::{Description, Draft, Status, Title};

    #[test]
    fn an_item_has_the_fields_the_page_expects() {
        let draft = Draft {
            name: Title::parse("buy milk").unwrap(),
            desc: Description::parse("2 l").unwrap(),
            status: Status::InProgress,
        };
        let todo = draft.into_todo("ann", Timestamp::from_second(1_767_600_000).unwrap());
        let key = todo.key.as_str().to_owned();
        assert_eq!(
            serde_json::to_value(Item::from(todo)).unwrap(),
            serde_json::json!({
                "key": key, "name": "buy milk", "desc": "2 l", "status": 1, "progress": 0, "owner": "ann", "callNo": 1,
                "href": "/list", "avatar": "/icons/todo.svg",
                "createdAt": "2026-01-05T08:00:00.000Z", "updatedAt": "2026-01-05T08:00:00.000Z",
            })
        );
    }
}
