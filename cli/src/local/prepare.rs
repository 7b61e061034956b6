//! From f.yml to executables and what to start them with: the same steps for `fx dev` and `fx invoke`.

use std::{path::Path, time::Duration};

use fx_build::{BuildError, BuildRequest, BuiltUnit, Cancel, Progress, Scan};
use fx_provider::{Provider, emulator::Way};
use fx_spec::{Located, Problem, Service, service::Unit};
use tempfile::TempDir;

use super::{
    process::{Emulation, Plan},
    secrets::Secrets,
    variables::Variables,
};
use crate::{codes, output::Report, project::Project, targets};

/// A service that can be started.
#[derive(Debug)]
pub struct Prepared {
    /// What f.yml means on this machine.
    pub service: Service,
    /// Its executables.
    pub built: Vec<BuiltUnit>,
    /// What to start them with.
    pub plans: Vec<Plan>,
    /// Warnings.
    pub report: Report,
    /// Folders that the executables are in, if they were made for it; gone when dropped.
    pub unpacked: Vec<TempDir>,
}

/// f.yml and the code, found to fit each other.
#[expect(missing_debug_implementations, reason = "a target has no form to print")]
pub struct Checked {
    project: Project,
    provider: &'static dyn Provider,
    way: Option<Way>,
    service: Service,
    variables: Variables,
    report: Report,
}

impl Checked {
    /// Reads f.yml, `.env` and the code, as a target sees them. Fast: nothing is compiled.
    pub fn load(file: &Path, provider: &'static dyn Provider) -> Result<Self, Report> {
        let mut project = Project::open(file)?;
        let variables = Variables::with_dotenv(project.root())?;
        if !project.scan() {
            let message = format!("there is no Cargo package in {}", project.root().display());
            return Err(Problem::error(codes::NO_CODE, message)
                .help("name its folder with `crate:` in f.yml, or start a project with `fx new NAME`")
                .into());
        }
        let (report, service) = project.check(Some(&[provider.capabilities()]), &variables);
        match service {
            Some(service) if !report.has_errors() => {
                Ok(Self { project, provider, way: None, service, variables, report })
            }
            _ => Err(report),
        }
    }

    /// The same, run by the platform in a way of its own.
    pub fn in_way(mut self, way: Way) -> Self {
        for unit in &mut self.service.units {
            unit.streaming = Located::implied(way.streaming);
            if let Some(kind) = way.kind {
                unit.kind = Some(Located::implied(kind));
            }
        }
        self.way = Some(way);
        self
    }

    /// What f.yml means there.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Compiles what has changed, and works out each unit's environment.
    pub fn build(self, cancel: &Cancel, progress: &dyn Progress) -> Result<Prepared, Report> {
        let Self { project, provider, way, mut service, variables, report } = self;
        service.crate_dir = service.crate_dir.canonicalize().unwrap_or(service.crate_dir);
        let nothing = Scan::default();
        let request = BuildRequest {
            service: &service,
            scan: project.scan.as_ref().unwrap_or(&nothing),
            target: way.map_or(provider.capabilities().name, |way| way.folder),
            dialect: provider.dialect(),
            release: false,
            glibc: None,
            offline: false,
            target_dir: None,
            // Taken away again where nobody can see it; the page in the browser can.
            colour: true,
            cancel,
        };
        let built = fx_build::build(&request, progress).map_err(build_failed)?;
        let mut secrets = Secrets::open(project.root()).map_err(|error| {
            Problem::error(codes::SECRET, format!("cannot read the secrets of this project: {error}"))
        })?;
        let mut plans = Vec::new();
        let mut problems = Vec::new();
        for (unit, built) in service.units.iter().zip(&built) {
            match variables.environment(unit, project.source(), &mut secrets) {
                Ok(environment) => plans.push(Plan {
                    unit: unit.name.value.clone(),
                    executable: built.executable.clone(),
                    folder: project.root().to_owned(),
                    assets: service.crate_dir.clone(),
                    timeout: Duration::from_secs(unit.timeout.value.into()),
                    environment,
                    emulation: emulation(provider, way, &service, unit),
                }),
                Err(missing) => problems.extend(missing),
            }
        }
        if !problems.is_empty() {
            let mut report = project.report();
            report.extend(problems);
            return Err(report.sorted());
        }
        Ok(Prepared { service, built, plans, report, unpacked: Vec::new() })
    }
}

/// How a unit is to run: as on this machine, or as on its platform.
pub(super) fn emulation(
    provider: &'static dyn Provider,
    way: Option<Way>,
    service: &Service,
    unit: &Unit,
) -> Option<Emulation> {
    let emulator = way.map(|way| way.emulator).or_else(|| provider.emulator())?;
    let region = service.region.as_ref().map(|region| region.value.clone());
    Some(Emulation { emulator, target: provider.capabilities().name, unit: Box::new(unit.clone()), region })
}

/// The target to run as: this machine, or a platform that fx can play.
pub fn to_run_as(name: &str) -> Result<&'static dyn Provider, Problem> {
    let target = targets::one(name)?;
    let provider = targets::provider(target.name);
    // A target that speaks plain HTTP is like this machine.
    let playable =
        |provider: &&dyn Provider| provider.dialect() == targets::LOCAL_DIALECT || provider.emulator().is_some();
    provider.filter(playable).ok_or_else(|| {
        Problem::error(codes::NOT_FOR_TARGET, format!("fx cannot play {} on this machine", target.title))
            .help("leave out --provider to run it as on this machine")
    })
}

/// The compiler's own drawing for people, the bare facts for programs.
#[expect(clippy::needless_pass_by_value, reason = "it is the end of `map_err`")]
pub fn build_failed(error: BuildError) -> Report {
    let mut report = match error.rendered() {
        Some(drawing) => Report::default().with_compiler_output(drawing),
        None => Report::default(),
    };
    report.extend(error.problems());
    report
}
