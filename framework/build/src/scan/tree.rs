//! The module tree: which modules there are, where the file of a `mod` is, and by which path a program outside reaches what is in one.

use std::{
    collections::VecDeque,
    ops::Range,
    path::{Path, PathBuf},
};

use super::names::Import;

/// One module of the library.
#[derive(Debug, Clone)]
pub(crate) struct Module {
    /// As the code writes it (`r#type` included); empty for the root.
    pub(crate) name: String,
    pub(crate) parent: Option<usize>,
    /// `pub`, without restriction.
    pub(crate) public: bool,
    pub(crate) imports: Vec<Import>,
    /// Where its `mod` stands: which source, and the name in it.
    pub(crate) declared: (usize, Range<usize>),
}

impl Module {
    pub(crate) fn root() -> Self {
        Self { name: String::new(), parent: None, public: true, imports: Vec::new(), declared: (0, 0..0) }
    }
}

/// The names from the root down to a module.
pub(crate) fn path_of(module: usize, modules: &[Module]) -> Vec<String> {
    chain(module, modules).into_iter().skip(1).map(|index| modules[index].name.clone()).collect()
}

/// The outermost private module around what is in `module`.
pub(crate) fn private_around(module: usize, modules: &[Module]) -> Option<usize> {
    chain(module, modules).into_iter().find(|&index| !modules[index].public)
}

/// From the root to the module.
fn chain(module: usize, modules: &[Module]) -> Vec<usize> {
    let mut chain = vec![module];
    while let Some(parent) = chain.last().and_then(|&last| modules[last].parent) {
        chain.push(parent);
    }
    chain.reverse();
    chain
}

/// For each module, the path by which another crate names its contents; `None`: it cannot.
///
/// `pub use inner::*` and `pub use outer::inner` make ways where the modules themselves are private. A `pub use` of one function does not:
/// what `#[func]` puts beside it would stay behind.
pub(crate) fn public_paths(modules: &[Module]) -> Vec<Option<Vec<String>>> {
    let mut paths: Vec<Option<Vec<String>>> = vec![None; modules.len()];
    for (index, path) in paths.iter_mut().enumerate() {
        if private_around(index, modules).is_none() {
            *path = Some(path_of(index, modules));
        }
    }
    let mut waiting: VecDeque<usize> = (0..modules.len()).filter(|&index| paths[index].is_some()).collect();
    while let Some(index) = waiting.pop_front() {
        let Some(here) = paths[index].clone() else { continue };
        let mut reach = |target: usize, path: Vec<String>| {
            if paths[target].is_none() {
                paths[target] = Some(path);
                waiting.push_back(target);
            }
        };
        for (child, module) in modules.iter().enumerate() {
            if module.public && module.parent == Some(index) {
                reach(child, [here.clone(), vec![module.name.clone()]].concat());
            }
        }
        for import in modules[index].imports.iter().filter(|import| import.public) {
            if let Some(target) = resolve(&import.path, index, modules) {
                reach(target, here.iter().cloned().chain(import.name.clone()).collect());
            }
        }
    }
    paths
}

/// The module a `use` path names, if it is one of the library's.
fn resolve(path: &[String], from: usize, modules: &[Module]) -> Option<usize> {
    let mut at = from;
    for (index, step) in path.iter().enumerate() {
        at = match step.as_str() {
            "crate" if index == 0 => 0,
            "self" if index == 0 => from,
            "super" => modules[at].parent?,
            name => modules.iter().position(|module| {
                module.parent == Some(at) && module.name.strip_prefix("r#").unwrap_or(&module.name) == name
            })?,
        };
    }
    Some(at)
}

/// The folders that decide where a module's files are looked for.
#[derive(Debug, Clone)]
pub(crate) struct Folders {
    /// Where `mod x;` looks for `x.rs` and `x/mod.rs`.
    pub(crate) children: PathBuf,
    /// What `#[path]` is relative to.
    pub(crate) path_base: PathBuf,
}

impl Folders {
    /// Of the library's root, of a `mod.rs`, and of any file that `#[path]` names: their modules are beside them.
    pub(crate) fn beside(file: &Path) -> Self {
        let folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
        Self { path_base: folder.clone(), children: folder }
    }

    /// Of `name.rs`: its modules are in the folder `name`, but its `#[path]`s start beside it.
    pub(crate) fn below(file: &Path) -> Self {
        Self { children: file.with_extension(""), ..Self::beside(file) }
    }

    /// Of `mod name { … }` written inside the file, perhaps under a `#[path]` of its own.
    pub(crate) fn inline(&self, name: &str, path: Option<&str>) -> Self {
        let folder = match path {
            Some(path) => self.path_base.join(path),
            None => self.children.join(name),
        };
        Self { path_base: folder.clone(), children: folder }
    }

