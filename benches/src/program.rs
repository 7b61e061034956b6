//! The programs that are measured, and how they are built.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{Options, Suite, root};

/// fx, built by `fx build` or `fx package` as they build everything.
pub const FX: &str = "fx";
/// The same file, told not to write a line for each request.
pub const FX_QUIET: &str = "fx, quiet";
/// The same sources linked against the system's C library.
pub const FX_DYNAMIC: &str = "fx, dynamic";
/// lambda_http and axum as documented.
pub const LAMBDA_HTTP: &str = "lambda_http";
/// lambda_http and axum with what can be switched off switched off.
pub const LAMBDA_HTTP_TUNED: &str = "lambda_http, tuned";
/// Plain axum, a thread for each core.
pub const AXUM: &str = "axum";
/// Plain axum on one thread.
pub const AXUM_SINGLE: &str = "axum, one thread";
/// Express.
pub const EXPRESS: &str = "Express";
/// The todo app of this repository.
pub const TODO: &str = "todo app";

/// A program that was built.
#[derive(Debug)]
pub struct Program {
    /// What results call it.
    pub name: String,
    /// The file that is executed.
    pub executable: PathBuf,
    /// What it is given.
    pub arguments: Vec<String>,
    /// What is in its environment besides.
    pub environment: Vec<(&'static str, &'static str)>,
    /// Whether it has the two routes; otherwise it is only started.
    pub serves: bool,
}

/// All programs of a suite. The first is what the others are compared with.
#[derive(Debug)]
pub struct Programs(pub Vec<Program>);

impl Program {
    fn serving(name: &str, executable: PathBuf) -> Self {
        Self { name: name.into(), executable, arguments: Vec::new(), environment: Vec::new(), serves: true }
    }

    /// The same executable with `FX_LOG=warn`.
    fn quiet(&self) -> Self {
        let environment = vec![("FX_LOG", "warn")];
        Self { environment, ..Self::serving(FX_QUIET, self.executable.clone()) }
    }

    /// A command with a small and always equal environment.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.executable);
        command.args(&self.arguments);
        self.dress(&mut command);
        command
    }

    /// The same, run by another program.
    pub fn command_under(&self, tool: &[&str]) -> Command {
        let mut command = Command::new(tool[0]);
        command.args(&tool[1..]).arg(&self.executable).args(&self.arguments);
        self.dress(&mut command);
        command
    }

    fn dress(&self, command: &mut Command) {
        command.env_clear().env("PATH", env::var_os("PATH").unwrap_or_default());
        command.envs(self.environment.iter().copied());
        command.env("NODE_ENV", "production").env("LANG", "en_US.UTF-8").env("TZ", ":UTC");
        if self.name == TODO {
            command.env("TODO_STORE", "sqlite").env("TODO_JWT_SECRET", "only-for-this-measurement-0123456789");
            command.env("TODO_DB_PATH", env::temp_dir().join(format!("fx-bench-{}.db", std::process::id())));
        }
    }
}

impl Programs {
    /// Builds what a suite needs.
    pub fn build(suite: Suite, options: &Options) -> Result<Self> {
        let build = if options.no_build { skip } else { run };
        let mut programs = match suite {
            Suite::Pull => {
                let fx = Program::serving(FX, function(&root().join("examples/bench"), "bench", build)?);
                vec![
                    Program::serving(LAMBDA_HTTP, peer("peer-lambda-http", "release", build)?),
                    Program::serving(LAMBDA_HTTP_TUNED, peer("peer-lambda-http-tuned", "tuned", build)?),
                    fx.quiet(),
                    fx,
                    Program::serving(FX_DYNAMIC, dynamic(build)?),
                ]
            }
            Suite::Push => {
                let axum = peer("peer-axum", "release", build)?;
                let fx = Program::serving(FX, server(&root().join("examples/bench"), "bench", build)?);
                vec![
                    Program::serving(AXUM, axum.clone()),
                    Program::serving(AXUM_SINGLE, axum.with_file_name("peer-axum-single")),
                    fx.quiet(),
                    fx,
                ]
            }
        };
        if options.express && suite == Suite::Push {
            programs.push(express(build)?);
        }
        if options.todo && suite == Suite::Pull {
            let executable = function(&root(), "todo", build)?;
            programs.push(Program { serves: false, ..Program::serving(TODO, executable) });
        }
        for extra in &options.extra {
            let (name, path) = extra.split_once('=').context("--extra wants NAME=PATH")?;
            programs.push(Program::serving(name, path.into()));
        }
        if options.no_build {
            programs.retain(|program| !program.arguments.is_empty() || program.executable.exists());
        }
        if programs.is_empty() {
            bail!("nothing of this was built in {}", target().display());
        }
        Ok(Self(programs))
    }

