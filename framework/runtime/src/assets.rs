//! Where the files named by `package.include` are at run time.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

static ASSETS: OnceLock<PathBuf> = OnceLock::new();

/// The folder with the files of `package.include`: what FX_ASSETS says, else where the platform unpacked the function, else
/// the executable's own folder.
///
/// ```no_run
/// let page = fx_runtime::assets().join("public/index.html");
/// ```
pub fn assets() -> &'static Path {
    ASSETS.get_or_init(|| from_environment().unwrap_or_else(beside_the_executable))
}

/// Tells where functions are unpacked here; a dialect does so before the app is built, and so does a test. FX_ASSETS still wins.
pub fn unpacked_at(folder: PathBuf) {
    // Too late, if something asked before: then the answer already given stands.
    let _ = ASSETS.set(from_environment().unwrap_or(folder));
}

fn from_environment() -> Option<PathBuf> {
    std::env::var_os("FX_ASSETS").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

fn beside_the_executable() -> PathBuf {
    let executable = std::env::current_exe().ok();
    executable.as_deref().and_then(Path::parent).map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    #[test]
    fn without_a_setting_it_is_the_executables_folder() {
        if std::env::var_os("FX_ASSETS").is_none() {
            let executable = std::env::current_exe().unwrap();
            assert_eq!(Some(super::assets()), executable.parent());
        }
    }
}
