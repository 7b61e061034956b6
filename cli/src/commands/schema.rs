//! `fx schema`: the JSON Schema of f.yml.

use clap::Args;
use fx_spec::Problem;

use crate::output::{Output, Report};

/// Arguments of `fx schema`.
#[derive(Debug, Args)]
pub struct SchemaCommand {}

impl SchemaCommand {
    /// Prints the schema.
    pub fn run(self, _output: &Output) -> Result<(), Report> {
        Err(Problem::error("FX0500", "`fx schema` is not there yet").into())
    }
}
