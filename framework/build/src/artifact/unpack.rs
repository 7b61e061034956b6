//! A zip of a package, taken apart as a platform does.

use std::{
    fs::{self, File},
    io::{self, Cursor},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::{ArtifactError, archive::hex};

/// Unpacks a zip into a folder; if a checksum is given, only the zip that has it.
pub fn unpack(path: &Path, sha256: Option<&str>, into: &Path) -> Result<(), ArtifactError> {
    let bytes = match sha256 {
        Some(sha256) => verified(path, sha256)?,
        None => fs::read(path).map_err(ArtifactError::io(path))?,
    };
    let failed = |reason: String| ArtifactError::Zip { file: path.to_owned(), reason };
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| failed(error.to_string()))?;
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).map_err(|error| failed(error.to_string()))?;
        let name = file.enclosed_name().ok_or_else(|| failed("a file in it leads out of it".to_owned()))?;
        let target = into.join(name);
        let mode = file.unix_mode();
        write(&mut file, &target, mode).map_err(ArtifactError::io(&target))?;
    }
    Ok(())
}

/// A zip's bytes, if it is the one that has this checksum.
pub fn verified(path: &Path, sha256: &str) -> Result<Vec<u8>, ArtifactError> {
    let bytes = fs::read(path).map_err(ArtifactError::io(path))?;
    match hex(&Sha256::digest(&bytes)) == sha256 {
        true => Ok(bytes),
        false => Err(ArtifactError::Changed(path.to_owned())),
    }
}

fn write(from: &mut impl io::Read, target: &Path, mode: Option<u32>) -> io::Result<()> {
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    io::copy(from, &mut File::create(target)?)?;
    match mode {
        Some(mode) => fs::set_permissions(target, fs::Permissions::from_mode(mode & 0o777)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::artifact::{Archive, Entry};

    /// A zip with one program in it, and its checksum.
    fn zip(folder: &Path, name: &str, script: &str) -> (PathBuf, String) {
        let mut archive = Archive::default();
        archive.add(name, Entry::Script(script.into())).unwrap();
        let path = folder.join("a.zip");
        let written = archive.write(&path).unwrap();
        (path, written.sha256)
    }

    #[test]
    fn files_come_out_with_their_modes() {
        let (folder, into) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (path, sha256) = zip(folder.path(), "bin/run", "#!/bin/sh\n");
        unpack(&path, Some(&sha256), into.path()).unwrap();
        let program = into.path().join("bin/run");
        assert_eq!(fs::read_to_string(&program).unwrap(), "#!/bin/sh\n");
        assert_eq!(fs::metadata(&program).unwrap().permissions().mode() & 0o777, 0o755);
    }

    #[test]
    fn another_zip_than_the_one_expected_stays_closed() {
        let (folder, into) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (_, sha256) = zip(folder.path(), "run", "#!/bin/sh\n");
        let (path, _) = zip(folder.path(), "run", "#!/bin/sh\nsomething else\n");
        let error = unpack(&path, Some(&sha256), into.path()).unwrap_err();
        assert!(matches!(&error, ArtifactError::Changed(path) if path.ends_with("a.zip")), "{error}");
        assert_eq!(fs::read_dir(into.path()).unwrap().count(), 0);
        unpack(&path, None, into.path()).unwrap();
    }

    #[test]
    fn nothing_is_written_beside_the_folder() {
        let (folder, into) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (path, sha256) = zip(folder.path(), "../outside", "");
        let error = unpack(&path, Some(&sha256), into.path()).unwrap_err();
        assert!(error.to_string().contains("leads out"), "{error}");
    }
}
