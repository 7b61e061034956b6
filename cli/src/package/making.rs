//! From f.yml and the code to a target's folder of packages.

use std::{path::Path, sync::Arc};

use fx_build::{BuildRequest, Cancel};
use fx_provider::{Package, Provider};
use fx_spec::Service;

use super::{Done, Request, pack};
use crate::{
    dev::{console::Console, steps::Steps},
    local::prepare::build_failed,
    output::Report,
    project::Project,
};

/// A target's packages, about to be made.
#[expect(missing_debug_implementations, reason = "a target has no form to print")]
pub struct Making<'a> {
    /// The project, with its code scanned.
    pub project: &'a Project,
    /// The target.
    pub provider: &'a dyn Provider,
    /// Its way to pack.
    pub package: &'a dyn Package,
    /// The service, resolved for the target.
    pub service: &'a Service,
    /// Where all targets' folders go.
    pub out: &'a Path,
    /// Stay away from the network.
    pub offline: bool,
    /// Where compiled code goes, if not where cargo puts it.
    pub target_dir: Option<&'a Path>,
    /// Stops it.
    pub cancel: &'a Cancel,
    /// Hears how far it is.
    pub console: &'a Arc<Console>,
}

impl Making<'_> {
    /// Compiles what has changed, and packs it.
    pub fn make(&self) -> Result<Done, Report> {
        let target = self.provider.capabilities();
        let Some(scan) = &self.project.scan else { return Err(Report::default()) };
        self.console.progress(format!("building for {}", target.title));
        let built = fx_build::build(
            &BuildRequest {
                service: self.service,
                scan,
                target: target.name,
                dialect: self.provider.dialect(),
                release: true,
                glibc: target.glibc,
                offline: self.offline,
                target_dir: self.target_dir,
                colour: self.console.output().colour(),
                cancel: self.cancel,
            },
            &Steps(Arc::clone(self.console)),
        )
        .map_err(build_failed)?;
        self.console.progress(format!("packing for {}", target.title));
        let rustc = fx_build::rustc(&self.service.crate_dir).map_err(build_failed)?;
        let request = Request {
            service: self.service,
            built: &built,
            provider: self.provider,
            package: self.package,
            rustc: &rustc,
            out: self.out,
        };
        pack(&request)
    }
}
