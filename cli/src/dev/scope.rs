//! What a change of which means a rebuild: the package, the packages beside it that it is made of, f.yml, `.env`.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

use serde::Deserialize;

use super::watch::Scope;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    path: Option<PathBuf>,
    kind: Option<String>,
}

/// One file that matters, and `.env`.
pub fn of_file(root: &Path, file: &Path) -> Scope {
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    Scope { folders: BTreeSet::new(), files: [file, root.join(".env")].into() }
}

/// The scope of a package. Without an answer from cargo (a broken Cargo.toml, say) it is the package's own folder.
pub fn of_package(root: &Path, file: &Path, crate_dir: &Path) -> Scope {
    let mut scope = of_file(root, file);
    let crate_dir = &crate_dir.canonicalize().unwrap_or_else(|_| crate_dir.to_owned());
    scope.folders.insert(crate_dir.to_owned());
    if let Some(metadata) = metadata(crate_dir) {
        scope.folders.extend(made_of(&metadata, crate_dir));
        scope.files.insert(metadata.workspace_root.join("Cargo.toml"));
        scope.files.insert(metadata.workspace_root.join("Cargo.lock"));
    }
    scope
}

/// The answer of a cargo that looks at manifests only.
fn metadata(crate_dir: &Path) -> Option<Metadata> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version=1", "--no-deps", "--offline", "--quiet"])
        .current_dir(crate_dir)
        .output()
        .ok()?;
    serde_json::from_slice(&output.stdout).ok()
}

/// Folders of the packages that end up in the binary, as far as they are on this machine.
fn made_of(metadata: &Metadata, crate_dir: &Path) -> BTreeSet<PathBuf> {
    let by_folder: BTreeMap<&Path, &Package> =
        metadata.packages.iter().filter_map(|package| Some((package.manifest_path.parent()?, package))).collect();
    let mut found = BTreeSet::new();
    let mut open = vec![crate_dir.to_owned()];
    while let Some(folder) = open.pop() {
        if !found.insert(folder.clone()) {
            continue;
        }
        let dependencies = by_folder.get(folder.as_path()).map_or(&[][..], |package| &package.dependencies);
        let used = dependencies.iter().filter(|dependency| dependency.kind.as_deref() != Some("dev"));
        open.extend(used.filter_map(|dependency| dependency.path.clone()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_dependencies_belong_to_it_and_test_helpers_do_not() {
        let text = r#"{"workspace_root":"/w","packages":[
            {"manifest_path":"/w/app/Cargo.toml","dependencies":[
                {"path":"/w/lib","kind":null},{"path":"/w/testing","kind":"dev"},{"path":null,"kind":null}]},
            {"manifest_path":"/w/lib/Cargo.toml","dependencies":[{"path":"/elsewhere","kind":"build"},{"path":"/w/app","kind":null}]},
            {"manifest_path":"/w/other/Cargo.toml","dependencies":[]}]}"#;
        let metadata: Metadata = serde_json::from_str(text).unwrap();
        let expected = ["/elsewhere", "/w/app", "/w/lib"].map(PathBuf::from).into();
        assert_eq!(made_of(&metadata, Path::new("/w/app")), expected);
    }
}
