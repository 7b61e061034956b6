//! `fx config`.

use clap::Args;
use fx_spec::Problem;

use crate::output::{Output, Report};

/// Arguments of `fx config`.
#[derive(Debug, Args)]
pub struct ConfigCommand {}

impl ConfigCommand {
    /// Does it.
    pub fn run(self, _output: &Output) -> Result<(), Report> {
        Err(Problem::error("FX0500", "`fx config` is not there yet").into())
    }
}
