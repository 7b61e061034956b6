//! What `fx dev` serves, and how that becomes something to start.

use std::path::{Path, PathBuf};

use fx_build::{Cancel, Progress, artifact::document::FILE_NAME};
use fx_provider::Provider;

use super::{scope, watch::Scope};
use crate::{
    local::{
        artifact::Artifact,
        prepare::{Checked, Prepared},
    },
    output::Report,
    project::Project,
};

/// What is served.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "a target has no form to print")]
pub enum Origin {
    /// A project, built for a target, and built again when it changes.
    Project {
        /// The target to run as.
        provider: &'static dyn Provider,
        /// Its f.yml.
        file: PathBuf,
    },
    /// A package for one target, as it is; another one if it is made anew.
    Package(PathBuf),
}

impl Origin {
    /// The files that matter before anything is known of what is in them.
    pub fn first_scope(&self, root: &Path) -> Scope {
        match self {
            Self::Project { file, .. } => scope::of_file(root, file),
            Self::Package(folder) => scope::of_file(root, &folder.join(FILE_NAME)),
        }
    }

    /// All files that matter, unless it cannot be told yet.
    pub fn scope(&self, root: &Path) -> Option<Scope> {
        match self {
            Self::Project { file, .. } => {
                let project = Project::open(file).ok()?;
                Some(scope::of_package(root, file, &project.document.crate_dir()))
            }
            Self::Package(_) => Some(self.first_scope(root)),
        }
    }

    /// Everything up to executables and what to start them with.
    pub fn prepare(&self, root: &Path, cancel: &Cancel, progress: &dyn Progress) -> Result<Prepared, Report> {
        match self {
            Self::Project { provider, file } => Checked::load(file, *provider)?.build(cancel, progress),
            Self::Package(folder) => Artifact::read(folder)?.prepare(root),
        }
    }

    /// What to do for the running service to become another.
    pub fn how_to_reload(&self) -> &'static str {
        match self {
            Self::Project { .. } => "Save a file to reload.",
            Self::Package(_) => "Run `fx package` again to reload.",
        }
    }
}
