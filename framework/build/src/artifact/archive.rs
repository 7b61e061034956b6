//! A zip whose bytes depend on nothing but its files: fixed order, fixed times, fixed modes, one compressor.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use super::ArtifactError;

/// One file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Copied from the disk, mode 0644.
    File(PathBuf),
    /// Copied from the disk, mode 0755.
    Program(PathBuf),
    /// Written here, mode 0755.
    Script(String),
    /// Written here, mode 0644.
    Content(Vec<u8>),
}

/// The files of a zip, by their names in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Archive {
    entries: BTreeMap<String, Entry>,
}

/// What a written zip is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// SHA-256 of the zip, lower-case hex.
    pub sha256: String,
    /// Bytes of the zip.
    pub size: u64,
    /// Bytes of its files together.
    pub unzipped: u64,
}

impl Archive {
    /// Adds a file. Fails when its name is taken.
    pub fn add(&mut self, name: impl Into<String>, entry: Entry) -> Result<(), ArtifactError> {
        let name = name.into();
        if self.entries.contains_key(&name) {
            return Err(ArtifactError::Twice(name));
        }
        self.entries.insert(name, entry);
        Ok(())
    }

    /// Names and entries, in the order they stand in the zip.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(name, entry)| (name.as_str(), entry))
    }

    /// Writes the zip. A zip that could not be completed is not left behind under this name.
    pub fn write(&self, path: &Path) -> Result<Written, ArtifactError> {
        let unfinished = path.with_extension("zip.part");
        let unzipped = self.write_entries(&unfinished)?;
        let bytes = std::fs::read(&unfinished).map_err(ArtifactError::io(&unfinished))?;
        std::fs::rename(&unfinished, path).map_err(ArtifactError::io(path))?;
        Ok(Written { sha256: hex(&Sha256::digest(&bytes)), size: bytes.len() as u64, unzipped })
    }

    fn write_entries(&self, path: &Path) -> Result<u64, ArtifactError> {
        let failed = |error: zip::result::ZipError| ArtifactError::Zip { file: path.into(), reason: error.to_string() };
        let file = File::create(path).map_err(ArtifactError::io(path))?;
        let mut zip = ZipWriter::new(BufWriter::new(file));
        let mut unzipped = 0;
        for (name, entry) in &self.entries {
            zip.start_file(name, options(entry)).map_err(failed)?;
            let content = match entry {
                Entry::File(source) | Entry::Program(source) => {
                    std::fs::read(source).map_err(ArtifactError::io(source))?
                }
                Entry::Script(text) => text.as_bytes().to_vec(),
                Entry::Content(bytes) => bytes.clone(),
            };
            zip.write_all(&content).map_err(ArtifactError::io(path))?;
            unzipped += content.len() as u64;
        }
        zip.finish().map_err(failed)?.flush().map_err(ArtifactError::io(path))?;
        Ok(unzipped)
    }
}

fn options(entry: &Entry) -> SimpleFileOptions {
    let mode = match entry {
        Entry::File(_) | Entry::Content(_) => 0o644,
        Entry::Program(_) | Entry::Script(_) => 0o755,
    };
    // 1980-01-01 is the oldest time a zip can say; "now" would make every build another artifact.
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(mode)
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn sample(dir: &Path) -> Archive {
        std::fs::write(dir.join("page.html"), "<h1>todo</h1>".repeat(100)).unwrap();
        let mut archive = Archive::default();
        archive.add("public/page.html", Entry::File(dir.join("page.html"))).unwrap();
        archive.add("bootstrap", Entry::Script("#!/bin/sh\nexec ./app\n".into())).unwrap();
        archive
    }

    #[test]
    fn the_same_files_in_two_folders_give_the_same_bytes() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let first = sample(one.path()).write(&one.path().join("a.zip")).unwrap();
        let second = sample(other.path()).write(&other.path().join("b.zip")).unwrap();
        assert_eq!(first, second);
        assert_eq!(
            std::fs::read(one.path().join("a.zip")).unwrap(),
            std::fs::read(other.path().join("b.zip")).unwrap()
        );
        assert!(!one.path().join("a.zip.part").exists());
    }

    #[test]
    fn programs_are_executable_and_files_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.zip");
        let written = sample(dir.path()).write(&path).unwrap();
        let mut zip = zip::ZipArchive::new(File::open(&path).unwrap()).unwrap();
        let modes: Vec<_> = (0..zip.len())
            .map(|index| {
                let file = zip.by_index(index).unwrap();
                (file.name().unwrap().into_owned(), file.unix_mode().unwrap() & 0o777)
            })
            .collect();
        assert_eq!(modes, [("bootstrap".to_owned(), 0o755), ("public/page.html".to_owned(), 0o644)]);
        let mut text = String::new();
        zip.by_name("public/page.html").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text.len() as u64 + "#!/bin/sh\nexec ./app\n".len() as u64, written.unzipped);
    }

    #[test]
    fn a_name_can_be_taken_once() {
        let mut archive = Archive::default();
        archive.add("bootstrap", Entry::Script(String::new())).unwrap();
        assert!(matches!(archive.add("bootstrap", Entry::Script(String::new())), Err(ArtifactError::Twice(_))));
    }
}
