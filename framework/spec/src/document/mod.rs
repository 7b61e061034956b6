//! f.yml as it stands in its folder: read and parsed, not yet resolved for a target.

mod find;

use std::{
    collections::BTreeSet,
    fmt,
    path::{Path, PathBuf},
};

pub use find::{FILE_NAMES, find};

use crate::{
    capabilities::Capabilities,
    code::CodeFunction,
    codes,
    problem::{Problem, SourceFile},
    problems::Problems,
    resolve,
    service::Service,
    yaml::{self, Node},
};

/// A parsed f.yml, with the place of every key and value.
#[derive(Debug, Clone)]
pub struct Document {
    source: SourceFile,
    dir: PathBuf,
    root: Node,
    problems: Vec<Problem>,
}

/// Why there is no [`Document`].
#[derive(Debug, Clone)]
pub struct Failure {
    /// The text, if it could be read.
    pub source: Option<SourceFile>,
    /// At least one error.
    pub problems: Vec<Problem>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rendered = self.problems.iter().map(|problem| crate::render(problem, self.source.as_ref(), false));
        f.write_str(&rendered.collect::<Vec<_>>().join("\n\n"))
    }
}

impl std::error::Error for Failure {}

/// What [`Document::resolve`] needs to know beside the file.
pub struct Request<'a> {
    /// `--provider`; without it `provider.name`, without that `local`.
    pub target: Option<&'a str>,
    /// All targets there are. Empty: any name goes.
    pub targets: &'a [&'a Capabilities],
    /// The process's environment (plus `.env`), for `${env.X}` outside of `environment`.
    pub variables: &'a dyn Fn(&str) -> Option<String>,
    /// Names of `UDEV_*`, already without the prefix: environment of every function. Their values are read when the service is
    /// deployed, as those of `${env.UDEV_*}`.
    pub udev: BTreeSet<String>,
    /// Functions found in the code; empty when the code was not looked at.
    pub code: &'a [CodeFunction],
}

/// The outcome of [`Document::resolve`].
#[derive(Debug, Clone)]
pub struct Resolved {
    /// What the file means; there even when there are errors, as far as it can be told.
    pub service: Option<Service>,
    /// Errors and warnings in the order of the file.
    pub problems: Vec<Problem>,
}

impl Resolved {
    /// Whether anything stops a command from going on.
    pub fn has_errors(&self) -> bool {
        self.problems.iter().any(|problem| problem.severity == crate::Severity::Error)
    }
}

impl Document {
    /// Reads and parses a file. It is called by `path` in messages.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let dir = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let fail = |problem: Problem| Failure {
            source: None,
            problems: vec![Problem { file: Some(name.clone()), ..problem }],
        };
        let bytes = read_bounded(path).map_err(|problem| fail(*problem))?;
        match String::from_utf8(bytes) {
            Ok(text) => Self::parse(&name, &text, dir),
            Err(error) => Err(fail(not_utf8(&error))),
        }
    }

    /// Parses a text that is called `name` in messages and stands in the folder `dir`.
    pub fn parse(name: &str, text: &str, dir: &Path) -> Result<Self, Failure> {
        // A byte-order mark is not a character of the first line.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > yaml::MAX_BYTES {
            let problem = Problem { file: Some(name.into()), ..too_long() };
            return Err(Failure { source: None, problems: vec![problem] });
        }
        let source = SourceFile { name: name.into(), text: text.into() };
        let parsed = yaml::parse(text);
        match parsed.root {
            Some(root) => Ok(Self { source, dir: dir.into(), root, problems: parsed.problems }),
            None => {
                let mut problems = Problems::default();
                parsed.problems.into_iter().for_each(|problem| problems.push(problem));
                let problems = problems.finish(&source);
                Err(Failure { source: Some(source), problems })
            }
        }
    }

    /// The text, for rendering problems.
    pub fn source(&self) -> &SourceFile {
        &self.source
    }

    /// The folder f.yml stands in.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The folder of the Cargo package.
    pub fn crate_dir(&self) -> PathBuf {
        match self.root.get("crate").and_then(Node::text) {
            Some(folder) => self.dir.join(folder),
            None => self.dir.clone(),
        }
    }

    /// `provider.name` as written.
    pub fn provider_name(&self) -> Option<String> {
        let name = self.root.get("provider")?.get("name")?.text()?;
        (!name.is_empty()).then(|| name.to_owned())
    }

    /// What the file means for one target, and all that is wrong with it.
    pub fn resolve(&self, request: &Request<'_>) -> Resolved {
        let mut problems = Problems::default();
        self.problems.iter().for_each(|problem| problems.push(problem.clone()));
        let service = resolve::service(self, &self.root, request, &mut problems);
        Resolved { service: Some(service), problems: problems.finish(&self.source) }
    }
}

fn read_bounded(path: &Path) -> Result<Vec<u8>, Box<Problem>> {
    use std::io::Read;
    let unreadable = |error: std::io::Error| {
        let name = path.display();
        let unreadable =
            |why: &dyn std::fmt::Display| Problem::error(codes::UNREADABLE, format!("cannot read `{name}`: {why}"));
        Box::new(match error.kind() {
            std::io::ErrorKind::NotFound => unreadable(&"no such file")
                .help(format!("without -f, fx looks for {} in the current folder and above", FILE_NAMES.join(", "))),
            _ => unreadable(&error).help("name a file that you may read with -f"),
        })
    };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let limit = u64::try_from(yaml::MAX_BYTES).unwrap_or(u64::MAX).saturating_add(4);
    file.take(limit).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > yaml::MAX_BYTES + 3 { Err(too_long().into()) } else { Ok(bytes) }
}

fn too_long() -> Problem {
    Problem::error(codes::TOO_LARGE, "the file is longer than fx reads")
        .help(format!("at most {} bytes", yaml::MAX_BYTES))
}

fn not_utf8(error: &std::string::FromUtf8Error) -> Problem {
    let bytes = error.as_bytes();
    let before = String::from_utf8_lossy(bytes.get(..error.utf8_error().valid_up_to()).unwrap_or_default());
    let before = before.strip_prefix('\u{feff}').unwrap_or(&before);
    let line = before.rsplit('\n').next().unwrap_or_default();
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let found = if utf16 { "the file is UTF-16, not UTF-8" } else { "the file is not UTF-8: these bytes are no text" };
    Problem {
        line: Some(before.matches('\n').count() + 1),
        column: Some(line.chars().count() + 1),
        ..Problem::error(codes::NOT_UTF8, found).help("save it as UTF-8")
    }
}
