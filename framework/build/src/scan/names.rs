//! What a name means where it stands: `use` items, and which attributes are `#[func]` and `#[fx::app]` in spite of renames.

use syn::{Path, UseTree, ext::IdentExt};

use super::tree::Module;

/// The attributes the scan looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Func,
    App,
}

impl Mark {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "func" => Some(Self::Func),
            "app" => Some(Self::App),
            _ => None,
        }
    }

    /// As people write it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Func => "#[func]",
            Self::App => "#[fx::app]",
        }
    }
}

/// One name, or one `*`, that a `use` brings into a module.
#[derive(Debug, Clone)]
pub(crate) struct Import {
    pub(crate) public: bool,
    /// As written, `self`, `super` and `crate` included.
    pub(crate) path: Vec<String>,
    /// The name it has here; `None`: `*`.
    pub(crate) name: Option<String>,
}

/// Flattens a `use` into its single imports.
pub(crate) fn flatten(public: bool, tree: &UseTree) -> Vec<Import> {
    let mut imports = Vec::new();
    let mut waiting = vec![(Vec::new(), tree)];
    while let Some((mut path, tree)) = waiting.pop() {
        match tree {
            UseTree::Path(step) => {
                path.push(step.ident.unraw().to_string());
                waiting.push((path, &step.tree));
            }
            UseTree::Group(group) => waiting.extend(group.items.iter().map(|item| (path.clone(), item))),
            UseTree::Glob(_) => imports.push(Import { public, path, name: None }),
            // `a::{self}` is `a`.
            UseTree::Name(name) if name.ident == "self" => {
                imports.push(Import { public, name: path.last().cloned(), path });
            }
            UseTree::Rename(rename) if rename.ident == "self" => {
                imports.push(Import { public, path, name: Some(rename.rename.unraw().to_string()) });
            }
            UseTree::Name(name) => {
                let name = name.ident.unraw().to_string();
                path.push(name.clone());
                imports.push(Import { public, path, name: Some(name) });
            }
            UseTree::Rename(rename) => {
                path.push(rename.ident.unraw().to_string());
                imports.push(Import { public, path, name: Some(rename.rename.unraw().to_string()) });
            }
        }
    }
    imports
}

/// Which of our attributes a path names in a module. `facade` is how Cargo.toml calls fx.
///
/// A bare `func` counts unless the module imports another `func` by name: that it comes through a prelude or a glob is the usual case.
pub(crate) fn mark(path: &Path, module: usize, modules: &[Module], facade: &str) -> Option<Mark> {
    let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.unraw().to_string()).collect();
    meaning(&names, module, modules, facade)
}

/// The same for a path given as names.
pub(crate) fn meaning(names: &[String], module: usize, modules: &[Module], facade: &str) -> Option<Mark> {
    match names {
        [] => None,
        [name] => match named(name, module, modules) {
            Some(import) => of_full_path(&import.path, facade),
            None if name == "func" => Some(Mark::Func),
            None => Mark::from_name(name).filter(|_| {
                let imports = &modules[module].imports;
                imports
                    .iter()
                    .any(|import| import.name.is_none() && import.path.first().is_some_and(|first| first == facade))
            }),
        },
        [first, rest @ ..] => match named(first, module, modules) {
            Some(import) => of_full_path(&[import.path.as_slice(), rest].concat(), facade),
            None => of_full_path(names, facade),
        },
    }
}

/// The import behind a name, also one of the parent's that `use super::*` brings in.
fn named<'a>(name: &str, module: usize, modules: &'a [Module]) -> Option<&'a Import> {
    let here = &modules[module];
    if let Some(import) = here.imports.iter().find(|import| import.name.as_deref() == Some(name)) {
        // `use func;` would lead here again.
        return (import.path.len() > 1 || import.path.first().is_some_and(|first| first != name) || name != "func")
            .then_some(import);
    }
    let through_super = here.imports.iter().any(|import| import.name.is_none() && import.path == ["super"]);
    here.parent.filter(|_| through_super).and_then(|parent| named(name, parent, modules))
}

/// `fx::func`, `fx::prelude::func`, or a re-export of the user's own (`crate::web::func`), which only the compiler can follow.
fn of_full_path(path: &[String], facade: &str) -> Option<Mark> {
    let (last, before) = path.split_last()?;
    let mark = Mark::from_name(last)?;
    let first = before.first()?.as_str();
    let facade_before = before.last().is_some_and(|name| name == facade || name == "fx");
    (first == facade || facade_before || (mark == Mark::Func && matches!(first, "crate" | "self" | "super")))
        .then_some(mark)
}

#[cfg(test)]
mod tests {
    use syn::{ItemUse, parse_str};

    use super::*;

    fn module(uses: &[&str]) -> Vec<Module> {
        let imports = uses.iter().flat_map(|text| {
            let item: ItemUse = parse_str(text).unwrap();
            flatten(false, &item.tree)
        });
        vec![Module { imports: imports.collect(), ..Module::root() }]
    }

    fn means(attribute: &str, uses: &[&str], facade: &str) -> Option<Mark> {
        mark(&parse_str(attribute).unwrap(), 0, &module(uses), facade)
    }

    #[test]
    fn plain_and_full() {
        assert_eq!(means("func", &["use fx::prelude::*;"], "fx"), Some(Mark::Func));
        assert_eq!(means("fx::func", &[], "fx"), Some(Mark::Func));
        assert_eq!(means("::fx::app", &[], "fx"), Some(Mark::App));
        assert_eq!(means("fx::other", &[], "fx"), None);
        assert_eq!(means("tokio::main", &[], "fx"), None);
    }

    #[test]
    fn renamed() {
        assert_eq!(means("web::func", &[], "web"), Some(Mark::Func));
        assert_eq!(means("handler", &["use fx::func as handler;"], "fx"), Some(Mark::Func));
        assert_eq!(means("handler", &["use fx::{App, prelude::{func as handler}};"], "fx"), Some(Mark::Func));
        assert_eq!(means("f::func", &["use fx as f;"], "fx"), Some(Mark::Func));
        assert_eq!(means("f::app", &["use fx::{self as f};"], "fx"), Some(Mark::App));
        assert_eq!(means("start", &["use fx::app as start;"], "fx"), Some(Mark::App));
        assert_eq!(means("crate::web::func", &[], "fx"), Some(Mark::Func));
    }

    #[test]
    fn somebody_elses() {
        assert_eq!(means("func", &["use other::func;"], "fx"), None);
        assert_eq!(means("other::func", &[], "fx"), None);
        assert_eq!(means("app", &["use other::*;"], "fx"), None);
        assert_eq!(means("app", &["use fx::*;"], "fx"), Some(Mark::App));
    }

    #[test]
    fn through_the_parent() {
        let mut modules = module(&["use fx::func as handler;"]);
        let item: ItemUse = parse_str("use super::*;").unwrap();
        modules.push(Module { parent: Some(0), imports: flatten(false, &item.tree), ..Module::root() });
        assert_eq!(mark(&parse_str("handler").unwrap(), 1, &modules, "fx"), Some(Mark::Func));
    }
}
