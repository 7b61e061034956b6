//! `fx check`.

use clap::Args;
use fx_spec::Problem;

use crate::output::{Output, Report};

/// Arguments of `fx check`.
#[derive(Debug, Args)]
pub struct CheckCommand {}

impl CheckCommand {
    /// Does it.
    pub fn run(self, _output: &Output) -> Result<(), Report> {
        Err(Problem::error("FX0500", "`fx check` is not there yet").into())
    }
}
