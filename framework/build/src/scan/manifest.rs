//! Cargo.toml, as far as the scan needs it: which package, where its library and its program are, what it calls fx, which features are on.

use std::{
    collections::BTreeSet,
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use fx_spec::{Problem, SourceFile};
use toml::de::{DeTable, DeValue};

use super::{
    codes,
    source::{Refusal, display_name},
};

/// The facade's package name.
const FACADE: &str = "fx";

/// What Cargo.toml says.
pub(crate) struct Manifest {
    pub(crate) source: SourceFile,
    pub(crate) package_name: String,
    pub(crate) crate_name: String,
    /// Relative to the package's folder.
    pub(crate) lib_path: PathBuf,
    /// The programs: name, and path relative to the package's folder.
    pub(crate) bins: Vec<(String, PathBuf)>,
    /// How the code says `fx`; `None`: it is not among the dependencies.
    pub(crate) facade: Option<String>,
    /// Where the package's name stands, to point at when a file is missing.
    pub(crate) name_at: Range<usize>,
    /// Where the dependencies are listed (else the name), to point at when one is missing.
    pub(crate) dependencies_at: Range<usize>,
    /// The default features, and all that follow from them.
    pub(crate) features: BTreeSet<String>,
}

impl Manifest {
    /// Reads the Cargo.toml of a package.
    pub(crate) fn read(crate_dir: &Path) -> Result<Self, Box<Refusal>> {
        let path = crate_dir.join("Cargo.toml");
        let name = display_name(&path);
        let text = fs::read_to_string(&path).map_err(|error| {
            let folder = path.parent().map(display_name).unwrap_or_default();
            let message = match error.kind() {
                std::io::ErrorKind::NotFound => format!("there is no Cargo.toml in `{folder}`"),
                _ => format!("{name} cannot be read: {error}"),
            };
            let mut problem = Problem::error(codes::MANIFEST, message)
                .help("the functions live in a Cargo package: `crate:` in f.yml names its folder, `fx new` makes one");
            problem.file = Some(name.clone());
            Box::new(Refusal { source: None, problem })
        })?;
        let source = SourceFile { name, text: text.into() };
        Self::parse(crate_dir, source.clone())
            .map_err(|problem| Box::new(Refusal { source: Some(source), problem: *problem }))
    }

    fn parse(crate_dir: &Path, source: SourceFile) -> Result<Self, Box<Problem>> {
        let text = source.text.clone();
        let root = match DeTable::parse(&text) {
            Ok(root) => root.into_inner(),
            Err(error) => {
                let problem = Problem::error(codes::MANIFEST, format!("this is not TOML: {}", error.message().trim()));
                let problem = problem.help("until this is mended, nothing is known of the package");
                return Err(Box::new(problem.at(&source, error.span().unwrap_or(0..0))));
            }
        };
        let name = table(&root, "package").and_then(|package| package.get("name"));
        let Some((package_name, name_at)) =
            name.and_then(|name| Some((name.get_ref().as_str()?.to_owned(), name.span())))
        else {
            return Err(Box::new(
                Problem::error(codes::MANIFEST, "this Cargo.toml has no package with a name")
                    .help("`crate:` in f.yml names the folder of the package that holds the functions")
                    .at(&source, 0..0),
            ));
        };
        let lib = table(&root, "lib");
        let crate_name =
            lib.and_then(|lib| string(lib, "name")).unwrap_or_else(|| package_name.clone()).replace('-', "_");
        let lib_path = lib.and_then(|lib| string(lib, "path")).unwrap_or_else(|| "src/lib.rs".into());
        let workspace = Workspace::find(crate_dir, &root);
        Ok(Self {
            bins: bins(crate_dir, &root, &package_name),
            package_name,
            crate_name,
            lib_path: lib_path.into(),
            facade: facade(&root, workspace.as_ref()),
            dependencies_at: root.get_key_value("dependencies").map_or_else(|| name_at.clone(), |(key, _)| key.span()),
            name_at,
            features: default_features(&root),
            source,
        })
    }
}

fn table<'a, 'i>(table: &'a DeTable<'i>, key: &str) -> Option<&'a DeTable<'i>> {
    table.get(key)?.get_ref().as_table()
}

fn string(table: &DeTable<'_>, key: &str) -> Option<String> {
    table.get(key)?.get_ref().as_str().map(str::to_owned)
}

fn bins(crate_dir: &Path, root: &DeTable<'_>, package_name: &str) -> Vec<(String, PathBuf)> {
    let mut bins: Vec<(String, PathBuf)> = Vec::new();
    let listed = root.get("bin").and_then(|bin| bin.get_ref().as_array());
    for bin in listed.into_iter().flatten().filter_map(|bin| bin.get_ref().as_table()) {
        let Some(name) = string(bin, "name") else { continue };
        let path = match string(bin, "path") {
            Some(path) => path.into(),
            None if name == package_name => PathBuf::from("src/main.rs"),
            None => Path::new("src/bin").join(format!("{name}.rs")),
        };
        bins.push((name, path));
    }
    let auto = table(root, "package").and_then(|package| package.get("autobins")?.get_ref().as_bool()).unwrap_or(true);
    if auto {
        for (name, path) in bins_by_place(crate_dir, package_name) {
            if !bins.iter().any(|(_, listed)| *listed == path) {
                bins.push((name, path));
            }
        }
    }
    bins
}

/// The programs that cargo finds without being told.
fn bins_by_place(crate_dir: &Path, package_name: &str) -> Vec<(String, PathBuf)> {
    let main = PathBuf::from("src/main.rs");
    let mut bins = Vec::new();
    if crate_dir.join(&main).is_file() {
        bins.push((package_name.to_owned(), main));
    }
    let mut others: Vec<(String, PathBuf)> = fs::read_dir(crate_dir.join("src/bin"))
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = Path::new("src/bin").join(entry.ok()?.file_name());
            let name = path.file_stem()?.to_str()?.to_owned();
            let folder = path.join("main.rs");
            match path.extension() {
                Some(extension) if extension == "rs" => Some((name, path)),
                None if crate_dir.join(&folder).is_file() => Some((name, folder)),
                _ => None,
            }
        })
        .collect();
    others.sort();
    bins.extend(others);
    bins
}

