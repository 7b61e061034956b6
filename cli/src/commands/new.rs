//! `fx new`: a project from a template, complete without a network.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use fx_spec::Problem;
use fx_templates::{FxSource, Project, ProjectTemplate};
use serde_json::json;

use crate::{
    codes,
    output::{Output, Report},
};

/// The checkout this command was built from, if it is still there; a released `fx` has none.
const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The facade's folder in a checkout.
const FACADE: &str = "framework/fx";

/// Arguments of `fx new`.
#[derive(Debug, Args)]
#[command(after_help = "Example: fx new shop")]
pub struct NewCommand {
    /// The folder to make; its last part names the package and the service.
    name: PathBuf,

    /// What to start from.
    #[arg(short, long, value_name = "TEMPLATE", default_value = ProjectTemplate::Http.name(), value_parser = templates())]
    template: ProjectTemplate,

    /// Take the `fx` crate from this checkout or folder [default: where this command was built, else its version].
    #[arg(long, value_name = "DIR", conflicts_with = "fx_git")]
    fx_path: Option<PathBuf>,

    /// Take the `fx` crate from this Git repository.
    #[arg(long, value_name = "URL")]
    fx_git: Option<String>,
}

fn templates() -> impl TypedValueParser<Value = ProjectTemplate> {
    let values = ProjectTemplate::ALL.map(|template| PossibleValue::new(template.name()).help(template.summary()));
    PossibleValuesParser::new(values).try_map(|name| name.parse::<ProjectTemplate>())
}

impl NewCommand {
    /// Writes the project.
    pub fn run(self, output: &Output) -> Result<(), Report> {
        let name = package_name(&self.name)?;
        must_be_free(&self.name)?;
        let fx = self.fx_source()?;
        let lock = fx.path.as_deref().and_then(lock_file);
        let files = self
            .template
            .render(&Project::new(&name, fx))
            .map_err(|error| Problem::error(codes::SYSTEM, error.to_string()))?;
        for file in &files {
            write(&self.name.join(&file.path), &file.contents)?;
        }
        write(&self.name.join("f.schema.json"), format!("{:#}\n", fx_spec::schema()).as_bytes())?;
        if let Some(lock) = lock {
            // The versions fx was built and tested with: they are on this machine already.
            fs::copy(&lock, self.name.join("Cargo.lock")).map_err(|error| refused(&lock, &error))?;
            trim_lock(&self.name);
        }
        if output.is_json() {
            output.json(&json!({ "name": name, "folder": self.name, "template": self.template.name() }));
        } else {
            output.line(format_args!("{}: a project from the template `{}`", self.name.display(), self.template));
            output.line(format_args!("next: cd {} && fx dev", self.name.display()));
        }
        Ok(())
    }

    fn fx_source(&self) -> Result<FxSource, Problem> {
        if let Some(url) = &self.fx_git {
            return Ok(FxSource::git(url));
        }
        if let Some(given) = &self.fx_path {
            let found = [given.join(FACADE), given.clone()].into_iter().find(|folder| is_facade(folder));
            return found.as_deref().and_then(absolute).map(FxSource::path).ok_or_else(|| {
                Problem::error(codes::FX_SOURCE, format!("the crate `fx` is not in {}", given.display()))
                    .help(format!("name a checkout of fx, or its folder {FACADE}"))
            });
        }
        let built_from = Path::new(CHECKOUT).join(FACADE);
        let built_from = is_facade(&built_from).then(|| absolute(&built_from)).flatten();
        Ok(built_from.map_or_else(|| FxSource::version(env!("CARGO_PKG_VERSION")), FxSource::path))
    }
}

fn is_facade(folder: &Path) -> bool {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    manifest.lines().any(|line| line.replace(' ', "") == "name=\"fx\"")
}

fn absolute(folder: &Path) -> Option<String> {
    folder.canonicalize().ok()?.into_os_string().into_string().ok()
}

/// Cargo.lock of the workspace a folder belongs to.
fn lock_file(folder: &str) -> Option<PathBuf> {
    Path::new(folder).ancestors().map(|folder| folder.join("Cargo.lock")).find(|lock| lock.is_file())
}

