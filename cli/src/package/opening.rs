//! A folder of packages that was made earlier, perhaps elsewhere.

use std::path::Path;

use fx_build::artifact::{ArtifactError, Document, document::FILE_NAME, site::FOLDER, verified};
use fx_spec::Problem;

use crate::{codes, output::Report};

/// Reads what a folder is described as. The zips are not looked at.
pub fn read(folder: &Path) -> Result<Document, Report> {
    match folder.join(FILE_NAME).is_file() {
        true => Document::read(folder).map_err(failed),
        false => Err(no_package(folder).into()),
    }
}

/// The same, with every zip and every file of its site held against its checksum. All that is wrong is reported at once.
pub fn read_checked(folder: &Path) -> Result<Document, Report> {
    let document = read(folder)?;
    let mut report = Report::default();
    let zips = document.units.iter().map(|unit| (folder.join(&unit.file), &unit.sha256));
    let site = document.site.iter().flat_map(|site| &site.files);
    let site = site.map(|file| (folder.join(FOLDER).join(&file.name), &file.sha256));
    for (path, sha256) in zips.chain(site) {
        if let Err(error) = verified(&path, sha256) {
            report.extend(failed(error).errors().cloned());
        }
    }
    if report.has_errors() { Err(report) } else { Ok(document) }
}

/// Often it is the folder above that somebody names.
fn no_package(folder: &Path) -> Problem {
    let message = format!("there is no {FILE_NAME} in {}", folder.display());
    let mut below: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join(FILE_NAME).is_file())
        .map(|path| path.display().to_string())
        .collect();
    below.sort();
    Problem::error(codes::NO_PACKAGE, message).help(match below.is_empty() {
        true => "make a package with `fx package --provider NAME`".to_owned(),
        false => format!("name the folder of one target: {}", below.join(", ")),
    })
}

/// A package that is not as it should be.
#[expect(clippy::needless_pass_by_value, reason = "it is the end of `map_err`")]
pub fn failed(error: ArtifactError) -> Report {
    let problem = Problem::error(codes::NO_PACKAGE, error.to_string());
    match error.help() {
        Some(help) => problem.help(help),
        None => problem,
    }
    .into()
}