    /// The file of `mod name;`.
    pub(crate) fn find(&self, name: &str, path: Option<&str>) -> Found {
        if let Some(path) = path {
            let file = self.path_base.join(path);
            return if file.is_file() { Found::File(Folders::beside(&file), file) } else { Found::Missing(vec![file]) };
        }
        let plain = self.children.join(format!("{name}.rs"));
        let nested = self.children.join(name).join("mod.rs");
        match (plain.is_file(), nested.is_file()) {
            (true, true) => Found::Both(plain, nested),
            (true, false) => Found::File(Folders::below(&plain), plain),
            (false, true) => Found::File(Folders::beside(&nested), nested),
            (false, false) => Found::Missing(vec![plain, nested]),
        }
    }
}

/// Where the file of a `mod name;` is.
#[derive(Debug)]
pub(crate) enum Found {
    File(Folders, PathBuf),
    Both(PathBuf, PathBuf),
    /// It was looked for here.
    Missing(Vec<PathBuf>),
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    /// Follows modules from src/lib.rs and says which file the last one is.
    fn follow(folder: &Path, steps: &[(&str, Option<&str>)]) -> Option<String> {
        let mut folders = Folders::beside(&folder.join("src/lib.rs"));
        let mut file = None;
        for (name, path) in steps {
            let inline = name.strip_prefix('{');
            if let Some(name) = inline {
                folders = folders.inline(name, *path);
                continue;
            }
            match folders.find(name, *path) {
                Found::File(next, found) => {
                    folders = next;
                    file = Some(found.strip_prefix(folder).unwrap().display().to_string());
                }
                Found::Both(..) | Found::Missing(_) => return None,
            }
        }
        file
    }

    #[test]
    fn both_styles_and_their_children() {
        let dir = folder(&["src/a.rs", "src/a/b.rs", "src/a/b/c.rs", "src/d/mod.rs", "src/d/e.rs"]);
        assert_eq!(follow(dir.path(), &[("a", None), ("b", None), ("c", None)]).unwrap(), "src/a/b/c.rs");
        assert_eq!(follow(dir.path(), &[("d", None), ("e", None)]).unwrap(), "src/d/e.rs");
        assert_eq!(follow(dir.path(), &[("e", None)]), None);
    }

    #[test]
    fn inline_modules_are_folders() {
        let dir = folder(&["src/in/x.rs", "src/a.rs", "src/a/in/x.rs"]);
        assert_eq!(follow(dir.path(), &[("{in", None), ("x", None)]).unwrap(), "src/in/x.rs");
        assert_eq!(follow(dir.path(), &[("a", None), ("{in", None), ("x", None)]).unwrap(), "src/a/in/x.rs");
    }

    #[test]
    fn path_attributes() {
        let dir = folder(&["src/odd.rs", "src/child.rs", "src/a.rs", "src/near.rs", "src/a/in/p.rs", "src/q/p.rs"]);
        // A file that #[path] names has its children beside it.
        assert_eq!(follow(dir.path(), &[("x", Some("odd.rs")), ("child", None)]).unwrap(), "src/child.rs");
        // At the top of a.rs, #[path] starts beside a.rs; inside an inline module, in that module's folder.
        assert_eq!(follow(dir.path(), &[("a", None), ("x", Some("near.rs"))]).unwrap(), "src/near.rs");
        assert_eq!(follow(dir.path(), &[("a", None), ("{in", None), ("x", Some("p.rs"))]).unwrap(), "src/a/in/p.rs");
        assert_eq!(follow(dir.path(), &[("{in", Some("q")), ("x", Some("p.rs"))]).unwrap(), "src/q/p.rs");
    }

    #[test]
    fn two_files_for_one_module() {
        let dir = folder(&["src/a.rs", "src/a/mod.rs"]);
        assert!(matches!(Folders::beside(&dir.path().join("src/lib.rs")).find("a", None), Found::Both(..)));
    }

    fn module(name: &str, parent: usize, public: bool) -> Module {
        Module { name: name.into(), parent: Some(parent), public, ..Module::root() }
    }

    fn reexport(path: &[&str], name: Option<&str>) -> Import {
        Import { public: true, path: path.iter().map(ToString::to_string).collect(), name: name.map(Into::into) }
    }

    fn paths(modules: &[Module]) -> Vec<Option<String>> {
        public_paths(modules).into_iter().map(|path| path.map(|names| names.join("::"))).collect()
    }

    #[test]
    fn public_all_the_way() {
        let modules =
            [Module::root(), module("a", 0, true), module("b", 1, true), module("c", 1, false), module("d", 3, true)];
        assert_eq!(paths(&modules), [Some("".into()), Some("a".into()), Some("a::b".into()), None, None]);
        assert_eq!(private_around(4, &modules), Some(3));
    }

    #[test]
    fn ways_through_reexports() {
        let mut modules = vec![Module::root(), module("a", 0, false), module("b", 1, true), module("c", 0, false)];
        modules[0].imports = vec![reexport(&["a", "b"], Some("users")), reexport(&["self", "c"], None)];
        assert_eq!(paths(&modules), [Some("".into()), None, Some("users".into()), Some("".into())]);
        modules[0].imports = vec![reexport(&["crate", "a"], None)];
        assert_eq!(paths(&modules), [Some("".into()), Some("".into()), Some("b".into()), None]);
    }
}
