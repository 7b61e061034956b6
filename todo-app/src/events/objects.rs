//! Where uploaded files come from.

use std::{
    io::{self, Read},
    path::{Component, Path, PathBuf},
    pin::Pin,
};

/// Reads the objects of buckets.
pub trait Objects: Send + Sync + 'static {
    /// The bytes of an object.
    fn read(&self, bucket: &str, key: &str) -> Pin<Box<dyn Future<Output = Result<Vec<u8>, ObjectError>> + Send + '_>>;
}

/// An object could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// The bucket or key would lead out of the folder.
    #[error("`{0}` is not a name of a bucket or an object")]
    Name(String),
    /// Larger than a list of todos has reason to be.
    #[error("the object is larger than {} MB", MAX_BYTES / 1_000_000)]
    TooLarge,
    /// Nothing says where objects are.
    #[error("set TODO_OBJECTS to the folder that holds the buckets")]
    NoFolder,
    /// The file system says no.
    #[error("the object cannot be read")]
    Io(#[from] io::Error),
}

/// Enough for ten thousand long todos.
const MAX_BYTES: u64 = 5_000_000;

/// Objects as files: `<folder>/<bucket>/<key>`.
pub struct FolderObjects {
    folder: Option<PathBuf>,
}

impl FolderObjects {
    /// Below this folder.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    fn path(&self, bucket: &str, key: &str) -> Result<PathBuf, ObjectError> {
        let folder = self.folder.as_deref().ok_or(ObjectError::NoFolder)?;
        let mut path = folder.to_owned();
        for name in [bucket, key] {
            // A name like `../x`, `/x` or `C:x` would replace or leave what is before it.
            let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
            if !plain || name.is_empty() || name.contains(['\0', '\\']) {
                return Err(ObjectError::Name(name.to_owned()));
            }
            path.push(name);
        }
        Ok(path)
    }
}

impl Objects for FolderObjects {
    fn read(&self, bucket: &str, key: &str) -> Pin<Box<dyn Future<Output = Result<Vec<u8>, ObjectError>> + Send + '_>> {
        let path = self.path(bucket, key);
        let root = self.folder.clone();
        Box::pin(async move {
            let path = path?;
            let read = move || -> Result<Vec<u8>, ObjectError> {
                let real = path.canonicalize()?;
                let inside =
                    root.map(|root| root.canonicalize()).transpose()?.is_some_and(|root| real.starts_with(root));
                if !inside {
                    // A symbolic link led out of the folder.
                    return Err(ObjectError::Name(path.display().to_string()));
                }
                let mut bytes = Vec::new();
                std::fs::File::open(&real)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
                if bytes.len() as u64 > MAX_BYTES { Err(ObjectError::TooLarge) } else { Ok(bytes) }
            };
            tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn objects_are_files_below_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("uploads/import")).unwrap();
        std::fs::write(folder.path().join("uploads/import/a.json"), "[]").unwrap();
        std::fs::write(folder.path().join("secret"), "no").unwrap();
        let objects = FolderObjects::new(Some(folder.path().to_owned()));
        assert_eq!(objects.read("uploads", "import/a.json").await.unwrap(), b"[]");
        for (bucket, key) in
            [("uploads", "../secret"), ("..", "secret"), ("uploads", "/etc/passwd"), ("", "secret"), ("uploads", "")]
        {
            let error = objects.read(bucket, key).await.unwrap_err();
            assert!(matches!(error, ObjectError::Name(_)), "{bucket} {key}: {error}");
        }
        assert!(matches!(objects.read("uploads", "missing").await, Err(ObjectError::Io(_))));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn links_do_not_lead_out() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(outside.path().join("secret"), "no").unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("uploads")).unwrap();
        let objects = FolderObjects::new(Some(folder.path().to_owned()));
        assert!(matches!(objects.read("uploads", "secret").await, Err(ObjectError::Name(_))));
    }
}
