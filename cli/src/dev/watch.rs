//! Which files matter, and when they changed.
//!
//! The operating system only says "something happened here". What happened is found by comparing two snapshots, so ignored
//! files, editors that rename, and files merely read by the compiler never cause a rebuild.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use ignore::WalkBuilder;
use notify_debouncer_full::{
    DebounceEventResult, Debouncer, RecommendedCache, new_debouncer,
    notify::{EventKind, RecommendedWatcher, RecursiveMode},
};
use tokio::sync::mpsc;

/// Editors write a file in several steps; a rebuild waits until they are done.
const QUIET: Duration = Duration::from_millis(80);

/// What is watched: whole folders (minus what Git ignores) and single files, which need not exist yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Folders with everything in them.
    pub folders: BTreeSet<PathBuf>,
    /// Single files.
    pub files: BTreeSet<PathBuf>,
}

type Snapshot = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// Watches a [`Scope`].
pub struct Watch {
    scope: Scope,
    seen: Snapshot,
    watched: BTreeSet<PathBuf>,
    debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
    hints: mpsc::UnboundedReceiver<()>,
}

impl Watch {
    /// Starts watching.
    pub fn new(scope: Scope) -> Result<Self, notify_debouncer_full::notify::Error> {
        let (hint, hints) = mpsc::unbounded_channel();
        let debouncer = new_debouncer(QUIET, None, move |result: DebounceEventResult| {
            let matters =
                result.map_or(true, |events| events.iter().any(|event| !matches!(event.kind, EventKind::Access(_))));
            if matters {
                let _ = hint.send(());
            }
        })?;
        let mut watch = Self { scope, seen: Snapshot::new(), watched: BTreeSet::new(), debouncer, hints };
        watch.seen = watch.snapshot();
        Ok(watch)
    }

    /// Watches something else from now on. Files that were in neither scope do not count as changed.
    pub fn rescope(&mut self, scope: Scope) {
        if scope != self.scope {
            self.scope = scope;
            let fresh = self.snapshot();
            for (path, state) in fresh {
                self.seen.entry(path).or_insert(state);
            }
        }
    }

    /// Waits for a change; says which files changed. Can be dropped while waiting without missing one.
    pub async fn changed(&mut self) -> Vec<PathBuf> {
        loop {
            let changed = self.look();
            if !changed.is_empty() {
                return changed;
            }
            if self.hints.recv().await.is_none() {
                // The watching thread is gone; looking now and then is better than going blind.
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            while self.hints.try_recv().is_ok() {}
        }
    }

    /// The files that changed since the last look.
    pub fn look(&mut self) -> Vec<PathBuf> {
        let now = self.snapshot();
        let mut changed: Vec<PathBuf> = now
            .iter()
            .filter(|(path, state)| self.seen.get(*path) != Some(state))
            .map(|(path, _)| path.clone())
            .collect();
        changed.extend(self.seen.keys().filter(|path| !now.contains_key(*path)).cloned());
        self.seen = now;
        changed
    }

    /// The state of every file that matters. New folders are watched on the way.
    fn snapshot(&mut self) -> Snapshot {
        let mut snapshot = Snapshot::new();
        for folder in self.scope.folders.clone() {
            let walk =
                WalkBuilder::new(&folder).require_git(false).filter_entry(|entry| !machine_made(entry.path())).build();
            for entry in walk.flatten() {
                if entry.file_type().is_some_and(|kind| kind.is_dir()) {
                    self.watch(entry.path());
                } else if let Ok(metadata) = entry.metadata() {
                    snapshot.insert(entry.into_path(), (metadata.modified().ok(), metadata.len()));
                }
            }
        }
        for file in self.scope.files.clone() {
            if let Some(folder) = file.parent() {
                self.watch(folder);
            }
            if let Ok(metadata) = std::fs::metadata(&file) {
                snapshot.insert(file, (metadata.modified().ok(), metadata.len()));
            }
        }
        snapshot
    }

    /// Each folder is watched on its own: a recursive watch would drag in `target/` with its thousands of folders.
    fn watch(&mut self, folder: &Path) {
        if !self.watched.contains(folder) && self.debouncer.watch(folder, RecursiveMode::NonRecursive).is_ok() {
            self.watched.insert(folder.to_owned());
        }
    }
}

/// Folders that never hold sources, also where nobody told Git so.
fn machine_made(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "target" || name == "node_modules") && path.is_dir()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn project() -> (tempfile::TempDir, Watch) {
        let folder = tempfile::tempdir().unwrap();
        // The temporary folder's own name may begin with a dot, which hides what is in it.
        let root = folder.path().join("project");
        for path in ["src", "target/debug"] {
            fs::create_dir_all(root.join(path)).unwrap();
        }
        fs::write(root.join(".gitignore"), "*.db\n").unwrap();
        fs::write(root.join("src/lib.rs"), "").unwrap();
        let scope = Scope { folders: [root.join("src"), root.clone()].into(), files: [root.join(".env")].into() };
        let watch = Watch::new(scope).unwrap();
        (folder, watch)
    }

    async fn next(watch: &mut Watch) -> Vec<String> {
        let changed = tokio::time::timeout(Duration::from_secs(10), watch.changed()).await.unwrap();
        changed.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
    }

    #[tokio::test]
    async fn sources_new_folders_removals_and_dotenv_are_seen() {
        let (folder, mut watch) = project();
        let root = folder.path().join("project");
        fs::write(root.join("src/lib.rs"), "// changed").unwrap();
        assert_eq!(next(&mut watch).await, ["lib.rs"]);
        fs::create_dir(root.join("src/deep")).unwrap();
        fs::write(root.join("src/deep/mod.rs"), "").unwrap();
        assert_eq!(next(&mut watch).await, ["mod.rs"]);
        fs::write(root.join("src/deep/mod.rs"), "// now watched").unwrap();
        assert_eq!(next(&mut watch).await, ["mod.rs"]);
        fs::remove_file(root.join("src/deep/mod.rs")).unwrap();
        assert_eq!(next(&mut watch).await, ["mod.rs"]);
        fs::write(root.join(".env"), "A=1").unwrap();
        assert_eq!(next(&mut watch).await, [".env"]);
    }

    #[tokio::test]
    async fn ignored_and_generated_files_do_not_count() {
        let (folder, mut watch) = project();
        let root = folder.path().join("project");
        fs::write(root.join("app.db"), "1").unwrap();
        fs::write(root.join("target/debug/fx"), "1").unwrap();
        fs::read(root.join("src/lib.rs")).unwrap();
        let quiet = tokio::time::timeout(Duration::from_millis(400), watch.changed()).await;
        assert!(quiet.is_err(), "{quiet:?}");
    }
}
