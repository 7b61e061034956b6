//! `fx invoke`.

use clap::Args;
use fx_spec::Problem;

use crate::output::{Output, Report};

/// Arguments of `fx invoke`.
#[derive(Debug, Args)]
pub struct InvokeCommand {}

impl InvokeCommand {
    /// Does it.
    pub fn run(self, _output: &Output) -> Result<(), Report> {
        Err(Problem::error("FX0500", "`fx invoke` is not there yet").into())
    }
}
