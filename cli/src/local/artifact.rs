//! A package that `fx package` made, to be run as it is: without f.yml, code or compiler.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use fx_build::artifact::{Document, document::FILE_NAME, unpack};
use fx_provider::Provider;
use fx_spec::{Problem, Service, SourceFile, Unit};
use tempfile::TempDir;

use super::{
    prepare::{Prepared, emulation},
    process::Plan,
    secrets::Secrets,
    variables::Variables,
};
use crate::{
    codes,
    output::Report,
    package::{
        cold_start::runs_here,
        opening::{self, failed},
    },
    targets,
};

/// A target's folder, as it is described.
#[expect(missing_debug_implementations, reason = "a target has no form to print")]
pub struct Artifact {
    folder: PathBuf,
    document: Document,
    service: Service,
    /// The target that it was made for.
    pub provider: &'static dyn Provider,
}

impl Artifact {
    /// Reads what a folder is described as. The zips are not looked at yet.
    pub fn read(folder: &Path) -> Result<Self, Report> {
        let document = opening::read(folder)?;
        let service = document.to_service().map_err(failed)?;
        let provider = targets::provider(targets::one(&document.provider)?.name);
        let provider = provider.filter(|provider| provider.package().is_some() && provider.emulator().is_some());
        let provider = provider.ok_or_else(|| {
            Problem::error(codes::NOT_FOR_TARGET, format!("fx cannot run packages for {} here", document.provider))
        })?;
        Ok(Self { folder: folder.to_owned(), document, service, provider })
    }

    /// Unpacks the zips, each only if it is the one described. Values of variables come from the shell and from `.env` in `root`.
    pub fn prepare(self, root: &Path) -> Result<Prepared, Report> {
        let Self { folder, document, service, provider } = self;
        let source = SourceFile { name: FILE_NAME.into(), text: "".into() };
        let variables = Variables::with_dotenv(root)?;
        let mut secrets = Secrets::open(root).map_err(|error| {
            Problem::error(codes::SECRET, format!("cannot read the secrets of this project: {error}"))
        })?;
        let mut prepared =
            Prepared { service, built: Vec::new(), plans: Vec::new(), report: Report::default(), unpacked: Vec::new() };
        let mut problems = Vec::new();
        for (unit, packed) in prepared.service.units.iter().zip(&document.units) {
            let program = program(provider, unit)?;
            let environment = match variables.environment(unit, &source, &mut secrets) {
                Ok(environment) => environment,
                Err(missing) => {
                    problems.extend(missing);
                    continue;
                }
            };
            let code = TempDir::with_prefix("fx-package-").map_err(|error| {
                Problem::error(codes::SYSTEM, format!("there is no folder to unpack into: {error}"))
            })?;
            unpack(&folder.join(&packed.file), Some(&packed.sha256), code.path()).map_err(failed)?;
            prepared.plans.push(Plan {
                unit: unit.name.value.clone(),
                executable: code.path().join(program),
                folder: code.path().to_owned(),
                assets: code.path().to_owned(),
                timeout: Duration::from_secs(unit.timeout.value.into()),
                environment,
                emulation: emulation(provider, None, &prepared.service, unit),
            });
            prepared.unpacked.push(code);
        }
        if problems.is_empty() {
            return Ok(prepared);
        }
        let mut report = Report::default();
        report.extend(problems);
        Err(report)
    }
}

/// Name of the executable in a unit's zip.
fn program(provider: &'static dyn Provider, unit: &Unit) -> Result<&'static str, Problem> {
    match provider.package() {
        Some(package) if runs_here(unit) => Ok(package.bundle(unit).program),
        _ => {
            let message = format!("`{}` was built for another kind of machine than this", unit.name.value);
            Err(Problem::error(codes::NOT_FOR_TARGET, message).help("set `arch` in f.yml, and make the package anew"))
        }
    }
}
