//! What a unit's binary was made from: while nothing of it changes, cargo need not be asked.

use std::{
    collections::{BTreeMap, BTreeSet, hash_map::DefaultHasher},
    env, fs,
    hash::{Hash, Hasher},
    io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

/// Counted up whenever fx changes what a stamp means.
const FORMAT: u32 = 1;

/// Beside each binary, as JSON.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    format: u32,
    /// Compiler, arguments, environment handed to cargo.
    how: String,
    /// Hashes of environment variables that have a say: the values may be secrets.
    environment: BTreeMap<String, Option<u64>>,
    /// Every file read; `None` for one that was looked for and not there.
    files: BTreeMap<PathBuf, Option<FileState>>,
}

/// Enough of a file to see that it was touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct FileState {
    size: u64,
    /// Nanoseconds since 1970; `None` when the file changed while the build was reading it.
    modified: Option<u64>,
}

/// What the stamp of a build that began at `began` is made of.
pub(crate) struct Made<'a> {
    pub how: String,
    pub files: BTreeSet<PathBuf>,
    pub variables: BTreeSet<String>,
    pub binary: &'a Path,
    pub began: SystemTime,
}

impl Stamp {
    /// Takes the state of everything now.
    pub fn take(made: Made<'_>) -> Self {
        let mut files: BTreeMap<_, _> =
            made.files.into_iter().map(|path| (path.clone(), FileState::of(&path, Some(made.began)))).collect();
        files.insert(made.binary.to_path_buf(), FileState::of(made.binary, None));
        let names: BTreeSet<String> = made.variables.into_iter().chain(compiler_variables()).collect();
        let environment = names.into_iter().map(|name| (name.clone(), hash_of(&name))).collect();
        Self { format: FORMAT, how: made.how, environment, files }
    }

    /// The stamp in a file. One that cannot be read is no stamp: the build runs and writes a new one.
    pub fn read(path: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    /// Writes it.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        fs::write(path, serde_json::to_vec(self)?)
    }

    /// Whether a build in this way, now, would make the same binary.
    pub fn holds(&self, how: &str) -> bool {
        self.format == FORMAT
            && self.how == how
            && compiler_variables().all(|name| self.environment.contains_key(&name))
            && self.environment.iter().all(|(name, hash)| hash_of(name) == *hash)
            && self.files.iter().all(|(path, state)| match (state, FileState::of(path, None)) {
                (None, None) => true,
                (Some(then), Some(now)) => then.modified.is_some() && *then == now,
                _ => false,
            })
    }
}

impl FileState {
    fn of(path: &Path, began: Option<SystemTime>) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        let modified = metadata.modified().ok();
        let settled = modified.filter(|modified| began.is_none_or(|began| *modified < began));
        let nanoseconds = settled.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Some(Self {
            size: metadata.len(),
            modified: nanoseconds.and_then(|duration| u64::try_from(duration.as_nanos()).ok()),
        })
    }
}

/// Variables that cargo and rustc themselves read, as far as they are set.
fn compiler_variables() -> impl Iterator<Item = String> {
    env::vars_os().filter_map(|(name, _)| name.into_string().ok()).filter(|name| {
        ["CARGO_BUILD_", "CARGO_ENCODED_", "CARGO_PROFILE_", "CARGO_TARGET_", "CARGO_UNSTABLE_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
            || ["AR", "CC", "CFLAGS", "RUSTC", "RUSTC_BOOTSTRAP", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"]
                .contains(&name.as_str())
            || ["RUSTFLAGS", "RUSTUP_TOOLCHAIN"].contains(&name.as_str())
    })
}

fn hash_of(variable: &str) -> Option<u64> {
    let value = env::var_os(variable)?;
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    Some(hasher.finish())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    struct Folder {
        folder: tempfile::TempDir,
        binary: PathBuf,
        source: PathBuf,
    }

    impl Folder {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let [binary, source] = ["unit", "lib.rs"].map(|name| folder.path().join(name));
            fs::write(&binary, "binary").unwrap();
            fs::write(&source, "source").unwrap();
            Self { folder, binary, source }
        }

        fn stamp(&self, began: SystemTime) -> Stamp {
            let absent = self.folder.path().join("absent.toml");
            let stamp = Stamp::take(Made {
                how: "how".into(),
                files: [self.source.clone(), absent].into(),
                variables: ["PATH".to_owned(), "FX_TEST_UNSET".to_owned()].into(),
                binary: &self.binary,
                began,
            });
            let file = self.folder.path().join("unit.stamp");
            stamp.write(&file).unwrap();
            let back = Stamp::read(&file).unwrap();
            assert_eq!(back, stamp);
            back
        }
    }

    fn later() -> SystemTime {
        SystemTime::now() + Duration::from_secs(5)
    }

    #[test]
    fn holds_while_nothing_changes() {
        let folder = Folder::new();
        let stamp = folder.stamp(later());
        assert!(stamp.holds("how"));
        assert!(!stamp.holds("another way"));
    }

    #[test]
    fn any_change_of_a_file_breaks_it() {
        let folder = Folder::new();
        let stamp = folder.stamp(later());
        fs::write(&folder.source, "source, longer").unwrap();
        assert!(!stamp.holds("how"), "size");

        let stamp = folder.stamp(later());
        let file = fs::File::options().write(true).open(&folder.source).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(99)).unwrap();
        assert!(!stamp.holds("how"), "time");

        let stamp = folder.stamp(later());
        fs::remove_file(&folder.binary).unwrap();
        assert!(!stamp.holds("how"), "gone");
    }

    #[test]
    fn a_file_that_appears_breaks_it() {
        let folder = Folder::new();
        let stamp = folder.stamp(later());
        fs::write(folder.folder.path().join("absent.toml"), "").unwrap();
        assert!(!stamp.holds("how"));
    }

    #[test]
    fn a_file_saved_while_the_build_ran_is_not_trusted() {
        let folder = Folder::new();
        assert!(!folder.stamp(SystemTime::now() - Duration::from_secs(5)).holds("how"));
    }

    #[test]
    fn a_variable_with_another_value_breaks_it() {
        let folder = Folder::new();
        let mut stamp = folder.stamp(later());
        assert!(stamp.environment.contains_key("PATH"));
        stamp.environment.insert("PATH".into(), Some(1));
        assert!(!stamp.holds("how"));
    }

    #[test]
    fn a_stamp_that_is_not_one_is_ignored() {
        let folder = Folder::new();
        let file = folder.folder.path().join("unit.stamp");
        fs::write(&file, "{").unwrap();
        assert!(Stamp::read(&file).is_none());
    }
}
