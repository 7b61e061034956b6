//! `fx dev`.

use clap::Args;
use fx_spec::Problem;

use crate::output::{Output, Report};

/// Arguments of `fx dev`.
#[derive(Debug, Args)]
pub struct DevCommand {}

impl DevCommand {
    /// Does it.
    pub fn run(self, _output: &Output) -> Result<(), Report> {
        Err(Problem::error("FX0500", "`fx dev` is not there yet").into())
    }
}
