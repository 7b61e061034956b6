//! What happens without a browser: the timer that purges, the file that is imported, the message that becomes an
//! activity.

pub mod activity;
mod change;
pub mod import;
mod objects;
mod publisher;
pub mod purge;

pub use activity::Activity;
pub use change::{Action, Change};
pub use objects::{FolderObjects, ObjectError, Objects};
pub use publisher::{DirectPublisher, PublishError, Publisher};
