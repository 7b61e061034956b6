//! `fx build`: the executables of a service, without running or packing them.

use std::{path::PathBuf, sync::Arc, thread};

use clap::Args;
use fx_build::{BuildRequest, BuiltUnit, Cancel};
use fx_spec::Problem;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    args::FileArgs,
    codes,
    dev::{console::Console, steps::Steps},
    local::{prepare::build_failed, variables::Variables},
    output::{Output, Report, Table},
    project::{Project, find},
    targets,
};

/// Arguments of `fx build`.
#[derive(Debug, Args)]
#[command(after_help = "Example: fx build --release")]
pub struct BuildCommand {
    #[command(flatten)]
    file: FileArgs,

    /// What to build for: local; `fx package` builds for platforms.
    #[arg(long, value_name = "NAME", default_value = targets::LOCAL.name)]
    provider: String,

    /// Optimised, self-contained, and the same bytes from the same sources wherever they lie.
    #[arg(long)]
    release: bool,

    /// Stay away from the network.
    #[arg(long)]
    offline: bool,

    /// Where compiled code goes [default: where cargo puts it].
    #[arg(long, value_name = "DIR")]
    target_dir: Option<PathBuf>,
}

impl BuildCommand {
    /// Builds what has changed.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        let target = targets::one(&self.provider)?;
        if target.name != targets::LOCAL.name {
            let message = format!("`fx build` builds for this machine, not for {}", target.title);
            let packs = targets::provider(target.name).is_some_and(|provider| provider.package().is_some());
            let help = match packs {
                true => format!("`fx package --provider {}` builds and packs what runs there", target.name),
                false => "leave out --provider".to_owned(),
            };
            return Err(Problem::error(codes::NOT_FOR_TARGET, message).help(help).into());
        }
        let mut project = Project::open(&find(&self.file)?)?;
        if !project.scan() {
            let message = format!("there is no Cargo package in {}", project.root().display());
            return Err(Problem::error(codes::NO_CODE, message).help("name its folder with `crate:` in f.yml").into());
        }
        let (report, service) = project.check(Some(&[target]), &Variables::with_dotenv(project.root())?);
        let (Some(service), Some(scan), false) = (service, &project.scan, report.has_errors()) else {
            return Err(report);
        };
        let cancel = Cancel::new();
        stop_on_signals(cancel.clone())?;
        let console = Arc::new(Console::new(*output));
        let built = fx_build::build(
            &BuildRequest {
                service: &service,
                scan,
                target: target.name,
                dialect: "http",
                release: self.release,
                glibc: None,
                offline: self.offline,
                target_dir: self.target_dir.as_deref(),
                colour: output.colour(),
                cancel: &cancel,
            },
            &Steps(Arc::clone(&console)),
        );
        console.progress_done();
        let built = built.map_err(build_failed)?;
        if output.is_json() {
            output.json(&json!({
                "service": service.name.value,
                "provider": target.name,
                "units": built.iter().map(|unit| json!({
                    "name": unit.name, "executable": unit.executable, "fresh": unit.fresh,
                })).collect::<Vec<_>>(),
                "warnings": report.warnings().collect::<Vec<_>>(),
            }));
        } else {
            output.report(&report);
            output.line(table(&built));
        }
        Ok(())
    }
}

fn table(built: &[BuiltUnit]) -> Table {
    let here = std::env::current_dir().unwrap_or_default();
    let mut table = Table::default();
    for unit in built {
        let executable: PathBuf = unit.executable.strip_prefix(&here).unwrap_or(&unit.executable).into();
        let state = if unit.fresh { "unchanged" } else { "built" };
        table.row([unit.name.clone(), state.to_owned(), executable.display().to_string()]);
    }
    table
}

/// cargo runs in a process group of its own, which Ctrl-C does not reach: fx ends it.
pub(super) fn stop_on_signals(cancel: Cancel) -> Result<(), Problem> {
    let refused = |error: std::io::Error| Problem::error(codes::SYSTEM, format!("cannot watch for signals: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().map_err(refused)?;
    let (mut interrupt, mut terminate) = {
        let _inside = runtime.enter();
        let watch = |kind| signal(kind).map_err(refused);
        (watch(SignalKind::interrupt())?, watch(SignalKind::terminate())?)
    };
    thread::spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        });
        cancel.cancel();
    });
    Ok(())
}
