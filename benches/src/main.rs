//! Measures functions built by fx against what else one could write, with the same work, in the same run.
//!
//! | what | module |
//! |---|---|
//! | which programs there are, and how they are built | [`program`] |
//! | the work: requests, and the only right answer to each | [`work`] |
//! | a running program: its CPU time, memory, threads | [`process`] |
//! | the platform's side of a pull runtime | [`runtime_api`] |
//! | a client with many connections, for servers | [`client`] |
//! | HTTP on a connection | [`wire`] |
//! | taking turns, round after round | [`measure`] |
//! | system calls and allocations by difference | [`count`] |
//! | minimum, median, maximum; ratios | [`results`] |
//! | what is aimed at | [`target`] |
//! | a table, JSON, a plot | [`report`] |
//!
//! Run as `cargo run --release -p fx-bench -- pull` (or `push`, or `size`); docs/performance.md has results and method.

mod client;
mod count;
mod measure;
mod process;
mod program;
mod report;
mod results;
mod runtime_api;
mod target;
mod wire;
mod work;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Parser, ValueEnum};

use crate::{program::Programs, results::Results};

/// Measure functions built by fx against what else one could write.
#[derive(Debug, Parser)]
#[command(name = "fx-bench")]
pub struct Options {
    /// What is measured.
    #[arg(value_enum, required = true)]
    suites: Vec<Suite>,

    /// How often the programs take turns.
    #[arg(long, default_value_t = 7)]
    rounds: usize,

    /// Small invocations in a round; large ones are fewer.
    #[arg(long, default_value_t = 3000)]
    invocations: usize,

    /// Starts in a round.
    #[arg(long, default_value_t = 9)]
    starts: usize,

    /// Measure what was built before, and nothing else.
    #[arg(long)]
    no_build: bool,

    /// Leave out what needs strace and valgrind.
    #[arg(long)]
    no_counts: bool,

    /// Also measure the todo app, packed for AWS.
    #[arg(long)]
    todo: bool,

    /// Measure Express as well: needs node and npm.
    #[arg(long)]
    express: bool,

    /// A program to measure besides, as `name=path`; it gets the same environment as the others of its suite.
    #[arg(long, value_name = "NAME=PATH")]
    extra: Vec<String>,

    /// Where results go, as `performance-<suite>.json` and `.svg`.
    #[arg(long, value_name = "DIR", default_value = "target/bench")]
    out: PathBuf,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    /// Functions that ask the AWS Runtime API for work.
    Pull,
    /// Functions that are a server.
    Push,
}

impl Suite {
    /// As written on the command line.
    fn name(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Push => "push",
        }
    }
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fx-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    for &suite in &options.suites {
        let programs = Programs::build(suite, options)?;
        let mut results = Results::default();
        measure::sizes(&programs, &mut results)?;
        for round in 1..=options.rounds {
            eprintln!("{}: round {round} of {}", suite.name(), options.rounds);
            match suite {
                Suite::Pull => measure::pull::round(&programs, options, &mut results)?,
                Suite::Push => measure::push::round(&programs, options, &mut results)?,
            }
        }
        if suite == Suite::Pull && !options.no_counts {
            count::pull(&programs, &mut results)?;
        }
        report::show(suite, &programs, &results, options)?;
    }
    Ok(())
}

/// The repository's top folder.
fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or_else(|| here.clone(), PathBuf::from)
}
