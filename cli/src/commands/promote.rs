//! `fx promote`: all traffic to the version that had a share of it.

use clap::Args;

use crate::{
    deploy::{
        run::Manner,
        target::TargetArgs,
        traffic::{self, Verb},
    },
    output::{Output, Report},
};

/// Arguments of `fx promote`.
#[derive(Debug, Args)]
#[command(after_help = "Example: fx promote --provider aws")]
pub struct PromoteCommand {
    /// Only this deployed function [default: all that have a canary].
    #[arg(value_name = "UNIT")]
    unit: Option<String>,

    #[command(flatten)]
    target: TargetArgs,

    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,

    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
}

impl PromoteCommand {
    /// Moves the traffic.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        let manner = Manner {
            dry_run: self.dry_run,
            yes: self.yes,
            smoke: false,
            question: "Send all traffic to the new version?",
            key: "promotions",
            canary: None,
        };
        traffic::send(&self.target, self.unit.as_deref(), Verb::Promote, &manner, output)
    }
}
