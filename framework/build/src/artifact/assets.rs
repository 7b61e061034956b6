//! The files that go beside the binary: `package.include` without `package.exclude`.

use std::path::{Path, PathBuf};

use fx_spec::service::{Located, Package};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::ArtifactError;

/// A picked file: its name relative to the crate, with `/`, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asset {
    /// `public/index.html`.
    pub name: String,
    /// The file itself, links followed.
    pub path: PathBuf,
}

/// Folders that hold no assets, wherever they are: what cargo, git and npm make.
const NEVER: [&str; 3] = ["target", "node_modules", ".git"];

/// All files of the crate that the package asks for, sorted by name.
///
/// A glob that names a folder takes the whole tree below it; `public/*` takes the files directly in `public`.
/// Wildcards do not match names that begin with a dot; a glob that spells the dot does.
pub fn collect(crate_dir: &Path, package: &Package) -> Result<Vec<Asset>, ArtifactError> {
    if package.include.is_empty() {
        return Ok(Vec::new());
    }
    let root = crate_dir.canonicalize().map_err(ArtifactError::io(crate_dir))?;
    let picker = Picker { root: &root, include: &package.include, exclude: globs(&package.exclude)? };
    let included = globs(&package.include)?;
    let mut assets = Vec::new();
    picker.walk(&root, "", &included, &mut assets)?;
    assets.sort();
    Ok(assets)
}

struct Picker<'a> {
    root: &'a Path,
    include: &'a [Located<String>],
    exclude: GlobSet,
}

impl Picker<'_> {
    fn walk(&self, dir: &Path, prefix: &str, included: &GlobSet, assets: &mut Vec<Asset>) -> Result<(), ArtifactError> {
        for entry in std::fs::read_dir(dir).map_err(ArtifactError::io(dir))? {
            let entry = entry.map_err(ArtifactError::io(dir))?;
            let path = entry.path();
            let Some(file_name) = entry.file_name().to_str().map(str::to_owned) else {
                return Err(ArtifactError::Name(path));
            };
            let name = if prefix.is_empty() { file_name.clone() } else { format!("{prefix}/{file_name}") };
            let metadata = std::fs::metadata(&path).map_err(ArtifactError::io(&path))?;
            if metadata.is_dir() {
                // A link to a folder could lead in a circle; the files behind it can be named by their real place.
                let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
                if !is_link && !NEVER.contains(&file_name.as_str()) {
                    self.walk(&path, &name, included, assets)?;
                }
            } else if self.picks(&name, included) {
                assets.push(Asset { path: self.inside(&path)?, name });
            }
        }
        Ok(())
    }

    fn picks(&self, name: &str, included: &GlobSet) -> bool {
        included.is_match(name) && !self.exclude.is_match(name) && (!is_hidden(name) || self.spells_the_dot(name))
    }

    /// Whether a glob spells the hidden part out, `.well-known/**` for `.well-known/x`.
    fn spells_the_dot(&self, name: &str) -> bool {
        name.split('/').filter(|part| part.starts_with('.')).all(|hidden| {
            self.include.iter().any(|glob| glob.trim_start_matches("./").split('/').any(|part| part == hidden))
        })
    }

    fn inside(&self, path: &Path) -> Result<PathBuf, ArtifactError> {
        let real = path.canonicalize().map_err(ArtifactError::io(path))?;
        if real.starts_with(self.root) {
            Ok(real)
        } else {
            Err(ArtifactError::Outside { file: path.into(), target: real })
        }
    }
}

fn is_hidden(name: &str) -> bool {
    name.split('/').any(|part| part.starts_with('.'))
}

fn globs(patterns: &[Located<String>]) -> Result<GlobSet, ArtifactError> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let bad = |error: globset::Error| ArtifactError::Glob {
            glob: pattern.value.clone(),
            reason: error.kind().to_string(),
        };
        let written = pattern.trim_start_matches("./").trim_end_matches('/');
        for glob in [written.to_owned(), format!("{written}/**")] {
            // `public/*` is the files directly in `public`, so a wildcard's own subfolders are not taken along.
            if glob.ends_with("/*/**") || glob == "*/**" {
                continue;
            }
            set.add(GlobBuilder::new(&glob).literal_separator(true).build().map_err(bad)?);
        }
    }
    set.build().map_err(|error| ArtifactError::Glob { glob: String::new(), reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for name in [
            "public/index.html",
            "public/app/main.js",
            "public/.secret",
            "public/.well-known/id",
            "public/node_modules/x.js",
            "target/debug/app",
            "data.csv",
        ] {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, name).unwrap();
        }
        dir
    }

    fn picked(dir: &Path, include: &[&str], exclude: &[&str]) -> Vec<String> {
        let located = |globs: &[&str]| globs.iter().map(|glob| Located::implied((*glob).to_owned())).collect();
        let package = Package { include: located(include), exclude: located(exclude), artifact: None };
        collect(dir, &package).unwrap().into_iter().map(|asset| asset.name).collect()
    }

    #[test]
    fn a_folder_is_its_whole_tree_and_a_star_its_files() {
        let dir = folder();
        assert_eq!(picked(dir.path(), &["public"], &[]), ["public/app/main.js", "public/index.html"]);
        assert_eq!(picked(dir.path(), &["./public/"], &[]), ["public/app/main.js", "public/index.html"]);
        assert_eq!(picked(dir.path(), &["public/*"], &[]), ["public/index.html"]);
        assert_eq!(picked(dir.path(), &["public/**"], &["public/app"]), ["public/index.html"]);
        assert_eq!(picked(dir.path(), &["**"], &[]), ["data.csv", "public/app/main.js", "public/index.html"]);
    }

    #[test]
    fn a_hidden_file_has_to_be_spelled_out() {
        let dir = folder();
        assert_eq!(picked(dir.path(), &["public/.well-known/**"], &[]), ["public/.well-known/id"]);
        assert_eq!(picked(dir.path(), &["public/.secret"], &[]), ["public/.secret"]);
    }

    #[test]
    fn a_link_out_of_the_crate_is_refused() {
        let (dir, other) = (folder(), tempfile::tempdir().unwrap());
        std::fs::write(other.path().join("key"), "secret").unwrap();
        std::os::unix::fs::symlink(other.path().join("key"), dir.path().join("public/key")).unwrap();
        let package = Package { include: vec![Located::implied("public".into())], ..Package::default() };
        assert!(matches!(collect(dir.path(), &package), Err(ArtifactError::Outside { .. })));
    }

    #[test]
    fn a_broken_glob_is_named() {
        let dir = folder();
        let package = Package { include: vec![Located::implied("public/[".into())], ..Package::default() };
        let error = collect(dir.path(), &package).unwrap_err();
        assert!(error.to_string().starts_with("`public/[` is not a glob"), "{error}");
    }
}
