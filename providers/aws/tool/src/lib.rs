//! The aws target: AWS Lambda.
//!
//! | what | where |
//! |---|---|
//! | what it can do, as data | [`LIMITS`] (`limits.rs`) |
//! | how it says a schedule | [`translate`] (`cron.rs`) |
//! | Lambda on this machine | `emulator/` |
//! | deploying to it | `deploy.rs`, `resources/`, and `api/` for the calls |
//! | the zip of a unit, and a SAM template for the platform's own tool | `package.rs` |

mod api;
mod cron;
mod deploy;
mod emulator;
mod limits;
mod package;
mod regions;
mod resources;

pub use cron::translate;
pub use emulator::{AwsEmulator, Front};
pub use limits::LIMITS;

use fx_provider::{
    Package, Provider,
    deploy::Deploy,
    emulator::{Emulator, Sender, Way},
};
use fx_spec::capabilities::Capabilities;

struct Aws;

impl Provider for Aws {
    fn capabilities(&self) -> &'static Capabilities {
        &LIMITS
    }

    fn dialect(&self) -> &'static str {
        "aws"
    }

    fn package(&self) -> Option<&dyn Package> {
        Some(&package::Zip)
    }

    fn deploy(&self) -> Option<&dyn Deploy> {
        Some(&deploy::AwsDeploy)
    }

    fn emulator(&self) -> Option<&dyn Emulator> {
        // A function of its own address has a function URL.
        const EMULATOR: &AwsEmulator = &AwsEmulator::new(Front::Url { streaming: false });
        Some(EMULATOR)
    }

    fn sender(&self) -> Option<&dyn Sender> {
        Some(&emulator::Triggers)
    }

    fn ways(&self) -> &'static [Way] {
        const fn way(name: &'static str, emulator: &'static AwsEmulator) -> Way {
            Way { name, folder: "aws", emulator, kind: None, streaming: false }
        }
        const WAYS: &[Way] = &[
            way("aws url", &AwsEmulator::new(Front::Url { streaming: false })),
            way("aws v2", &AwsEmulator::new(Front::HttpApi)),
            way("aws v1", &AwsEmulator::new(Front::RestApi)),
            way("aws alb", &AwsEmulator::new(Front::Alb { multi_value: true })),
            Way {
                folder: "aws-streaming",
                streaming: true,
                ..way("aws streaming", &AwsEmulator::new(Front::Url { streaming: true }))
            },
        ];
        WAYS
    }
}

/// The target, for the command's table.
pub fn provider() -> &'static dyn Provider {
    &Aws
}
