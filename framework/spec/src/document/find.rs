//! Which file is the f.yml of a folder.

use std::path::{Path, PathBuf};

/// The names fx looks for, the first that exists counts.
pub const FILE_NAMES: [&str; 4] = ["f.yml", "f.yaml", "serverless.yml", "serverless.yaml"];

/// The f.yml of a folder.
pub fn find(dir: &Path) -> Option<PathBuf> {
    FILE_NAMES
        .iter()
        .map(|name| if dir == Path::new(".") { PathBuf::from(name) } else { dir.join(name) })
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_wins() -> std::io::Result<()> {
        let dir = tempfile::tempdir()?;
        assert_eq!(find(dir.path()), None);
        for name in FILE_NAMES.iter().rev() {
            std::fs::write(dir.path().join(name), "")?;
            assert_eq!(find(dir.path()), Some(dir.path().join(name)));
        }
        Ok(())
    }
}
