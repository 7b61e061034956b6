//! Why a build did not happen.

use std::{io, path::PathBuf};

use fx_spec::Problem;

use crate::Diagnostic;

/// Why a build did not happen.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The compiler refused the user's code.
    #[error("`{unit}` does not compile")]
    Compile {
        /// The unit that was being built.
        unit: String,
        /// What the compiler said.
        diagnostics: Vec<Diagnostic>,
    },
    /// cargo stopped before or beside compiling: a broken Cargo.toml, a package that cannot be found, a failing build script.
    #[error("{message}")]
    Cargo {
        /// cargo's own words.
        message: String,
    },
    /// There is no cargo to call.
    #[error("cannot run cargo: {0}")]
    NoCargo(io::Error),
    /// The package has no binary, or several and none named like it.
    #[error("package `{package}` has no binary for its functions to live in")]
    NoBinary {
        /// The package.
        package: String,
        /// The binaries it has.
        found: Vec<String>,
    },
    /// The binary was built, and does not contain the functions.
    #[error("`{file}` does not contain `fx::entrypoint!();`", file = .file.display())]
    NoEntrypoint {
        /// Source of the binary.
        file: PathBuf,
    },
    /// f.yml names a handler that no function of the code has.
    #[error("no `#[func]` is called `{handler}`")]
    UnknownHandler {
        /// The handler.
        handler: String,
    },
    /// A dynamic link for a platform needs cargo-zigbuild, and it is not there.
    #[error("`{unit}` has `link: dynamic`, and cargo-zigbuild is not installed")]
    NoZigbuild {
        /// The unit.
        unit: String,
    },
    /// Somebody called [`crate::Cancel::cancel`].
    #[error("the build was stopped")]
    Cancelled,
    /// A file could not be read or written.
    #[error("{path}: {source}", path = .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A mistake in fx's own template.
    #[error(transparent)]
    Template(#[from] fx_templates::TemplateError),
}

impl BuildError {
    pub(crate) fn no_cargo(error: io::Error) -> Self {
        BuildError::NoCargo(error)
    }

    pub(crate) fn cargo(text: impl Into<String>) -> Self {
        let text = text.into();
        // What comes before the error are warnings about manifests and the like.
        let error = text.match_indices("error").map(|(at, _)| at).find(|at| *at == 0 || text[..*at].ends_with('\n'));
        BuildError::Cargo { message: text[error.unwrap_or(0)..].trim().to_owned() }
    }

    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| BuildError::Io { path, source }
    }

    /// What the compiler printed, as it printed it.
    pub fn rendered(&self) -> Option<String> {
        match self {
            BuildError::Compile { diagnostics, .. } => {
                let drawings: Vec<&str> = diagnostics.iter().map(|one| one.rendered.trim_end()).collect();
                Some(format!("{}\n", drawings.join("\n\n")))
            }
            _ => None,
        }
    }

    /// The same in the shape of all of fx's problems.
    pub fn problems(&self) -> Vec<Problem> {
        let problem = |code| Problem::error(code, self.to_string());
        match self {
            BuildError::Compile { diagnostics, .. } => diagnostics.iter().map(Diagnostic::problem).collect(),
            BuildError::Cargo { message } => {
                let (first, rest) = message.split_once('\n').unwrap_or((message, ""));
                let help = [rest.trim(), remedy(message).unwrap_or_default()].map(str::to_owned);
                let help = help.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
                let problem = Problem::error("FX0403", first.strip_prefix("error: ").unwrap_or(first));
                vec![if help.is_empty() { problem } else { problem.help(help) }]
            }
            BuildError::NoCargo(_) => vec![problem("FX0404").help("install Rust from https://rustup.rs")],
            BuildError::NoBinary { found, .. } if found.is_empty() => {
                vec![problem("FX0405").help("add `src/main.rs` with the line `fx::entrypoint!();`")]
            }
            BuildError::NoBinary { package, found } => vec![problem("FX0405").help(format!(
                "it has {}: call the one with `fx::entrypoint!();` `{package}`",
                found.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            ))],
            BuildError::NoEntrypoint { .. } => {
                vec![problem("FX0406").help("make it the only line: fx writes the rest of `main`")]
            }
            BuildError::UnknownHandler { .. } => {
                vec![problem("FX0407").help("`fx check` names the handlers there are")]
            }
            BuildError::NoZigbuild { .. } => vec![problem("FX0411").help(
                "it links against the platform's C library instead of this machine's: `pip install cargo-zigbuild` brings it \
                 and zig, or set `link: static`",
            )],
            BuildError::Cancelled => vec![problem("FX0408")],
            BuildError::Io { .. } => vec![problem("FX0409")],
            BuildError::Template(_) => vec![problem("FX0410").help("this is a mistake in fx itself; please report it")],
        }
    }
}

/// cargo's errors that have a remedy fx knows.
fn remedy(message: &str) -> Option<&'static str> {
    if message.contains("--locked was passed") || message.contains("`--locked`") {
        return Some(
            "release builds use Cargo.lock exactly as it is: run `cargo update --workspace` and commit Cargo.lock",
        );
    }
    if message.contains("target may not be installed") {
        return Some("`rustup target add` installs the standard library of that target");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn help(message: &str) -> (String, Option<String>) {
        let problem = BuildError::cargo(message).problems().remove(0);
        (problem.message, problem.help)
    }

    #[test]
    fn cargos_first_line_is_the_message_and_its_reasons_are_the_help() {
        let text = "error: failed to parse manifest at `/x/Cargo.toml`\n\nCaused by:\n  no targets specified\n";
        let expected = ("failed to parse manifest at `/x/Cargo.toml`", Some("Caused by:\n  no targets specified"));
        let (message, help) = help(text);
        assert_eq!((message.as_str(), help.as_deref()), expected);
        assert_eq!(self::help("warning: an error\nerror: short"), ("short".to_owned(), None));
    }

    #[test]
    fn a_known_cause_comes_with_its_remedy() {
        let (_, help) =
            help("error: cannot create the lock file /x/Cargo.lock because --locked was passed to prevent this");
        assert!(help.is_some_and(|help| help.contains("cargo update --workspace")));
    }
}
