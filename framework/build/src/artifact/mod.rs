//! What leaves the machine: a deterministic zip for each unit, and a document that says what is in them.
//!
//! | what | module |
//! |---|---|
//! | the files beside the binary, picked by globs | [`assets`] |
//! | the zip: same files, same bytes | [`archive`] |
//! | the files that go into a bucket | [`site`] |
//! | what a binary needs of the system it runs on | [`elf`] |
//! | `artifact.json` | [`document`]; as a service again, `service` |
//! | the zip, taken apart | [`unpack()`] |

pub mod archive;
pub mod assets;
pub mod document;
pub mod elf;
mod service;
pub mod site;
mod unpack;

pub use archive::{Archive, Entry};
pub use document::{Document, Packed};
pub use unpack::{unpack, verified};

use std::{io, path::PathBuf};

/// Why an artifact could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// A glob of `package.include` or `package.exclude` is not one.
    #[error("`{glob}` is not a glob: {reason}")]
    Glob {
        /// The glob as written.
        glob: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A picked file is a link that leads out of the crate.
    #[error("{file} leads out of the crate, to {target}", file = .file.display(), target = .target.display())]
    Outside {
        /// The link.
        file: PathBuf,
        /// What it points at.
        target: PathBuf,
    },
    /// A file's name is not UTF-8, which a zip for these platforms cannot hold.
    #[error("the name of {} is not UTF-8", .0.display())]
    Name(PathBuf),
    /// Two entries of one zip have the same name.
    #[error("two files want to be `{0}` in the package")]
    Twice(String),
    /// The executable is not one for Linux, or cannot be read as one.
    #[error("{file} is not a Linux executable: {reason}", file = .file.display())]
    NotElf {
        /// The file.
        file: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The executable needs a newer C library than the platform has.
    #[error(
        "the binary needs glibc {}.{}, and {platform} has {}.{}", .needed.0, .needed.1, .available.0, .available.1
    )]
    Glibc {
        /// The target's name in sentences.
        platform: &'static str,
        /// What the binary asks for.
        needed: (u32, u32),
        /// What is there.
        available: (u32, u32),
    },
    /// The zip could not be written.
    #[error("cannot write {file}: {reason}", file = .file.display())]
    Zip {
        /// The zip.
        file: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A zip or another file is not the one that `artifact.json` describes.
    #[error("{} is not what artifact.json describes: its checksum is another", .0.display())]
    Changed(PathBuf),
    /// `static.dir` has nothing to upload.
    #[error("`{dir}`, of which `static` uploads the files, {reason}")]
    NoSite {
        /// The folder as written.
        dir: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// `artifact.json` is not what fx writes.
    #[error("artifact.json: {0}")]
    Document(String),
    /// A file could not be read or written.
    #[error("{path}: {source}", path = .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl ArtifactError {
    /// What to do about it, where there is something.
    pub fn help(&self) -> Option<String> {
        match self {
            ArtifactError::Glob { .. } => Some("`*` stands for a name, `**` for any folders: `public/**`".into()),
            ArtifactError::Outside { .. } => {
                Some("copy the file into the crate, or leave it out with `package.exclude`".into())
            }
            ArtifactError::Glibc { available: (major, minor), .. } => Some(format!(
                "set `link: static`, or build against glibc {major}.{minor} with cargo-zigbuild (`pip install cargo-zigbuild`)"
            )),
            ArtifactError::Name(_) => Some("rename it".into()),
            ArtifactError::Twice(_) => Some("rename one of them, or leave it out with `package.exclude`".into()),
            ArtifactError::Document(_) | ArtifactError::Changed(_) => {
                Some("make the package anew with `fx package`".into())
            }
            ArtifactError::NoSite { .. } => Some("correct `static.dir` in f.yml: `fx check` shows it".into()),
            ArtifactError::NotElf { .. } => Some("build it for Linux: `fx package` does".into()),
            ArtifactError::Zip { .. } | ArtifactError::Io { .. } => None,
        }
    }

    fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| ArtifactError::Io { path, source }
    }
}
