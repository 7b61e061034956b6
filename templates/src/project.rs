//! New projects: the folders under `project/`, one for each template.

use std::{fmt, path::PathBuf, str::FromStr};

use include_dir::{Dir, include_dir};
use serde::Serialize;

use crate::{TemplateError, engine};

static PROJECTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/project");

/// The templates of `fx new`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectTemplate {
    /// HTTP functions with parameters, state and errors.
    Http,
    /// A timer, an object and a message function.
    Event,
    /// A small todo API that keeps its items in a file.
    Todo,
}

impl ProjectTemplate {
    /// All of them.
    pub const ALL: [ProjectTemplate; 3] = [ProjectTemplate::Http, ProjectTemplate::Event, ProjectTemplate::Todo];

    /// The name on the command line, and of the folder.
    pub fn name(self) -> &'static str {
        match self {
            ProjectTemplate::Http => "http",
            ProjectTemplate::Event => "event",
            ProjectTemplate::Todo => "todo",
        }
    }

    /// One line for `--help`.
    pub fn summary(self) -> &'static str {
        match self {
            ProjectTemplate::Http => "HTTP functions with parameters, shared state and errors",
            ProjectTemplate::Event => "functions for a timer, a bucket and a message topic",
            ProjectTemplate::Todo => "a small todo API that keeps its items in a file",
        }
    }

    /// The files of a new project, in the order of their paths.
    pub fn render(self, project: &Project) -> Result<Vec<ProjectFile>, TemplateError> {
        let mut files = Vec::new();
        if let Some(folder) = PROJECTS.get_dir(self.name()) {
            collect(folder, self.name(), project, &mut files)?;
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }
}

impl fmt::Display for ProjectTemplate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for ProjectTemplate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|template| template.name() == text)
            .ok_or_else(|| format!("no template is called `{text}`: http, event and todo are there"))
    }
}

/// What a new project is made of.
#[derive(Debug, Serialize)]
pub struct Project {
    /// Package and service name.
    pub name: String,
    /// The package's name as Rust code writes it.
    pub crate_name: String,
    /// Where `fx` comes from.
    pub fx: FxSource,
}

impl Project {
    /// A project called `name`.
    pub fn new(name: impl Into<String>, fx: FxSource) -> Self {
        let name = name.into();
        Self { crate_name: name.replace('-', "_"), name, fx }
    }
}

/// Where a project takes the `fx` crate from. Exactly one field is set.
#[derive(Debug, Default, Serialize)]
pub struct FxSource {
    /// A folder on this machine.
    pub path: Option<String>,
    /// A Git repository.
    pub git: Option<String>,
    /// A released version.
    pub version: Option<String>,
}

impl FxSource {
    /// The crate in a folder.
    pub fn path(path: impl Into<String>) -> Self {
        Self { path: Some(path.into()), ..Self::default() }
    }

    /// The crate in a Git repository.
    pub fn git(url: impl Into<String>) -> Self {
        Self { git: Some(url.into()), ..Self::default() }
    }

    /// A released version.
    pub fn version(version: impl Into<String>) -> Self {
        Self { version: Some(version.into()), ..Self::default() }
    }
}

/// A file of a new project.
#[derive(Debug)]
pub struct ProjectFile {
    /// Relative to the project.
    pub path: PathBuf,
    /// Its bytes.
    pub contents: Vec<u8>,
}

fn collect(folder: &Dir<'_>, root: &str, project: &Project, into: &mut Vec<ProjectFile>) -> Result<(), TemplateError> {
    for file in folder.files() {
        let template = format!("project/{}", file.path().display());
        let relative = file.path().strip_prefix(root).unwrap_or(file.path());
        let (path, contents) = match (relative.extension(), file.contents_utf8()) {
            (Some(extension), Some(text)) if extension == "hbs" => {
                (relative.with_extension(""), engine::render(&template, text, project)?.into_bytes())
            }
            _ => (relative.to_path_buf(), file.contents().to_vec()),
        };
        into.push(ProjectFile { path: undotted(path), contents });
    }
    for folder in folder.dirs() {
        collect(folder, root, project, into)?;
    }
    Ok(())
}

/// A `.gitignore` in this repository would act on this repository, so the template stores it without its dot.
fn undotted(path: PathBuf) -> PathBuf {
    if path.file_name().is_some_and(|name| name == "gitignore") { path.with_file_name(".gitignore") } else { path }
}