    /// Programs that cannot be run.
    #[cfg(test)]
    pub fn named(names: &[&str]) -> Self {
        Self(names.iter().map(|name| Program::serving(name, PathBuf::new())).collect())
    }

    /// Those that have the two routes.
    pub fn serving(&self) -> impl Iterator<Item = &Program> {
        self.0.iter().filter(|program| program.serves)
    }
}

/// One command on the way to a program.
type Step = fn(&mut Command) -> Result<()>;

/// Where cargo puts what it compiles.
fn target() -> PathBuf {
    let folder = env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    root().join(folder)
}

/// Builds a package of benches/peers, alone, so that no other switches on features of its dependencies.
fn peer(package: &str, profile: &str, build: Step) -> Result<PathBuf> {
    let folder = target().join("bench/peers");
    let mut command = cargo();
    command.current_dir(root().join("benches/peers")).args(["build", "--locked", "--package", package]);
    build(command.args(["--profile", profile, "--target-dir"]).arg(&folder))?;
    Ok(folder.join(profile).join(package))
}

/// What `fx build --release` makes: a server.
fn server(service: &Path, unit: &str, build: Step) -> Result<PathBuf> {
    build(fx(service).args(["build", "--release"]))?;
    Ok(target().join("fx/local").join(unit))
}

/// What `fx package` makes for AWS, before it is put into a zip.
fn function(service: &Path, unit: &str, build: Step) -> Result<PathBuf> {
    build(fx(service).args(["package", "--provider", "aws", "--out"]).arg(target().join("bench/dist").join(unit)))?;
    Ok(target().join("fx/aws").join(unit))
}

/// Compiles the entry point that [`function`] has written once more, without the flags that make it self-contained.
fn dynamic(build: Step) -> Result<PathBuf> {
    let folder = target().join("bench/dynamic");
    let mut command = cargo();
    command.current_dir(root()).args(["build", "--release", "--locked", "--package", "bench-example", "--target-dir"]);
    build(command.arg(&folder).env("FX_ENTRYPOINT", target().join("fx/aws/bench.rs")))?;
    Ok(folder.join("release/bench-example"))
}

fn express(build: Step) -> Result<Program> {
    let folder = root().join("benches/peers/express");
    let mut install = Command::new("npm");
    build(install.args(["ci", "--omit=dev", "--no-audit", "--no-fund"]).current_dir(&folder))?;
    let script = folder.join("server.js").display().to_string();
    Ok(Program { arguments: vec![script], ..Program::serving(EXPRESS, "node".into()) })
}

/// The command of this repository.
fn fx(service: &Path) -> Command {
    let mut command = cargo();
    command.args(["run", "--quiet", "--locked", "--package", "fx-cli", "--bin", "fx", "--"]);
    command.current_dir(service);
    command
}

fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn skip(_: &mut Command) -> Result<()> {
    Ok(())
}

fn run(command: &mut Command) -> Result<()> {
    eprintln!("$ {command:?}");
    let status = command.status().with_context(|| format!("cannot start {}", command.get_program().display()))?;
    if !status.success() {
        bail!("{} failed ({status})", command.get_program().display());
    }
    Ok(())
}
