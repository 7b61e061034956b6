pub mod todo;
pub mod unclosed;
pub mod user;
