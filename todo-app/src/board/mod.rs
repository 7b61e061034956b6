//! Boards and the todos on them: the rules that hold whatever the transport and whatever the store.

mod boards;
mod query;
mod todo;

pub use boards::{Boards, Person};
pub use query::{Direction, Order, OrderBy, Page, Paged, TodoQuery};
pub use todo::{BoardId, Description, Draft, Edit, Status, Title, Todo, TodoKey};

use std::fmt;

/// A value that breaks a rule, with a sentence for whoever sent it.
///
/// Deliberately not a `std::error::Error`: those become a 500 that hides its text, while this one is a 400 that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid(pub String);

impl Invalid {
    /// With this sentence.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
