//! The walk through the module tree.

use std::{
    fs,
    path::{Path, PathBuf},
};

use fx_spec::Problem;
use proc_macro2::Span as TokenSpan;
use syn::{Attribute, Item, ItemFn, ItemMod, Meta, Visibility, ext::IdentExt, spanned::Spanned};

use super::{
    FoundApp, Plain, Scan, Unread,
    cfg::{Cfg, text_of},
    codes, entrypoint_line,
    function::Reader,
    manifest::Manifest,
    misplaced::{Finder, Misplaced, NO_FUNCTION},
    names::{self, Import, Mark},
    source::{self, Place, display_name},
    tree::{Folders, Found, Module, path_of},
    verdict,
};

/// A package with more files than this includes itself by some detour.
const MOST_FILES: usize = 20_000;

/// Scans one package.
pub(super) fn package(crate_dir: &Path) -> Scan {
    let mut scan = Scan::default();
    let manifest = match Manifest::read(crate_dir) {
        Ok(manifest) => manifest,
        Err(refusal) => {
            scan.sources.extend(refusal.source);
            scan.problems.push(refusal.problem);
            scan.unread.push(Unread { module: Vec::new(), text: String::new() });
            return scan;
        }
    };
    scan.sources.push(manifest.source.clone());
    scan.package_name.clone_from(&manifest.package_name);
    scan.crate_name.clone_from(&manifest.crate_name);
    scan.facade.clone_from(&manifest.facade);
    if manifest.facade.is_none() {
        scan.problems.push(
            Problem::error(codes::NO_FACADE, "fx is not among the dependencies")
                .help(format!("run `cargo add fx` in the package's folder, or add it to {}", manifest.source.name))
                .at(&manifest.source, manifest.dependencies_at.clone()),
        );
    }
    let mut walker = Walker {
        scan,
        cfg: Cfg { features: manifest.features.clone() },
        facade: manifest.facade.clone().unwrap_or_else(|| "fx".into()),
        modules: vec![Module::root()],
        apps: Vec::new(),
        homes: Vec::new(),
        open: Vec::new(),
    };
    walker.library(crate_dir, &manifest);
    let Walker { mut scan, modules, apps, homes, facade, .. } = walker;
    entrypoint_line::look(&mut scan, crate_dir, &manifest, &facade);
    verdict::judge(&mut scan, &modules, &homes, apps);
    scan
}

struct Walker {
    scan: Scan,
    cfg: Cfg,
    facade: String,
    modules: Vec<Module>,
    /// Apps, each with the module it stands in.
    apps: Vec<(FoundApp, usize)>,
    /// The module of each function.
    homes: Vec<usize>,
    /// The files being read right now, outermost first.
    open: Vec<PathBuf>,
}

/// The file that items stand in.
#[derive(Clone)]
struct Here {
    source: usize,
    place: Place,
    folders: Folders,
}

impl Walker {
    fn library(&mut self, crate_dir: &Path, manifest: &Manifest) {
        let root = crate_dir.join(&manifest.lib_path);
        if !root.is_file() {
            self.scan.unread.push(Unread { module: Vec::new(), text: String::new() });
            self.scan.problems.push(
                Problem::error(codes::NO_LIBRARY, format!("there is no {}", display_name(&root)))
                    .help("the functions live in the package's library: move them there and leave `fx::entrypoint!();` in src/main.rs")
                    .at(&manifest.source, manifest.name_at.clone()),
            );
            return;
        }
        self.file(&root, Folders::beside(&root), 0);
    }

