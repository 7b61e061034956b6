//! A folder of packages that was made earlier, perhaps elsewhere: checked before it is used.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use fx_build::artifact::{Document, document::UnitArtifact};
use fx_spec::Problem;
use sha2::{Digest, Sha256};

use crate::{codes, local::secrets::hexadecimal, output::Report};

/// Reads `artifact.json` and holds every zip against its checksum. All that is wrong is reported at once.
pub fn open(folder: &Path) -> Result<Document, Report> {
    let document = Document::read(folder).map_err(|error| {
        let message = format!("{} is no folder of packages: {error}", folder.display());
        Problem::error(codes::PACKAGE, message)
            .help("name the folder of one target, as `fx package` makes it: dist/aws")
    })?;
    let mut report = Report::default();
    report.extend(document.units.iter().filter_map(|unit| check(folder, unit).err()));
    if report.has_errors() { Err(report) } else { Ok(document) }
}

fn check(folder: &Path, unit: &UnitArtifact) -> Result<(), Problem> {
    let path = folder.join(&unit.file);
    let again = "make the packages again with `fx package`, or get the folder as it was made";
    let found = sha256(&path).map_err(|error| {
        Problem::error(codes::PACKAGE, format!("cannot read {}: {error}", path.display())).help(again)
    })?;
    if found == unit.sha256 {
        return Ok(());
    }
    let message =
        format!("{} is not what artifact.json describes: its SHA-256 is {found}, not {}", path.display(), unit.sha256);
    Err(Problem::error(codes::CHECKSUM, message).help(again))
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hexadecimal(&hash.finalize())),
            count => hash.update(&buffer[..count]),
        }
    }
}