/// All dependency tables, those of a target included.
fn dependency_tables<'a, 'i>(root: &'a DeTable<'i>) -> Vec<&'a DeTable<'i>> {
    let targets = table(root, "target").into_iter().flat_map(DeTable::values);
    let of_targets = targets.filter_map(|target| table(target.get_ref().as_table()?, "dependencies"));
    table(root, "dependencies").into_iter().chain(of_targets).collect()
}

fn facade(root: &DeTable<'_>, workspace: Option<&Workspace>) -> Option<String> {
    dependency_tables(root).into_iter().flat_map(DeTable::iter).find_map(|(key, value)| {
        let key: &str = key.get_ref();
        let details = value.get_ref().as_table();
        let inherited = details.is_some_and(|details| {
            details.get("workspace").is_some_and(|workspace| workspace.get_ref().as_bool() == Some(true))
        });
        let package = match details.and_then(|details| string(details, "package")) {
            Some(package) => package,
            None if inherited => {
                workspace.and_then(|workspace| workspace.package_of(key)).unwrap_or_else(|| key.into())
            }
            None => key.into(),
        };
        (package == FACADE).then(|| key.replace('-', "_"))
    })
}

/// The dependencies a package can inherit: key, and the package it stands for.
struct Workspace {
    packages: Vec<(String, String)>,
}

impl Workspace {
    fn find(crate_dir: &Path, root: &DeTable<'_>) -> Option<Self> {
        if table(root, "workspace").is_some() {
            return Some(Self::of(root));
        }
        let named = table(root, "package").and_then(|package| string(package, "workspace"));
        let from = fs::canonicalize(crate_dir).ok()?;
        let folders: Vec<PathBuf> = match named {
            Some(named) => vec![from.join(named)],
            None => from.ancestors().skip(1).map(Path::to_path_buf).collect(),
        };
        folders.into_iter().find_map(|folder| {
            let text = fs::read_to_string(folder.join("Cargo.toml")).ok()?;
            let root = DeTable::parse(&text).ok()?.into_inner();
            table(&root, "workspace").is_some().then(|| Self::of(&root))
        })
    }

    fn of(root: &DeTable<'_>) -> Self {
        let dependencies = table(root, "workspace").and_then(|workspace| table(workspace, "dependencies"));
        let packages = dependencies
            .into_iter()
            .flat_map(DeTable::iter)
            .map(|(key, value)| {
                let key = key.get_ref().to_string();
                let package = value.get_ref().as_table().and_then(|details| string(details, "package"));
                (key.clone(), package.unwrap_or(key))
            })
            .collect();
        Self { packages }
    }

    fn package_of(&self, key: &str) -> Option<String> {
        self.packages.iter().find(|(name, _)| name == key).map(|(_, package)| package.clone())
    }
}