/// Lets cargo drop what the project does not use. Should that fail, the first build does the same.
fn trim_lock(folder: &Path) {
    let _ = Command::new("cargo")
        .args(["update", "--workspace", "--offline", "--quiet"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

/// The last part of the folder, if a package may be called that.
fn package_name(folder: &Path) -> Result<String, Problem> {
    let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
    let refuse = |message: String, help: &str| Err(Problem::error(codes::PROJECT_NAME, message).help(help));
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) || !name.chars().all(fits) || name.len() > 64 {
        return refuse(
            format!("a project cannot be called `{name}`"),
            "use at most 64 letters, digits, `-` and `_`, beginning with a letter",
        );
    }
    if TAKEN.contains(&name.replace('-', "_").as_str()) {
        return refuse(
            format!("the name `{name}` is taken"),
            "Rust, cargo or one of the project's own dependencies uses it",
        );
    }
    Ok(name)
}

/// Names that a package cannot have, or that one of the templates' dependencies has.
const TAKEN: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "build",
    "const",
    "continue",
    "core",
    "crate",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "examples",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "fx",
    "gen",
    "if",
    "impl",
    "in",
    "incremental",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "serde",
    "serde_json",
    "static",
    "std",
    "struct",
    "super",
    "tempfile",
    "test",
    "tokio",
    "tracing",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

/// Nothing of the user's is ever overwritten.
fn must_be_free(folder: &Path) -> Result<(), Problem> {
    let taken = |message: String| Problem::error(codes::PROJECT_FOLDER, message).help("choose another name");
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            Some(_) => Err(taken(format!("{} is already there, and not empty", folder.display()))),
            None => Ok(()),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            Err(taken(format!("{} is already there, and not a folder", folder.display())))
        }
        Err(error) => Err(refused(folder, &error)),
    }
}

fn write(path: &Path, contents: &[u8]) -> Result<(), Problem> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).and_then(|()| fs::write(path, contents)).map_err(|error| refused(path, &error))
}

fn refused(path: &Path, error: &io::Error) -> Problem {
    Problem::error(codes::SYSTEM, format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_of_the_folder_is_the_name() {
        for (folder, name) in [("demo", "demo"), ("../some/my-demo_2", "my-demo_2"), ("/tmp/Demo/", "Demo")] {
            assert_eq!(package_name(Path::new(folder)).unwrap(), name);
        }
    }

    #[test]
    fn names_cargo_would_refuse_are_refused_here_with_a_reason() {
        for folder in
            ["", ".", "..", "2fast", "-x", "a b", "a.b", "用户", "match", "proc-macro", "fx", "test", &"x".repeat(65)]
        {
            let problem = package_name(Path::new(folder)).unwrap_err();
            assert_eq!(problem.code, codes::PROJECT_NAME, "{folder}");
            assert!(problem.help.is_some());
        }
    }

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        assert!(must_be_free(folder.path()).is_ok());
        assert!(must_be_free(&folder.path().join("new")).is_ok());
        fs::write(folder.path().join("mine"), "").unwrap();
        assert!(must_be_free(folder.path()).unwrap_err().message.ends_with("not empty"));
        assert!(must_be_free(&folder.path().join("mine")).unwrap_err().message.ends_with("not a folder"));
    }

    #[test]
    fn a_checkout_and_its_facade_are_both_accepted_and_nothing_else() {
        let command = |fx_path: &str| NewCommand {
            name: "x".into(),
            template: ProjectTemplate::Http,
            fx_path: Some(fx_path.into()),
            fx_git: None,
        };
        let checkout = command(CHECKOUT).fx_source().unwrap().path.unwrap();
        assert!(Path::new(&checkout).ends_with(FACADE));
        assert_eq!(command(&checkout).fx_source().unwrap().path.unwrap(), checkout);
        assert_eq!(command("/tmp").fx_source().unwrap_err().code, codes::FX_SOURCE);
    }
}
