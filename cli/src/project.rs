//! The user's project: f.yml, and the code it names.

use std::path::{Path, PathBuf};

use fx_build::{Scan, scan};
use fx_spec::{
    Document, Problem, Request, Resolved, Service, SourceFile, capabilities::Capabilities, document::FILE_NAMES, rules,
};

use crate::{args::FileArgs, codes, local::variables::Variables, output::Report, targets};

/// f.yml, read, and the code beside it if it was looked at.
#[derive(Debug)]
pub struct Project {
    /// The file.
    pub document: Document,
    /// What was found in the code.
    pub scan: Option<Scan>,
    root: PathBuf,
}

/// Where f.yml is: what `-f` says, else the nearest one here or in a folder above. Named as people here would name it.
pub fn find(file: &FileArgs) -> Result<PathBuf, Report> {
    if let Some(file) = &file.file {
        return Ok(file.clone());
    }
    let here = std::env::current_dir()
        .map_err(|error| Problem::error(codes::SYSTEM, format!("cannot tell the current folder: {error}")))?;
    let mut prefix = PathBuf::new();
    for folder in here.ancestors() {
        if let Some(name) = FILE_NAMES.iter().find(|name| folder.join(name).is_file()) {
            return Ok(prefix.join(name));
        }
        prefix.push("..");
    }
    Err(Problem::error(codes::NO_FILE, format!("there is no f.yml in {} or above", here.display()))
        .help("start a project with `fx new NAME`, or name the file with -f")
        .into())
}

impl Project {
    /// Reads f.yml; the code is left alone.
    pub fn open(file: &Path) -> Result<Self, Report> {
        let document = Document::read(file).map_err(|failure| {
            let mut report = Report::default();
            if let Some(source) = failure.source {
                report.source(source);
            }
            report.extend(failure.problems);
            report
        })?;
        let root = root_of(file)?;
        Ok(Self { document, scan: None, root })
    }

    /// Looks at the code as well. Without a Cargo package beside f.yml there is none: `false`.
    pub fn scan(&mut self) -> bool {
        let folder = self.document.crate_dir();
        if folder == self.document.dir() && !folder.join("Cargo.toml").exists() {
            return false;
        }
        self.scan = Some(scan(&folder));
        true
    }

    /// f.yml's folder, absolute.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// f.yml's text, for pointing into it.
    pub fn source(&self) -> &SourceFile {
        self.document.source()
    }

    /// The target this file is meant for when nobody says otherwise.
    pub fn default_target(&self) -> &'static Capabilities {
        self.document.provider_name().and_then(|name| targets::find(&name)).unwrap_or(targets::LOCAL)
    }

    /// What the file means for a target.
    pub fn resolve(&self, target: Option<&Capabilities>, variables: &Variables) -> Resolved {
        let code = self.scan.as_ref().map(Scan::code).unwrap_or_default();
        self.document.resolve(&Request {
            target: target.map(|target| target.name),
            targets: &targets::capabilities(),
            variables: &|name| variables.get(name),
            udev: variables.passed_on(),
            code: &code,
        })
    }

    /// Everything that is wrong for the given targets; the service as the first of them sees it.
    pub fn check(&self, asked: Option<&[&'static Capabilities]>, variables: &Variables) -> (Report, Option<Service>) {
        let mut report = self.report();
        let mut first = None;
        let targets: Vec<Option<&'static Capabilities>> = match asked {
            Some(targets) => targets.iter().copied().map(Some).collect(),
            None => vec![None],
        };
        for target in targets {
            let resolved = self.resolve(target, variables);
            report.extend(resolved.problems);
            let Some(service) = resolved.service else { continue };
            let capabilities = target.unwrap_or_else(|| self.default_target());
            report.extend(rules::check(&service, capabilities, self.source()));
            report.extend(fx_build::artifact::site::check(&service, self.source()));
            if let Some(scan) = &self.scan {
                report.extend(fx_build::compare(&service, self.source(), scan));
            }
            first.get_or_insert(service);
        }
        (report.sorted(), first)
    }

    /// An empty report that can draw every file of the project; what the scan found wrong is in it.
    pub fn report(&self) -> Report {
        let mut report = Report::default();
        report.source(self.source().clone());
        if let Some(scan) = &self.scan {
            for source in &scan.sources {
                report.source(source.clone());
            }
            report.extend(scan.problems.iter().cloned());
        }
        report
    }
}

/// The absolute folder of a file.
pub fn root_of(file: &Path) -> Result<PathBuf, Report> {
    let root = file.canonicalize().ok().and_then(|file| Some(file.parent()?.to_owned()));
    root.ok_or_else(|| Problem::error(codes::NO_FILE, format!("{} has gone away", file.display())).into())
}
