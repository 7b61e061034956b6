//! The contract a target fulfils.
//!
//! A target is one folder under `providers/`; what it hands to the command is one [`Provider`]. Packaging, deploying and emulating
//! join the trait with the code that does them, so that a target never promises what it cannot do yet.
//!
//! | what | where |
//! |---|---|
//! | the trait | [`Provider`] |
//! | the target that every machine has | [`LOCAL`] |
//! | the suite that all targets' tests run | `testing` (feature of the same name) |

mod local;
#[cfg(feature = "testing")]
pub mod testing;

pub use local::{LOCAL, Local};

use fx_spec::capabilities::Capabilities;

/// A target, as the command sees it.
pub trait Provider: Sync {
    /// What it can do, and what it cannot.
    fn capabilities(&self) -> &'static Capabilities;
}
