//! The command line: the verbs, and the options that several of them share.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::{
    commands::{
        build::BuildCommand, check::CheckCommand, completions::CompletionsCommand, config::ConfigCommand,
        deploy::DeployCommand, dev::DevCommand, info::InfoCommand, invoke::InvokeCommand, logs::LogsCommand,
        new::NewCommand, package::PackageCommand, policy::PolicyCommand, promote::PromoteCommand,
        remove::RemoveCommand, rollback::RollbackCommand, schema::SchemaCommand, test::TestCommand,
    },
    output::{Output, Report},
};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "fx",
    version,
    propagate_version = true,
    about = "Serverless functions in Rust: annotate with #[func], describe the service in f.yml, run it anywhere"
)]
pub struct Cli {
    /// Print JSON and nothing else on stdout.
    #[arg(long, global = true)]
    pub json: bool,

    /// The verb.
    #[command(subcommand)]
    pub command: Command,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a project from a template.
    New(NewCommand),
    /// Build, serve on this machine, and reload on every change.
    Dev(DevCommand),
    /// Call one function, whatever triggers it, and print its answer.
    Invoke(InvokeCommand),
    /// Report everything that is wrong with f.yml, and with the code it names.
    Check(CheckCommand),
    /// Show what f.yml means once defaults and overrides are applied.
    Config(ConfigCommand),
    /// Compile the service's functions.
    Build(BuildCommand),
    /// Pack the functions for a platform, and describe them to its own tools.
    Package(PackageCommand),
    /// Bring the service to a platform, changing only what differs.
    Deploy(DeployCommand),
    /// Send all traffic to the version that a canary deploy has published.
    Promote(PromoteCommand),
    /// Send traffic back to the version before.
    Rollback(RollbackCommand),
    /// Show what is deployed: addresses, versions, traffic.
    Info(InfoCommand),
    /// Print what deployed functions have written.
    Logs(LogsCommand),
    /// Take the service off a platform.
    Remove(RemoveCommand),
    /// Print the permissions that deploying needs, and no others.
    Policy(PolicyCommand),
    /// Ask the service the same questions on every platform, and show where the answers differ.
    Test(TestCommand),
    /// Print the JSON Schema of f.yml, for editors.
    Schema(SchemaCommand),
    /// Print a completion script for a shell.
    Completions(CompletionsCommand),
}

impl Command {
    /// Does what was asked. `Err` carries what to tell the user, and means exit code 1.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        match self {
            Command::New(command) => command.run(output),
            Command::Check(command) => command.run(output),
            Command::Config(command) => command.run(output),
            Command::Dev(command) => command.run(output),
            Command::Build(command) => command.run(output),
            Command::Package(command) => command.run(output),
            Command::Deploy(command) => command.run(output),
            Command::Promote(command) => command.run(output),
            Command::Rollback(command) => command.run(output),
            Command::Info(command) => command.run(output),
            Command::Logs(command) => command.run(output),
            Command::Remove(command) => command.run(output),
            Command::Policy(command) => command.run(output),
            Command::Test(command) => command.run(output),
            Command::Invoke(command) => command.run(output),
            Command::Schema(command) => command.run(output),
            Command::Completions(command) => command.run(output),
        }
    }
}

/// `-f`: which f.yml.
#[derive(Debug, Clone, Default, Args)]
pub struct FileArgs {
    /// The service description [default: f.yml here or in the nearest folder above].
    #[arg(short, long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}
