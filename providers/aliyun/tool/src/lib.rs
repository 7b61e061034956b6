//! The aliyun target: Aliyun Function Compute.
//!
//! | what | where |
//! |---|---|
//! | what it can do, as data | [`LIMITS`] (`limits.rs`) |
//! | how it says a schedule | [`translate`] (`cron.rs`) |

mod cron;
mod limits;
mod regions;

pub use cron::translate;
pub use limits::LIMITS;

use fx_provider::Provider;
use fx_spec::capabilities::Capabilities;

struct Aliyun;

impl Provider for Aliyun {
    fn capabilities(&self) -> &'static Capabilities {
        &LIMITS
    }
}

/// The target, for the command's table.
pub fn provider() -> &'static dyn Provider {
    &Aliyun
}
