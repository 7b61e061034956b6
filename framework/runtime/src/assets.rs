//! Where the files named by `package.include` are at run time.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// The folder with the files of `package.include`: what FX_ASSETS says, else the executable's own folder
/// (where platforms unpack a function, the two are the same).
///
/// ```no_run
/// let page = fx_runtime::assets().join("public/index.html");
/// ```
pub fn assets() -> &'static Path {
    static ASSETS: OnceLock<PathBuf> = OnceLock::new();
    ASSETS.get_or_init(|| from_environment().unwrap_or_else(beside_the_executable))
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
