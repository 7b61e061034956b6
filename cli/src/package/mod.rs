//! Units as zips for one target, with the manifests and `artifact.json` beside them.
//!
//! | what | module |
//! |---|---|
//! | the files of a target's folder | this one |
//! | the way there from f.yml and the code | [`making`] |
//! | a folder made earlier, checked | [`opening`] |
//! | how large a zip may be | [`size`] |
//! | how long a unit takes to start | [`cold_start`] |

pub mod cold_start;
pub mod making;
pub mod opening;
pub mod size;

use std::{
    fs,
    path::{Path, PathBuf},
};

use fx_build::{
    BuiltUnit,
    artifact::{Archive, ArtifactError, Document, Entry, Packed, assets, document::FILE_NAME, elf},
};
use fx_provider::{ManifestError, Package, Provider};
use fx_spec::{Problem, Service, Unit};

use crate::{codes, output::Report};

/// What is packed.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The service, resolved for the target.
    pub service: &'a Service,
    /// Its executables, in the order of its units.
    pub built: &'a [BuiltUnit],
    /// The target.
    pub provider: &'a dyn Provider,
    /// The target's way to pack.
    pub package: &'a dyn Package,
    /// Version of the compiler.
    pub rustc: &'a str,
    /// Where all targets' folders go.
    pub out: &'a Path,
}

/// What was packed.
#[derive(Debug)]
pub struct Done {
    /// The target's folder.
    pub folder: PathBuf,
    /// Names of the manifests in it.
    pub manifests: Vec<String>,
    /// What is in `artifact.json`.
    pub document: Document,
}

/// Writes the target's folder. `artifact.json` comes last: where it is, everything it names is there.
pub fn pack(request: &Request<'_>) -> Result<Done, Report> {
    let service = request.service;
    let folder = request.out.join(&service.target);
    fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
    let stale = Document::read(&folder).ok();
    remove(&folder.join(FILE_NAME));
    let mut packed = Vec::new();
    for (unit, built) in service.units.iter().zip(request.built) {
        packed.push(zip(request, unit, &built.executable, &folder)?);
    }
    let document = Document::of(service, request.rustc, &packed);
    let manifests = request.package.manifests(&document).map_err(manifest_failed)?;
    for manifest in &manifests {
        write(&folder.join(&manifest.name), &manifest.text)?;
    }
    // Zips of units that f.yml no longer has: nothing names them, and a glance at the folder would count them in.
    for old in stale.iter().flat_map(|stale| &stale.units) {
        let is_plain = Path::new(&old.file).components().count() == 1;
        if is_plain && !document.units.iter().any(|unit| unit.file == old.file) {
            remove(&folder.join(&old.file));
        }
    }
    write(&folder.join(FILE_NAME), &document.to_json().map_err(failed)?)?;
    Ok(Done { folder, manifests: manifests.into_iter().map(|manifest| manifest.name).collect(), document })
}

fn zip<'a>(request: &Request<'a>, unit: &'a Unit, executable: &Path, folder: &Path) -> Result<Packed<'a>, Report> {
    let capabilities = request.provider.capabilities();
    elf::check(executable, capabilities.title, capabilities.glibc).map_err(failed)?;
    let bundle = request.package.bundle(unit);
    let mut archive = Archive::default();
    archive.add(bundle.program, Entry::Program(executable.to_owned())).map_err(failed)?;
    let out = request.out.canonicalize().unwrap_or_else(|_| request.out.to_owned());
    for asset in assets::collect(&request.service.crate_dir, &request.service.package).map_err(failed)? {
        // `include: ["**"]` must not put the last package into the next.
        if !asset.path.starts_with(&out) {
            archive.add(asset.name, Entry::File(asset.path)).map_err(failed)?;
        }
    }
    let file = file_name(request.service, unit);
    let zip = archive.write(&folder.join(&file)).map_err(failed)?;
    size::check(unit, &zip, capabilities)?;
    Ok(Packed { unit, file, zip, runtime: bundle.runtime, handler: bundle.handler })
}

/// The unit's name, or for a single unit what `package.artifact` says.
fn file_name(service: &Service, unit: &Unit) -> String {
    let named = service.package.artifact.as_ref().filter(|_| service.units.len() == 1);
    let stem = named.map_or(unit.name.value.as_str(), |artifact| artifact.value.as_str());
    format!("{}.zip", stem.strip_suffix(".zip").unwrap_or(stem))
}

fn write(path: &Path, text: &str) -> Result<(), Report> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).and_then(|()| fs::write(path, text)).map_err(|error| unwritable(path, &error))
}

/// A file that cannot be removed will be written over, or say so then.
fn remove(path: &Path) {
    let _ = fs::remove_file(path);
}

fn unwritable(path: &Path, error: &std::io::Error) -> Report {
    Problem::error(codes::PACKAGE, format!("cannot write {}: {error}", path.display()))
        .help("choose another folder with --out")
        .into()
}

#[expect(clippy::needless_pass_by_value, reason = "it is the end of `map_err`")]
fn failed(error: ArtifactError) -> Report {
    let problem = Problem::error(codes::PACKAGE, error.to_string());
    match error.help() {
        Some(help) => problem.help(help),
        None => problem,
    }
    .into()
}

#[expect(clippy::needless_pass_by_value, reason = "it is the end of `map_err`")]
fn manifest_failed(error: ManifestError) -> Report {
    let problem = Problem::error(codes::MANIFEST, error.to_string());
    match error {
        ManifestError::Template(_) => problem.help("this is a mistake in fx itself; please report it"),
        _ => problem.help("`fx check` says more"),
    }
    .into()
}
