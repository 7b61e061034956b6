//! The aliyun target: Aliyun Function Compute.
//!
//! | what | where |
//! |---|---|
//! | what it can do, as data | [`LIMITS`] (`limits.rs`) |
//! | how it says a schedule | [`translate`] (`cron.rs`) |
//! | Function Compute on this machine | `emulator/` |
//! | the zip of a unit, and an s.yaml for the platform's own tool | `package.rs` |
//! | the platform's API: keys, signatures, calls | `api/` |
//! | what a deploy makes, one kind a file | `resources/` |
//! | deploying, and the permissions for it | `deploy.rs` |

mod api;
mod cron;
mod deploy;
mod emulator;
mod limits;
mod package;
mod regions;
mod resources;

pub use cron::translate;
pub use emulator::AliyunEmulator;
pub use limits::LIMITS;

use fx_provider::{
    Package, Provider,
    deploy::Deploy,
    emulator::{Emulator, Sender, Way},
};
use fx_spec::capabilities::Capabilities;

struct Aliyun;

impl Provider for Aliyun {
    fn capabilities(&self) -> &'static Capabilities {
        &LIMITS
    }

    fn dialect(&self) -> &'static str {
        "aliyun"
    }

    fn package(&self) -> Option<&dyn Package> {
        Some(&package::Zip)
    }

    fn deploy(&self) -> Option<&dyn Deploy> {
        Some(&deploy::AliyunDeploy)
    }

    fn emulator(&self) -> Option<&dyn Emulator> {
        Some(&AliyunEmulator)
    }

    fn sender(&self) -> Option<&dyn Sender> {
        Some(&emulator::Triggers)
    }

    fn ways(&self) -> &'static [Way] {
        const WAYS: &[Way] =
            &[Way { name: "aliyun", folder: "aliyun", emulator: &AliyunEmulator, kind: None, streaming: false }];
        WAYS
    }
}

/// The target, for the command's table.
pub fn provider() -> &'static dyn Provider {
    &Aliyun
}
