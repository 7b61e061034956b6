//! The tencent target: Tencent SCF.
//!
//! | what | where |
//! |---|---|
//! | what it can do, as data | [`LIMITS`] (`limits.rs`) |
//! | deploying to it: the platform, opened | `deploy.rs` |
//! | its API: credentials, signatures, calls, what errors mean | `api/` |
//! | what a deploy makes, one kind a file | `resources/` |
//! | how it says a schedule | [`translate`] (`cron.rs`) |
//! | SCF on this machine | `emulator/` |
//! | the zip of a unit, and a serverless.yml for the platform's own tool | `package.rs` |

mod api;
mod beijing;
mod cron;
mod deploy;
mod emulator;
mod limits;
mod package;
mod regions;
mod resources;

pub use cron::translate;
pub use emulator::TencentEmulator;
pub use limits::LIMITS;

use fx_provider::{
    Package, Provider,
    deploy::Deploy,
    emulator::{Emulator, Sender, Way},
};
use fx_spec::{capabilities::Capabilities, service::FunctionKind};

struct Tencent;

impl Provider for Tencent {
    fn capabilities(&self) -> &'static Capabilities {
        &LIMITS
    }

    fn dialect(&self) -> &'static str {
        "tencent"
    }

    fn package(&self) -> Option<&dyn Package> {
        Some(&package::Zip)
    }

    fn deploy(&self) -> Option<&dyn Deploy> {
        Some(&deploy::TencentDeploy)
    }

    fn emulator(&self) -> Option<&dyn Emulator> {
        Some(&TencentEmulator)
    }

    fn sender(&self) -> Option<&dyn Sender> {
        Some(&emulator::Triggers)
    }

    fn ways(&self) -> &'static [Way] {
        const fn way(name: &'static str, folder: &'static str, kind: FunctionKind) -> Way {
            Way { name, folder, emulator: &TencentEmulator, kind: Some(kind), streaming: false }
        }
        const WAYS: &[Way] = &[
            way("tencent event", "tencent", FunctionKind::Event),
            way("tencent web", "tencent-web", FunctionKind::Web),
        ];
        WAYS
    }
}

/// The target, for the command's table.
pub fn provider() -> &'static dyn Provider {
    &Tencent
}
