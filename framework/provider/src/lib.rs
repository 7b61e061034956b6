//! The contract a target fulfils.
//!
//! A target is one folder under `providers/`; what it hands to the command is one [`Provider`]. What a target cannot do yet, it does not
//! hand over: the parts of the contract beyond [`Provider::capabilities`] are optional.
//!
//! | what | where |
//! |---|---|
//! | the trait | [`Provider`] |
//! | what goes into a zip, and the platform's own description of it | [`Package`] |
//! | deploying to it | [`deploy`] |
//! | the files of a site in its buckets | [`site`] |
//! | packages that went through a bucket | [`Stored`] |
//! | the platform's side of the conversation, on this machine | [`emulator`] |
//! | the target that every machine has | [`LOCAL`] |
//! | the suite that all targets' tests run | `testing` (feature of the same name) |

pub mod deploy;
pub mod emulator;
mod local;
mod package;
pub mod site;
mod stored;
#[cfg(feature = "testing")]
pub mod testing;

pub use local::{LOCAL, Local};
pub use package::{Bundle, Manifest, ManifestError, Package, cloud_schedule, joint_cors};

pub use stored::Stored;

use deploy::Deploy;
use emulator::{Emulator, Sender, Way};
use fx_spec::capabilities::Capabilities;

/// A target, as the command sees it.
pub trait Provider: Sync {
    /// What it can do, and what it cannot.
    fn capabilities(&self) -> &'static Capabilities;

    /// The module of `fx` that runs units there: `http` where the platform sends plain HTTP.
    fn dialect(&self) -> &'static str {
        "http"
    }

    /// How units are packed for it.
    fn package(&self) -> Option<&dyn Package> {
        None
    }

    /// How it is deployed to.
    fn deploy(&self) -> Option<&dyn Deploy> {
        None
    }

    /// The platform, played on this machine.
    fn emulator(&self) -> Option<&dyn Emulator> {
        None
    }

    /// What its triggers send to functions, in its own words.
    fn sender(&self) -> Option<&dyn Sender> {
        None
    }

    /// All ways in which the platform can run a service, played on this machine.
    fn ways(&self) -> &'static [Way] {
        &[]
    }
}
