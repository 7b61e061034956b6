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
    path::{Component, Path, PathBuf},
};

use fx_build::{
    BuiltUnit,
    artifact::{
        Archive, ArtifactError, Document, Entry, Packed, assets,
        document::FILE_NAME,
        elf,
        site::{self, Page, SiteArtifact},
    },
};
use fx_provider::{ManifestError, Package, Provider};
use fx_spec::{Problem, Service, Unit, service::StaticSite};

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
    let site = request.site().map_err(failed)?;
    let pages = site.as_ref().map_or(&[][..], |(site, _)| site.pages.as_slice());
    let mut packed = Vec::new();
    for (unit, built) in service.units.iter().zip(request.built) {
        packed.push(zip(request, unit, pages, &built.executable, &folder)?);
    }
    let mut document = Document::of(service, request.rustc, &packed);
    if let Some((site, settings)) = &site {
        document.site = SiteArtifact::write(site, settings, &folder).map_err(failed)?;
    }
    let manifests = request.package.manifests(&document).map_err(manifest_failed)?;
    for manifest in &manifests {
        write(&folder.join(&manifest.name), &manifest.text)?;
    }
    // What the last package had and this one has not: nothing names it, and a glance at the folder would count it in.
    let current = files(&document);
    for old in stale.iter().flat_map(files).filter(|old| !current.contains(old)) {
        if old.components().all(|part| matches!(part, Component::Normal(_))) {
            remove(&folder.join(old));
        }
    }
    write(&folder.join(FILE_NAME), &document.to_json().map_err(failed)?)?;
    Ok(Done { folder, manifests: manifests.into_iter().map(|manifest| manifest.name).collect(), document })
}

impl<'a> Request<'a> {
    /// The site, unless it is off.
    fn site(&self) -> Result<Option<(site::Site, &'a StaticSite)>, ArtifactError> {
        let Some(settings) = &self.service.static_site else { return Ok(None) };
        Ok(site::make(&self.service.crate_dir, settings)?.map(|site| (site, settings)))
    }
}

/// The files that a document names.
fn files(document: &Document) -> Vec<PathBuf> {
    let site = document.site.iter().flat_map(|site| &site.files);
    let site = site.map(|file| Path::new(site::FOLDER).join(&file.name));
    document.units.iter().map(|unit| PathBuf::from(&unit.file)).chain(site).collect()
}

fn zip<'a>(
    request: &Request<'a>,
    unit: &'a Unit,
    pages: &[Page],
    executable: &Path,
    folder: &Path,
) -> Result<Packed<'a>, Report> {
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
    for page in pages {
        let name = format!("{}/{}", site::PAGES, page.name);
        archive.add(name, Entry::Content(page.bytes.clone())).map_err(failed)?;
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
