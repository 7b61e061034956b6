//! `fx package`: zips that run on a platform, and the files with which its own tools deploy them.

use std::{path::PathBuf, sync::Arc, time::Duration};

use clap::Args;
use fx_build::Cancel;
use fx_provider::{Package, Provider};
use fx_spec::{Problem, Service};
use serde_json::json;

use super::build::stop_on_signals;
use crate::{
    args::FileArgs,
    codes,
    dev::console::Console,
    local::{secrets::Secrets, variables::Variables},
    output::{Output, Report, Table},
    package::{Done, cold_start, making::Making, size},
    project::{Project, find},
    targets,
};

/// Arguments of `fx package`.
#[derive(Debug, Args)]
#[command(after_help = "Example: fx package --provider aws --out dist")]
pub struct PackageCommand {
    #[command(flatten)]
    file: FileArgs,

    /// What to pack for: a target, several with commas, or `all` [default: `provider.name` of f.yml].
    #[arg(long, value_name = "NAMES", value_parser = targets::Names::packed())]
    provider: Option<String>,

    /// Where the packages go, in a folder for each target [default: `dist` beside f.yml].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Optimised and self-contained: what a package always is.
    #[arg(long)]
    release: bool,

    /// Stay away from the network.
    #[arg(long)]
    offline: bool,

    /// Where compiled code goes [default: where cargo puts it].
    #[arg(long, value_name = "DIR")]
    target_dir: Option<PathBuf>,
}

/// A target, how it packs, and what the service is there.
struct Job {
    provider: &'static dyn Provider,
    package: &'static dyn Package,
    service: Service,
}

impl PackageCommand {
    /// Builds, packs and describes every unit for every target.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        let mut project = Project::open(&find(&self.file)?)?;
        if !project.scan() {
            let message = format!("there is no Cargo package in {}", project.root().display());
            return Err(Problem::error(codes::NO_CODE, message).help("name its folder with `crate:` in f.yml").into());
        }
        let (jobs, report) = self.jobs(&project)?;
        let out = match &self.out {
            Some(folder) => folder.clone(),
            None => near(&project.root().join("dist")),
        };
        let cancel = Cancel::new();
        stop_on_signals(cancel.clone())?;
        let console = Arc::new(Console::new(*output));
        let mut done = Vec::new();
        for job in &jobs {
            let Job { provider, package, service } = job;
            let making = Making {
                project: &project,
                provider: *provider,
                package: *package,
                service,
                out: &out,
                offline: self.offline,
                target_dir: self.target_dir.as_deref(),
                cancel: &cancel,
                console: &console,
            };
            let packed = making.make().map(|packed| {
                console.progress("measuring cold starts");
                let starts = cold_starts(job, &project, &packed);
                (packed, starts)
            });
            console.progress_done();
            done.push(packed?);
        }
        if output.is_json() {
            output.json(&json!({
                "packages": done.iter().map(|(done, starts)| json!({
                    "folder": done.folder,
                    "manifests": done.manifests,
                    "coldStartMs": starts.iter().map(|took| took.map(milliseconds)).collect::<Vec<_>>(),
                    "artifact": done.document,
                })).collect::<Vec<_>>(),
                "warnings": report.warnings().collect::<Vec<_>>(),
            }));
        } else {
            output.report(&report);
            for (job, (done, starts)) in jobs.iter().zip(&done) {
                output.line(format_args!("{} in {}", job.provider.capabilities().title, done.folder.display()));
                output.line(table(job, done, starts));
            }
        }
        Ok(())
    }

    /// What is to be done; an error before anything is built if f.yml or the code does not fit one of the targets.
    fn jobs(&self, project: &Project) -> Result<(Vec<Job>, Report), Report> {
        let variables = Variables::with_dotenv(project.root())?;
        let mut jobs = Vec::new();
        let mut all = project.report();
        for provider in self.targets(project)? {
            let target = provider.capabilities();
            let Some(package) = provider.package() else { continue };
            let (report, service) = project.check(Some(&[target]), &variables);
            all.extend(report.errors().chain(report.warnings()).cloned());
            jobs.extend(service.map(|service| Job { provider, package, service }));
        }
        let all = all.sorted();
        if all.has_errors() { Err(all) } else { Ok((jobs, all)) }
    }

    /// The targets that are asked for. `all` are those that have packages.
    fn targets(&self, project: &Project) -> Result<Vec<&'static dyn Provider>, Report> {
        let asked = match &self.provider {
            Some(names) => targets::select(names)?,
            None => vec![project.default_target()],
        };
        let providers = asked.into_iter().filter_map(|target| targets::provider(target.name));
        let (able, unable): (Vec<_>, Vec<_>) = providers.partition(|provider| provider.package().is_some());
        let everything = self.provider.as_deref().is_some_and(|names| names.trim() == "all");
        match unable.first() {
            Some(provider) if !everything => {
                let message = format!("there are no packages for {}", provider.capabilities().title);
                let packed = targets::all().into_iter().filter(|provider| provider.package().is_some());
                let names: Vec<&str> = packed.map(|provider| provider.capabilities().name).collect();
                let help = format!("name a target with --provider: {}, or `all`", names.join(", "));
                Err(Problem::error(codes::NOT_FOR_TARGET, message).help(help).into())
            }
            _ => Ok(able),
        }
    }
}

/// How long each unit takes to start, where that can be told here.
fn cold_starts(job: &Job, project: &Project, done: &Done) -> Vec<Option<Duration>> {
    let variables = Variables::with_dotenv(project.root()).ok();
    let mut secrets = Secrets::open(project.root()).ok();
    let region = job.service.region.as_ref().map(|region| region.value.as_str());
    let units = job.service.units.iter().zip(&done.document.units);
    units
        .map(|(unit, artifact)| {
            let environment = variables.as_ref()?.environment(unit, project.source(), secrets.as_mut()?).ok()?;
            cold_start::measure(job.provider, unit, &done.folder.join(&artifact.file), &environment, region)
        })
        .collect()
}

/// With a tenth: cold starts are short.
fn milliseconds(took: Duration) -> f64 {
    (took.as_secs_f64() * 10_000.0).round() / 10.0
}

fn table(job: &Job, done: &Done, starts: &[Option<Duration>]) -> Table {
    let limits = &job.provider.capabilities().package;
    let mut table = Table::indented(2);
    table.row(["unit", "functions", "zip", "limit used", "cold start", "file"].map(str::to_owned));
    for (unit, start) in done.document.units.iter().zip(starts) {
        let functions = unit.functions.len().to_string();
        let used = size::used(unit.size, limits);
        let start = start.map_or_else(|| "–".to_owned(), |took| format!("{} ms", milliseconds(took)));
        table.row([unit.name.clone(), functions, size::bytes(unit.size), used, start, unit.file.clone()]);
    }
    table
}

/// The folder as somebody here would name it.
fn near(folder: &std::path::Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    folder.strip_prefix(&here).unwrap_or(folder).to_owned()
}
