//! `fx schema`: the JSON Schema of f.yml.

use clap::Args;

use crate::output::{Output, Report};

/// Arguments of `fx schema`.
#[derive(Debug, Args)]
#[command(after_help = "Example: fx schema > f.schema.json")]
pub struct SchemaCommand {}

impl SchemaCommand {
    /// Prints the schema; it is JSON with and without `--json`.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        output.json(&fx_spec::schema());
        Ok(())
    }
}
