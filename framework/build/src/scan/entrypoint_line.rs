//! The program: the `src/main.rs` whose one line, `fx::entrypoint!();`, takes in the `main` that fx writes.

use std::path::Path;

use fx_spec::Problem;
use syn::Item;

use super::{Scan, codes, manifest::Manifest, source};

/// Finds the program with the line, or says what to write where.
pub(super) fn look(scan: &mut Scan, crate_dir: &Path, manifest: &Manifest, facade: &str) {
    let help = format!("a program of one line, `{facade}::entrypoint!();`, takes in the `main` that fx writes");
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
            Ok(parsed) if parsed.file.items.iter().any(is_line) => {
                scan.bin = Some(name.clone());
                return;
            }
            Ok(_) => {
                first.get_or_insert(source);
            }
            Err(problem) => {
                scan.problems.push(*problem);
                broken = true;
            }
        }
    }
    if broken {
        return;
    }
    scan.problems.push(match first {
        Some(source) => Problem::error(codes::NO_ENTRYPOINT, format!("the line `{facade}::entrypoint!();` is missing"))
            .help(format!("{help}; move what is here into the library"))
            .at(&source, 0..0),
        None => Problem::error(codes::NO_ENTRYPOINT, "the package has no src/main.rs")
            .help(format!("make it: {help}"))
            .at(&manifest.source, manifest.name_at.clone()),
    });
}

fn is_line(item: &Item) -> bool {
    match item {
        Item::Macro(item) => item.mac.path.segments.last().is_some_and(|last| last.ident == "entrypoint"),
        _ => false,
    }
}
