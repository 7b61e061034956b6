//! `fx new`.

use clap::Args;
use fx_spec::Problem;

use crate::output::{Output, Report};

/// Arguments of `fx new`.
#[derive(Debug, Args)]
pub struct NewCommand {}

impl NewCommand {
    /// Does it.
    pub fn run(self, _output: &Output) -> Result<(), Report> {
        Err(Problem::error("FX0500", "`fx new` is not there yet").into())
    }
}
