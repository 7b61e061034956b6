//! `fx completions SHELL`: a completion script made from the same definitions that parse the command line.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use crate::{
    args::Cli,
    output::{Output, Report},
};

/// Arguments of `fx completions`.
#[derive(Debug, Args)]
#[command(after_help = "Example: fx completions bash > ~/.local/share/bash-completion/completions/fx")]
pub struct CompletionsCommand {
    /// The shell.
    shell: Shell,
}

impl CompletionsCommand {
    /// Prints the script.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        let mut script = Vec::new();
        generate(self.shell, &mut Cli::command(), "fx", &mut script);
        let script = String::from_utf8_lossy(&script);
        if output.is_json() {
            output.json(&serde_json::json!({ "shell": self.shell.to_string(), "script": script }));
        } else {
            output.raw(&script);
        }
        Ok(())
    }
}
