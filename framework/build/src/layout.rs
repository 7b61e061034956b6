//! Where cargo keeps things for the user's package.

use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package};

use crate::{BuildError, cargo};

/// The user's package as cargo sees it.
#[derive(Debug)]
pub(crate) struct Layout {
    /// `Cargo.toml` of the package.
    pub manifest: PathBuf,
    /// Folder of the workspace it belongs to; its own when it stands alone.
    pub workspace: PathBuf,
    /// The target folder, wherever environment and settings put it.
    pub target: PathBuf,
    /// Name of the binary that `fx::entrypoint!` turns into the function.
    pub bin: String,
    /// Source of that binary.
    pub main: PathBuf,
    /// Path dependencies outside the workspace; known only when they were asked for.
    pub outside: Vec<(String, PathBuf)>,
}

impl Layout {
    /// Asks cargo, which answers from the manifests alone.
    pub fn find(crate_dir: &Path, bin: Option<&str>) -> Result<Self, BuildError> {
        Self::ask(crate_dir, bin, &["--no-deps"])
    }

    /// Asks cargo for the dependencies as well, by Cargo.lock as it stands. Those of other platforms than `triple` may not
    /// even be on this machine.
    pub fn find_with_dependencies(
        crate_dir: &Path,
        bin: Option<&str>,
        triple: &str,
        offline: bool,
    ) -> Result<Self, BuildError> {
        let mut options = vec!["--locked", "--filter-platform", triple];
        if offline {
            options.push("--offline");
        }
        Self::ask(crate_dir, bin, &options)
    }

    fn ask(crate_dir: &Path, bin: Option<&str>, options: &[&str]) -> Result<Self, BuildError> {
        let manifest = crate_dir.join("Cargo.toml");
        let output = cargo::command("cargo", crate_dir)
            .args(["metadata", "--format-version=1", "--color=never", "--manifest-path"])
            .arg(&manifest)
            .args(options)
            .output()
            .map_err(BuildError::no_cargo)?;
        if !output.status.success() {
            return Err(BuildError::cargo(String::from_utf8_lossy(&output.stderr)));
        }
        let metadata = MetadataCommand::parse(String::from_utf8_lossy(&output.stdout))
            .map_err(|error| BuildError::cargo(format!("cannot read the answer of `cargo metadata`: {error}")))?;
        Self::from_metadata(&metadata, &manifest, bin)
    }

    fn from_metadata(metadata: &Metadata, manifest: &Path, bin: Option<&str>) -> Result<Self, BuildError> {
        let wanted = manifest.canonicalize().map_err(BuildError::io(manifest))?;
        let package = metadata
            .packages
            .iter()
            .find(|package| package.manifest_path.as_std_path().canonicalize().is_ok_and(|path| path == wanted))
            .ok_or_else(|| BuildError::cargo(format!("{}: not a package, only a workspace", manifest.display())))?;
        let (bin, main) = binary(package, bin)?;
        let workspace = metadata.workspace_root.as_std_path();
        let outside = metadata
            .packages
            .iter()
            .filter(|package| package.source.is_none())
            .filter_map(|package| Some((package.name.to_string(), package.manifest_path.parent()?.as_std_path())))
            .filter(|(_, folder)| !folder.starts_with(workspace))
            .map(|(name, folder)| (name, folder.to_path_buf()))
            .collect();
        Ok(Self {
            manifest: package.manifest_path.clone().into(),
            workspace: workspace.to_path_buf(),
            target: metadata.target_directory.clone().into(),
            bin,
            main,
            outside,
        })
    }
}

/// The one the scan has found the line in; without a scan's word, the only one, else the one called like the package.
fn binary(package: &Package, wanted: Option<&str>) -> Result<(String, PathBuf), BuildError> {
    let bins: Vec<_> = package.targets.iter().filter(|target| target.is_bin()).collect();
    let named = |name: &str| bins.iter().find(|target| target.name == name);
    let chosen = match (wanted, bins.as_slice()) {
        (Some(name), _) => named(name),
        (None, [only]) => Some(only),
        (None, _) => named(package.name.as_str()),
    };
    match chosen {
        Some(bin) => Ok((bin.name.clone(), bin.src_path.clone().into())),
        None => Err(BuildError::NoBinary {
            package: package.name.to_string(),
            found: bins.iter().map(|bin| bin.name.clone()).collect(),
        }),
    }
}
