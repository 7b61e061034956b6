//! The tencent target: Tencent SCF.
//!
//! | what | where |
//! |---|---|
//! | what it can do, as data | [`LIMITS`] (`limits.rs`) |
//! | how it says a schedule | [`translate`] (`cron.rs`) |

mod beijing;
mod cron;
mod limits;
mod regions;

pub use cron::translate;
pub use limits::LIMITS;

use fx_provider::Provider;
use fx_spec::capabilities::Capabilities;

struct Tencent;

impl Provider for Tencent {
    fn capabilities(&self) -> &'static Capabilities {
        &LIMITS
    }
}

/// The target, for the command's table.
pub fn provider() -> &'static dyn Provider {
    &Tencent
}
