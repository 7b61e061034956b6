//! Driving cargo: a clean environment, one build at a time, and everything it says.

mod bar;
mod run;

use std::{ffi::OsStr, path::Path, process::Command};

pub(crate) use run::run;

/// A cargo or rustc that behaves as if the user had typed it in `dir`.
///
/// When fx itself runs under `cargo run` (or as a build's helper), cargo has filled the environment with facts about *fx*. A
/// build script that reads them, or a crate that tracks them, would be compiled anew for nothing. What the user may have set
/// on purpose (`CARGO_HOME`, `CARGO_TARGET_DIR`, `CARGO_PROFILE_…`, `RUSTFLAGS`, `RUSTUP_TOOLCHAIN`) stays.
pub(crate) fn command(program: &str, dir: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(dir);
    for (name, _) in std::env::vars_os() {
        if is_leaked(&name) {
            command.env_remove(name);
        }
    }
    command
}

/// Whether cargo would find its `zigbuild`.
pub(crate) fn has_zigbuild() -> bool {
    let name = format!("cargo-zigbuild{}", std::env::consts::EXE_SUFFIX);
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(&name).is_file()))
}

fn is_leaked(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    let exact = [
        "CARGO",
        "CARGO_CRATE_NAME",
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_LINKS",
        "CARGO_MANIFEST_PATH",
        "CARGO_MAKEFLAGS",
        "CARGO_PRIMARY_PACKAGE",
        "CARGO_TARGET_TMPDIR",
        "FX_ENTRYPOINT",
        "OUT_DIR",
        "RUSTUP_TOOLCHAIN_SOURCE",
        "RUST_RECURSION_COUNT",
        "__CARGO_DEFAULT_LIB_METADATA",
    ];
    exact.contains(&name)
        || ["CARGO_BIN_", "CARGO_CFG_", "CARGO_FEATURE_", "CARGO_PKG_"].iter().any(|p| name.starts_with(p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_about_fx_go_and_the_users_settings_stay() {
        for name in ["CARGO", "CARGO_PKG_VERSION", "CARGO_MANIFEST_DIR", "CARGO_BIN_EXE_fx", "OUT_DIR", "FX_ENTRYPOINT"]
        {
            assert!(is_leaked(OsStr::new(name)), "{name}");
        }
        for name in
            ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO_PROFILE_DEV_DEBUG", "CARGO_NET_OFFLINE", "RUSTUP_TOOLCHAIN"]
        {
            assert!(!is_leaked(OsStr::new(name)), "{name}");
        }
    }
}
