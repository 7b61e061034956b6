//! `fx rollback`: traffic back to where it went before.

use clap::Args;

use crate::{
    deploy::{
        run::Manner,
        target::TargetArgs,
        traffic::{self, Verb},
    },
    output::{Output, Report},
};

/// Arguments of `fx rollback`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fx rollback --provider aws
  fx rollback todo --provider aws --to 3")]
pub struct RollbackCommand {
    /// Only this deployed function [default: all of the service; while a canary runs, those that have one].
    #[arg(value_name = "UNIT")]
    unit: Option<String>,

    #[command(flatten)]
    target: TargetArgs,

    /// The version to go back to [default: the one before; while a canary runs, away from the canary].
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,

    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,

    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
}

impl RollbackCommand {
    /// Moves the traffic.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        let manner = Manner {
            dry_run: self.dry_run,
            yes: self.yes,
            smoke: false,
            question: "Send the traffic back?",
            key: "rollbacks",
            canary: None,
        };
        traffic::send(&self.target, self.unit.as_deref(), Verb::Rollback { to: self.to.as_deref() }, &manner, output)
    }
}