    /// Reads the file of a module.
    fn file(&mut self, path: &Path, folders: Folders, module: usize) {
        let source = match source::read(path) {
            Ok(source) => source,
            Err(refusal) => {
                self.scan.sources.extend(refusal.source);
                self.scan.problems.push(refusal.problem);
                self.unread(module, "");
                return;
            }
        };
        let parsed = source::parse(&source);
        let index = self.scan.sources.len();
        self.scan.sources.push(source.clone());
        match parsed {
            Ok(parsed) => {
                // `#![cfg(test)]` at the top switches the whole file off.
                if self.cfg.active(&parsed.file.attrs).is_none() {
                    return;
                }
                self.open.push(fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf()));
                let here = Here { source: index, place: parsed.place, folders };
                self.items(&parsed.file.items, &here, module);
                self.open.pop();
            }
            Err(problem) => {
                self.scan.problems.push(*problem);
                self.unread(module, &source.text);
            }
        }
    }

    fn unread(&mut self, module: usize, text: &str) {
        self.scan.unread.push(Unread { module: path_of(module, &self.modules), text: text.to_owned() });
    }

    fn items(&mut self, items: &[Item], here: &Here, module: usize) {
        // Imports first: they hold for the whole module, wherever they stand in it.
        for item in items {
            self.import(item, module);
        }
        for item in items {
            match item {
                Item::Use(_) | Item::ExternCrate(_) => {}
                Item::Fn(function) => self.function(function, here, module),
                Item::Mod(inner) => self.module(inner, here, module),
                other => {
                    if self.cfg.active(attributes(other)).is_some() {
                        self.misplaced(here, module, |finder| finder.item(other));
                    }
                }
            }
        }
    }

    fn import(&mut self, item: &Item, module: usize) {
        match item {
            Item::Use(item) if self.cfg.active(&item.attrs).is_some() => {
                let public = matches!(item.vis, Visibility::Public(_));
                self.modules[module].imports.extend(names::flatten(public, &item.tree));
            }
            Item::ExternCrate(item) if self.cfg.active(&item.attrs).is_some() => {
                let name = item.rename.as_ref().map_or(&item.ident, |(_, rename)| rename);
                let path = vec![item.ident.unraw().to_string()];
                let import = Import { public: false, path, name: Some(name.unraw().to_string()) };
                self.modules[module].imports.push(import);
            }
            _ => {}
        }
    }

    fn module(&mut self, item: &ItemMod, here: &Here, parent: usize) {
        let Some(active) = self.cfg.active(&item.attrs) else { return };
        self.marks(&active, here, parent);
        let path = active.iter().find_map(|meta| match meta {
            Meta::NameValue(pair) if pair.path.is_ident("path") => text_of(pair),
            _ => None,
        });
        let declared = here.place.range(item.ident.span());
        let index = self.modules.len();
        self.modules.push(Module {
            name: item.ident.to_string(),
            parent: Some(parent),
            public: matches!(item.vis, Visibility::Public(_)),
            imports: Vec::new(),
            declared: (here.source, declared.clone()),
        });
        let name = item.ident.unraw().to_string();
        if let Some((_, items)) = &item.content {
            let here = Here { folders: here.folders.inline(&name, path.as_deref()), ..here.clone() };
            self.items(items, &here, index);
            return;
        }
        let problem = match here.folders.find(&name, path.as_deref()) {
            Found::File(folders, file) => match self.barred(&file) {
                None => {
                    self.file(&file, folders, index);
                    return;
                }
                Some(problem) => problem,
            },
            Found::Both(plain, nested) => {
                let problem = Problem::error(
                    codes::MODULE_FILE,
                    format!("module `{name}` has two files, {} and {}", display_name(&plain), display_name(&nested)),
                );
                problem.help("delete or rename one of them")
            }
            Found::Missing(looked) => {
                let files: Vec<String> = looked.iter().map(|file| display_name(file)).collect();
                Problem::error(codes::MODULE_FILE, format!("the file of module `{name}` is missing"))
                    .help(format!("make {}, or remove this line", files.join(" or ")))
            }
        };
        self.unread(index, "");
        let source = &self.scan.sources[here.source];
        self.scan.problems.push(problem.at(source, declared));
    }

    /// Why a file must not be read (again).
    fn barred(&self, file: &Path) -> Option<Problem> {
        let real = fs::canonicalize(file).unwrap_or_else(|_| file.to_path_buf());
        if self.open.contains(&real) {
            let problem = Problem::error(codes::MODULE_FILE, format!("{} contains itself", display_name(file)));
            return Some(problem.help("remove this line, or give the module a file of its own"));
        }
        (self.scan.sources.len() >= MOST_FILES).then(|| {
            Problem::error(
                codes::MODULE_FILE,
                format!("this package has more than {MOST_FILES} files, which is where the scan stops"),
            )
            .help("a file that is a module in several places counts each time")
        })
    }

    fn function(&mut self, item: &ItemFn, here: &Here, module: usize) {
        let Some(active) = self.cfg.active(&item.attrs) else { return };
        let marks: Vec<(Mark, &Meta)> = active
            .iter()
            .filter_map(|meta| Some((names::mark(meta.path(), module, &self.modules, &self.facade)?, meta)))
            .collect();
        if let Some((first, _)) = marks.first() {
            for (mark, meta) in &marks[1..] {
                let message = match first == mark {
                    true => format!("{} stands here twice", mark.as_str()),
                    false => format!("a function is either {} or {}", first.as_str(), mark.as_str()),
                };
                let problem = Problem::error(codes::ATTRIBUTE, message).help("remove this one, or the other");
                self.problem(problem, here, meta.path().span());
            }
        }
        let path = path_of(module, &self.modules);
        let Scan { sources, problems, .. } = &mut self.scan;
        let mut reader = Reader { source: &sources[here.source], index: here.source, place: here.place, problems };
        match marks.first() {
            Some((Mark::Func, meta)) => {
                let function = reader.function(item, meta, path);
                self.scan.functions.push(function);
                self.homes.push(module);
            }
            Some((Mark::App, meta)) => {
                let app = reader.app(item, meta, path);
                self.apps.push((app, module));
            }
            None => {
                let handler = path.iter().cloned().chain([item.sig.ident.to_string()]).collect::<Vec<_>>().join(".");
                let span = here.place.range(item.sig.ident.span());
                self.scan.plain.push(Plain { handler: handler.replace("r#", ""), source: here.source, span });
            }
        }
        self.misplaced(here, module, |finder| finder.block(&item.block));
    }

    fn misplaced(&mut self, here: &Here, module: usize, look: impl FnOnce(&mut Finder<'_>)) {
        let mut finder = Finder::new(module, &self.modules, &self.facade);
        look(&mut finder);
        self.scan.includes |= finder.includes;
        for found in finder.found {
            self.scan.strays.push(here.source);
            self.problem(found.problem(), here, found.span);
        }
    }

    /// Our attributes among those of a module.
    fn marks(&mut self, metas: &[Meta], here: &Here, module: usize) {
        for meta in metas {
            if let Some(mark) = names::mark(meta.path(), module, &self.modules, &self.facade) {
                self.scan.strays.push(here.source);
                let found = Misplaced { mark, span: meta.path().span(), place: NO_FUNCTION };
                self.problem(found.problem(), here, found.span);
            }
        }
    }

    fn problem(&mut self, problem: Problem, here: &Here, span: TokenSpan) {
        let source = &self.scan.sources[here.source];
        self.scan.problems.push(problem.at(source, here.place.range(span)));
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Macro(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        _ => &[],
    }
}
