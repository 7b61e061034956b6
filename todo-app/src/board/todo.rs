//! A todo and its parts. Every part is checked where it is made, so a value that exists is valid.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Invalid;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Todo {
    /// Unique in the whole service.
    pub key: TodoKey,
    /// What is to be done.
    pub name: Title,
    /// The details.
    pub desc: Description,
    /// How far it is.
    pub status: Status,
    /// Name of the person who added it.
    pub owner: String,
    /// How often it was written: 1 when new.
    pub revision: u64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last changed; the page shows it as the completion time.
    pub updated_at: Timestamp,
}

/// What a new todo needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What is to be done.
    pub name: Title,
    /// The details.
    pub desc: Description,
    /// In progress, unless an import says otherwise.
    pub status: Status,
}

impl Draft {
    /// Makes the todo, with a key and times of its own.
    pub fn into_todo(self, owner: &str, now: Timestamp) -> Todo {
        Todo {
            key: TodoKey::random(),
            name: self.name,
            desc: self.desc,
            status: self.status,
            owner: owner.to_owned(),
            revision: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// A change to a todo: what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// New name.
    pub name: Option<Title>,
    /// New details.
    pub desc: Option<Description>,
    /// New status.
    pub status: Option<Status>,
}

impl Edit {
    /// Whether it changes nothing at all.
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && self.desc.is_none() && self.status.is_none()
    }

    /// Carries the change out.
    pub fn apply(self, todo: &mut Todo, now: Timestamp) {
        if self.is_empty() {
            return;
        }
        if let Some(name) = self.name {
            todo.name = name;
        }
        if let Some(desc) = self.desc {
            todo.desc = desc;
        }
        if let Some(status) = self.status {
            todo.status = status;
        }
        todo.revision += 1;
        todo.updated_at = now;
    }
}

/// Names one todo. Clients treat it as opaque.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TodoKey(String);

impl TodoKey {
    /// A new key. Version 7 begins with the time, so keys sort in the order of creation.
    pub fn random() -> Self {
        Self(Uuid::now_v7().to_string())
    }

    /// A key as somebody sent it; whether a todo has it is for the store to say.
    pub fn given(text: &str) -> Result<Self, Invalid> {
        if text.is_empty() || text.len() > 100 {
            return Err(Invalid::new("key must be the key of a todo"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which board a todo is on: the shared one of the guests or somebody's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BoardId(String);

impl BoardId {
    /// The board that everybody without an account shares.
    pub fn guests() -> Self {
        Self("guest".to_owned())
    }

    /// The board named by an account's id, or one that a store or an event remembers.
    pub fn named(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A todo's name: 1 to 200 characters, not all of them blank. Kept exactly as given: escaping is the page's business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Title(String);

impl Title {
    /// The longest name, in characters.
    pub const MAX: usize = 200;

    /// Checks a name.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        if text.trim().is_empty() {
            return Err(Invalid::new("name must not be blank"));
        }
        if text.chars().count() > Self::MAX {
            return Err(Invalid(format!("name must have at most {} characters", Self::MAX)));
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A todo's details: at most 2000 characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Description(String);

impl Description {
    /// The longest description, in characters.
    pub const MAX: usize = 2000;

    /// Checks a description.
    pub fn parse(text: impl Into<String>) -> Result<Self, Invalid> {
        let text = text.into();
        if text.chars().count() > Self::MAX {
            return Err(Invalid(format!("desc must have at most {} characters", Self::MAX)));
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How far a todo is. The numbers are the wire's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// 0
    Closed = 0,
    /// 1
    InProgress = 1,
    /// 2
    Completed = 2,
    /// 3
    Paused = 3,
}

impl Status {
    /// All of them, by number.
    pub const ALL: [Self; 4] = [Self::Closed, Self::InProgress, Self::Completed, Self::Paused];

    /// The number on the wire.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The status with this number.
    pub fn from_number(number: u64) -> Result<Self, Invalid> {
        usize::try_from(number)
            .ok()
            .and_then(|index| Self::ALL.get(index).copied())
            .ok_or_else(|| Invalid::new("status must be 0 (closed), 1 (in progress), 2 (completed) or 3 (paused)"))
    }

    /// The status with this number as text: exactly one digit, for the seed's page sends `"2"`.
    pub fn from_digit(text: &str) -> Result<Self, Invalid> {
        let mut chars = text.chars();
        let digit = chars.next().and_then(|first| first.to_digit(10)).filter(|_| chars.next().is_none());
        Self::from_number(digit.map_or(u64::MAX, u64::from))
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_counted_in_characters_and_kept_as_given() {
        assert!(Title::parse("").is_err());
        assert!(Title::parse(" \t\u{3000}").is_err());
        assert_eq!(Title::parse(" <b>x</b> ").map(|title| title.as_str().to_owned()), Ok(" <b>x</b> ".to_owned()));
        assert!(Title::parse("办".repeat(200)).is_ok());
        assert!(Title::parse("办".repeat(201)).is_err());
    }

    #[test]
    fn a_description_may_be_empty_but_not_endless() {
        assert!(Description::parse("").is_ok());
        assert!(Description::parse("é".repeat(2000)).is_ok());
        assert!(Description::parse("é".repeat(2001)).is_err());
    }

    #[test]
    fn a_status_is_one_of_four_numbers() {
        assert_eq!(Status::from_digit("2"), Ok(Status::Completed));
        assert_eq!(Status::from_number(0), Ok(Status::Closed));
        for wrong in ["", "4", "-1", "02", "1.0", "two", "٢"] {
            assert!(Status::from_digit(wrong).is_err(), "{wrong}");
        }
        assert!(Status::from_number(4).is_err());
        assert!(Status::from_number(u64::MAX).is_err());
    }

    #[test]
    fn an_edit_leaves_absent_fields_and_moves_the_time() {
        let start = Timestamp::UNIX_EPOCH;
        let later = Timestamp::from_second(60).unwrap();
        let draft = Draft {
            name: Title::parse("tea").unwrap(),
            desc: Description::parse("green").unwrap(),
            status: Status::InProgress,
        };
        let mut todo = draft.into_todo("ann", start);
        Edit::default().apply(&mut todo, later);
        assert_eq!((todo.revision, todo.updated_at), (1, start), "an empty edit is no change");
        Edit { status: Some(Status::Completed), ..Edit::default() }.apply(&mut todo, later);
        assert_eq!((todo.name.as_str(), todo.desc.as_str(), todo.status), ("tea", "green", Status::Completed));
        assert_eq!((todo.revision, todo.created_at, todo.updated_at), (2, start, later));
    }

    #[test]
    fn keys_sort_in_the_order_they_were_made() {
        let keys: Vec<_> = (0..100).map(|_| TodoKey::random()).collect();
        assert!(keys.is_sorted());
    }
}
