//! Finds the `#[func]`s of a package without compiling it: reads Cargo.toml and follows the module tree from the library's root.
//!
//! It sees what the compiler would see for a Linux target with the default features: `mod` files, `#[path]`, inline modules, `cfg` and
//! `cfg_attr`, renamed imports. It does not expand macros and does not follow `include!`: functions must stand written out in modules.
//!
//! | question | module |
//! |---|---|
//! | what does Cargo.toml say? | `manifest` |
//! | what is in the files? | `walk`, which reads them through `source` and skips what `cfg` switches off |
//! | where is the file of a `mod`, and can another crate get in? | `tree` |
//! | is this attribute ours? | `names` |
//! | what does this function say of itself? | `function` |
//! | does the program take in what fx writes? | `entrypoint_line` |
//! | who is private, who is there twice? | `verdict` |
//! | is an attribute where nobody can reach it? | `misplaced` |

pub(crate) mod codes;

mod cfg;
mod entrypoint_line;
mod function;
mod manifest;
mod misplaced;
mod names;
mod source;
mod tree;
mod verdict;
mod walk;

use std::{path::Path, thread};

pub use function::{FoundApp, FoundArgument, FoundFunction, FoundTrigger};
use fx_spec::{CodeFunction, Problem, SourceFile, Span};

/// The parser calls itself for nested code; this is room for as much as it is allowed to (pages nobody touches cost nothing).
const STACK: usize = 512 << 20;

/// What was found in a package, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// `package.name`.
    pub package_name: String,
    /// What the code of another crate calls the library.
    pub crate_name: String,
    /// What the package calls `fx`; `None`: it does not depend on it.
    pub facade: Option<String>,
    /// The program with the line `fx::entrypoint!();`, by the name cargo knows it by.
    pub bin: Option<String>,
    /// All `#[func]`s, in the order of the code.
    pub functions: Vec<FoundFunction>,
    /// The `#[fx::app]`, if there is one.
    pub app: Option<FoundApp>,
    /// Every file that was read, Cargo.toml included; found things and problems point into them.
    pub sources: Vec<SourceFile>,
    /// What is wrong with the code by itself. [`compare`](crate::compare::compare) says what does not fit f.yml.
    pub problems: Vec<Problem>,
    /// What could not be read, so that nobody complains about what may be in there.
    pub(crate) unread: Vec<Unread>,
    /// The files in which an attribute is misplaced, by index: whoever looks for its function has been told.
    pub(crate) strays: Vec<usize>,
    /// Functions without `#[func]`, for "you forgot it".
    pub(crate) plain: Vec<Plain>,
    /// Whether some code comes through `include!`.
    pub(crate) includes: bool,
}

/// A module whose contents are unknown.
#[derive(Debug, Clone)]
pub(crate) struct Unread {
    /// Its path.
    pub(crate) module: Vec<String>,
    /// Its text, if there is one (which is not Rust).
    pub(crate) text: String,
}

/// A module's function without `#[func]`.
#[derive(Debug, Clone)]
pub(crate) struct Plain {
    /// The handler it would be.
    pub(crate) handler: String,
    /// Index of its file.
    pub(crate) source: usize,
    /// Where its name stands.
    pub(crate) span: Span,
}

impl Scan {
    /// The source a problem points into.
    pub fn source(&self, problem: &Problem) -> Option<&SourceFile> {
        let name = problem.file.as_deref()?;
        self.sources.iter().find(|source| source.name == name)
    }

    /// The functions as f.yml's reader wants them.
    pub fn code(&self) -> Vec<CodeFunction> {
        let one = |function: &FoundFunction| CodeFunction {
            handler: function.handler.clone(),
            triggers: function.triggers.iter().map(|trigger| trigger.trigger.clone()).collect(),
        };
        self.functions.iter().map(one).collect()
    }

    /// `src/user.rs:12:7`, for messages that point at a second place.
    pub(crate) fn place(&self, source: usize, span: &Span) -> String {
        let source = &self.sources[source];
        let at = Problem::error(codes::DUPLICATE, "").at(source, span.clone());
        match (at.line, at.column) {
            (Some(line), Some(column)) => format!("{}:{line}:{column}", source.name),
            _ => source.name.clone(),
        }
    }

    /// The function with this handler name.
    pub fn function(&self, handler: &str) -> Option<&FoundFunction> {
        self.functions.iter().find(|function| function.handler == handler)
    }
}

/// Scans the package in a folder. Compiles nothing; whatever is wrong is in [`Scan::problems`].
pub fn scan(crate_dir: &Path) -> Scan {
    thread::scope(|scope| {
        let builder = thread::Builder::new().name("scan".into()).stack_size(STACK);
        match builder.spawn_scoped(scope, || walk::package(crate_dir)) {
            Ok(thread) => match thread.join() {
                Ok(scan) => scan,
                Err(panic) => std::panic::resume_unwind(panic),
            },
            // No room for a large stack: an ordinary one does for ordinary code.
            Err(_) => walk::package(crate_dir),
        }
    })
}