fn default_features(root: &DeTable<'_>) -> BTreeSet<String> {
    let features = table(root, "features");
    let mut on = BTreeSet::new();
    let mut waiting = vec!["default".to_owned()];
    while let Some(feature) = waiting.pop() {
        // `dep:x` and `x/y` switch on things of other packages.
        if feature.contains([':', '/']) || !on.insert(feature.clone()) {
            continue;
        }
        let implied = features.and_then(|features| features.get(feature.as_str())?.get_ref().as_array());
        waiting.extend(implied.into_iter().flatten().filter_map(|name| match name.get_ref() {
            DeValue::String(name) => Some(name.to_string()),
            _ => None,
        }));
    }
    on
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Manifest, Box<Problem>> {
        Manifest::parse(Path::new("."), SourceFile { name: "Cargo.toml".into(), text: text.into() })
    }

    fn facade_of(text: &str) -> Option<String> {
        parse(&format!("package.name = \"a\"\n{text}")).ok().and_then(|manifest| manifest.facade)
    }

    #[test]
    fn names() {
        let manifest = parse("[package]\nname = \"todo-app\"").ok().unwrap();
        assert_eq!((manifest.package_name.as_str(), manifest.crate_name.as_str()), ("todo-app", "todo_app"));
        assert_eq!(manifest.lib_path, Path::new("src/lib.rs"));
        let manifest =
            parse("[package]\nname = \"todo-app\"\n[lib]\nname = \"todo\"\npath = \"code/todo.rs\"").ok().unwrap();
        assert_eq!(manifest.crate_name, "todo");
        assert_eq!(manifest.lib_path, Path::new("code/todo.rs"));
    }

    #[test]
    fn what_fx_is_called() {
        assert_eq!(facade_of("dependencies.fx = \"1\"").unwrap(), "fx");
        assert_eq!(facade_of("dependencies.my-web = { version = \"1\", package = \"fx\" }").unwrap(), "my_web");
        assert_eq!(facade_of("dependencies.fx = { version = \"1\", package = \"other\" }"), None);
        assert_eq!(facade_of("[target.'cfg(unix)'.dependencies]\nfx = \"1\"").unwrap(), "fx");
        assert_eq!(facade_of("dev-dependencies.fx = \"1\""), None);
    }

    #[test]
    fn fx_from_the_workspace() {
        let workspace = "[workspace.dependencies]\nweb = { package = \"fx\", path = \"x\" }\nfx = \"1\"\n";
        assert_eq!(facade_of(&format!("dependencies.web.workspace = true\n{workspace}")).unwrap(), "web");
        assert_eq!(facade_of(&format!("dependencies.fx.workspace = true\n{workspace}")).unwrap(), "fx");
    }

    #[test]
    fn programs() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("src/bin/tool")).unwrap();
        for file in ["src/main.rs", "src/bin/serve.rs", "src/bin/tool/main.rs", "src/bin/notes.txt"] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        let bins = |text: &str| {
            let source = SourceFile { name: "Cargo.toml".into(), text: text.into() };
            let manifest = Manifest::parse(folder.path(), source).ok().unwrap();
            manifest.bins.into_iter().map(|(name, path)| format!("{name} {}", path.display())).collect::<Vec<_>>()
        };
        let found = ["serve src/bin/serve.rs", "tool src/bin/tool/main.rs"];
        assert_eq!(bins("package.name = \"a\""), [&["a src/main.rs"][..], &found[..]].concat());
        assert_eq!(bins("package = { name = \"a\", autobins = false }"), [""; 0]);
        assert_eq!(
            bins("package.name = \"a\"\n[[bin]]\nname = \"b\"\npath = \"src/main.rs\""),
            [&["b src/main.rs"][..], &found[..]].concat()
        );
    }

    #[test]
    fn features_that_follow_from_default() {
        let manifest = parse(
            "package.name = \"a\"\n[features]\ndefault = [\"sqlite\"]\nsqlite = [\"sql\", \"dep:rusqlite\", \"b/c\"]\nsql = [\"default\"]\nmysql = []",
        )
        .ok()
        .unwrap();
        assert_eq!(manifest.features.iter().map(String::as_str).collect::<Vec<_>>(), ["default", "sql", "sqlite"]);
    }

    #[test]
    fn a_broken_manifest_points() {
        let problem = parse("[package]\nname = ").err().unwrap();
        assert_eq!((problem.line, problem.code), (Some(2), codes::MANIFEST));
        assert!(parse("[workspace]").err().unwrap().message.contains("no package"));
    }
}
