//! The program: the `src/main.rs` whose one line, `fx::entrypoint!();`, takes in the `main` that fx writes.

use std::path::Path;

use fx_spec::{Problem, SourceFile};
use syn::{Item, Visibility};

use super::{Scan, codes, manifest::Manifest, misplaced::Finder, names, source, tree::Module};

/// Finds the program with the line, or says what to write where. Without a library, which is a problem already, only the finding is done.
pub(super) fn look(scan: &mut Scan, crate_dir: &Path, manifest: &Manifest, facade: &str) {
    let library = !scan.problems.iter().any(|problem| problem.code == codes::NO_LIBRARY);
    let mut broken = false;
    let mut first = None;
    for (name, path) in &manifest.bins {
        let source = match source::read(&crate_dir.join(path)) {
            Ok(source) => source,
            Err(refusal) => {
                scan.sources.extend(refusal.source);
                scan.problems.push(refusal.problem);
                broken = true;
                continue;
            }
        };
        scan.sources.push(source.clone());
        match source::parse(&source) {
            Ok(parsed) => {
                if scan.bin.is_none() && parsed.file.items.iter().any(is_line) {
                    scan.bin = Some(name.clone());
                }
                if library {
                    strays(scan, &source, &parsed, facade);
                }
                first.get_or_insert(source);
            }
            Err(problem) => {
                scan.problems.push(*problem);
                broken = true;
            }
        }
    }
    if library && !broken && scan.bin.is_none() {
        scan.problems.push(missing(first.as_ref(), manifest, facade));
    }
}

fn missing(program: Option<&SourceFile>, manifest: &Manifest, facade: &str) -> Problem {
    let help = format!("a program of one line, `{facade}::entrypoint!();`, takes in the `main` that fx writes");
    match program {
        Some(source) => Problem::error(codes::NO_ENTRYPOINT, format!("the line `{facade}::entrypoint!();` is missing"))
            .help(format!("{help}; move what is here into the library"))
            .at(source, 0..0),
        None => Problem::error(codes::NO_ENTRYPOINT, "the package has no src/main.rs")
            .help(format!("make it: {help}"))
            .at(&manifest.source, manifest.name_at.clone()),
    }
}

/// Functions in the program, the last source read, instead of the library.
fn strays(scan: &mut Scan, source: &SourceFile, parsed: &source::Parsed, facade: &str) {
    let mut root = Module::root();
    for item in &parsed.file.items {
        if let Item::Use(item) = item {
            root.imports.extend(names::flatten(matches!(item.vis, Visibility::Public(_)), &item.tree));
        }
    }
    let modules = [root];
    let mut finder = Finder::new(0, &modules, facade);
    finder.program(&parsed.file.items);
    for found in finder.found {
        scan.strays.push(scan.sources.len() - 1);
        scan.problems.push(found.problem().at(source, parsed.place.range(found.span)));
    }
}

fn is_line(item: &Item) -> bool {
    match item {
        Item::Macro(item) => item.mac.path.segments.last().is_some_and(|last| last.ident == "entrypoint"),
        _ => false,
    }
}
