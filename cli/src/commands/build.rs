//! `fx build`.

use clap::Args;
use fx_spec::Problem;

use crate::output::{Output, Report};

/// Arguments of `fx build`.
#[derive(Debug, Args)]
pub struct BuildCommand {}

impl BuildCommand {
    /// Does it.
    pub fn run(self, _output: &Output) -> Result<(), Report> {
        Err(Problem::error("FX0500", "`fx build` is not there yet").into())
    }
}
