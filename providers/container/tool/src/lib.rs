//! The container targets: a plain container, Kubernetes and Knative. They share one image and differ in what surrounds it.
//!
//! | what | where |
//! |---|---|
//! | what they can do, as data | [`CONTAINER`], [`KUBERNETES`], [`KNATIVE`] (`limits.rs`) |
//! | how they say a schedule | [`translate_cron_job`], [`translate_ping_source`] (`cron.rs`) |

mod cron;
mod limits;

pub use cron::{translate_cron_job, translate_ping_source};
pub use limits::{CONTAINER, KNATIVE, KUBERNETES};

use fx_provider::Provider;
use fx_spec::capabilities::Capabilities;

struct Target(&'static Capabilities);

impl Provider for Target {
    fn capabilities(&self) -> &'static Capabilities {
        self.0
    }
}

static TARGETS: [Target; 3] = [Target(&CONTAINER), Target(&KUBERNETES), Target(&KNATIVE)];

/// A plain container, for the command's table.
pub fn container() -> &'static dyn Provider {
    &TARGETS[0]
}

/// Kubernetes, for the command's table.
pub fn kubernetes() -> &'static dyn Provider {
    &TARGETS[1]
}

/// Knative, for the command's table.
pub fn knative() -> &'static dyn Provider {
    &TARGETS[2]
}
