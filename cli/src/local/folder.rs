//! `.fx/`, the folder beside f.yml that holds what belongs to this machine only.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// `.fx/` of the project whose f.yml is in `root`. Made on first use, and kept out of Git by a file of its own.
pub fn open(root: &Path) -> io::Result<PathBuf> {
    let folder = root.join(".fx");
    fs::create_dir_all(&folder)?;
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        fs::write(ignore, "*\n")?;
    }
    Ok(folder)
}

/// Writes a file that only its owner may read. It appears whole or not at all: it is renamed into place.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let draft = path.with_extension(format!("{}.tmp", std::process::id()));
    let _ = fs::remove_file(&draft);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all())?;
    fs::rename(draft, path)
}
