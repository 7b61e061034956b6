//! The tencent target: Tencent SCF.
//!
//! | what | where |
//! |---|---|
//! | what it can do, as data | [`LIMITS`] (`limits.rs`) |
//! | how it says a schedule | [`translate`] (`cron.rs`) |
//! | SCF on this machine | `emulator/` |
//! | the zip of a unit, and a serverless.yml for the platform's own tool | `package.rs` |

mod beijing;
mod cron;
mod emulator;
mod limits;
mod package;
mod regions;

pub use cron::translate;
pub use emulator::TencentEmulator;
pub use limits::LIMITS;

use fx_provider::{Package, Provider, emulator::Emulator};
use fx_spec::capabilities::Capabilities;

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

    fn emulator(&self) -> Option<&dyn Emulator> {
        Some(&TencentEmulator)
    }
}

/// The target, for the command's table.
pub fn provider() -> &'static dyn Provider {
    &Tencent
}
