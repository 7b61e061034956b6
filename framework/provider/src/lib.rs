//! The contract a target fulfils.
//!
//! A target is one folder under `providers/`; what it hands to the command is one [`Provider`]. Packaging and deploying join
//! the trait with the code that does them, so that a target never promises what it cannot do yet.
//!
//! | what | where |
//! |---|---|
//! | the trait | [`Provider`] |
//! | the platform's side of the conversation, on this machine | [`emulator`] |
//! | the target that every machine has | [`LOCAL`] |
//! | the suite that all targets' tests run | `testing` (feature of the same name) |

pub mod emulator;
mod local;
#[cfg(feature = "testing")]
pub mod testing;

pub use local::{LOCAL, Local};

use emulator::Emulator;
use fx_spec::capabilities::Capabilities;

/// A target, as the command sees it.
pub trait Provider: Sync {
    /// What it can do, and what it cannot.
    fn capabilities(&self) -> &'static Capabilities;

    /// The platform, played on this machine.
    fn emulator(&self) -> Option<&dyn Emulator> {
        None
    }
}
