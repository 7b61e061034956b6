//! The `fx` command: parse, dispatch, exit code.

use std::process::ExitCode;

use clap::Parser;
use fx_cli::{args::Cli, output::Output};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.json);
    match cli.command.run(&output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(report) => {
            // Without problems everything has been said already.
            if report.has_errors() {
                output.report(&report);
            }
            ExitCode::FAILURE
        }
    }
}
