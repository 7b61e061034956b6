//! Small packages under `tests/scan/`, each with its f.yml: what `fx check` finds in them, word for word.
//!
//! A case is a folder; its `expected.txt` lists the functions found, then every problem as it is drawn. To add one, add a folder and run
//! with `FX_BLESS=1`, which writes what is missing or changed; review the difference.

use std::{
    env,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use fx_build::{Scan, compare, scan};
use fx_spec::{Document, Problem, Request, SourceFile, render};

#[test]
fn cases() {
    let mut cases: Vec<PathBuf> = fs::read_dir("tests/scan").unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let bless = env::var_os("FX_BLESS").is_some();
    let mut wrong = String::new();
    for case in cases {
        let seen = look(&case);
        let file = case.join("expected.txt");
        if bless {
            fs::write(&file, &seen).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if expected != seen {
            writeln!(wrong, "{}: expected\n{expected}\nbut there is\n{seen}", case.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}\nFX_BLESS=1 accepts what is there");
}

/// All there is to say about a case.
fn look(case: &Path) -> String {
    let document = Document::read(&case.join("f.yml")).expect("an f.yml that can be read");
    let scan = scan(&document.crate_dir());
    let mut text = String::new();
    list(&scan, &mut text);
    let variables = |_: &str| None;
    let request =
        Request { target: None, targets: &[], variables: &variables, udev: Default::default(), code: &scan.code() };
    let resolved = document.resolve(&request);
    let service = resolved.service.expect("an f.yml that means something");
    let mut problems = resolved.problems;
    problems.extend(scan.problems.clone());
    problems.extend(compare(&service, document.source(), &scan));
    for problem in &problems {
        let source = source(problem, document.source(), &scan);
        write!(text, "\n{}", render(problem, source, false)).expect("a string takes everything");
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}

fn source<'a>(problem: &Problem, document: &'a SourceFile, scan: &'a Scan) -> Option<&'a SourceFile> {
    match problem.file.as_deref() {
        Some(file) if file == document.name => Some(document),
        _ => scan.source(problem),
    }
}

fn list(scan: &Scan, text: &mut String) {
    if let Some(facade) = &scan.facade {
        let bin = scan.bin.as_deref().unwrap_or("no");
        writeln!(
            text,
            "package {}, library {}, {bin} program, fx is called {facade}",
            scan.package_name, scan.crate_name
        )
        .expect("a string takes everything");
    }
    if let Some(app) = &scan.app {
        writeln!(text, "app {}", app.path.join("::")).expect("a string takes everything");
    }
    for function in &scan.functions {
        let reach = if function.reachable { "" } else { " (out of reach)" };
        let triggers: String = function.triggers.iter().map(|trigger| format!(" {}", trigger.word.as_str())).collect();
        writeln!(text, "{} = {}{reach}{triggers}", function.handler, function.code_path())
            .expect("a string takes everything");
    }
}

/// The example that is also the proof: what it does must not be called a mistake.
#[test]
fn the_todo_app_fits_its_f_yml() {
    let document = Document::read(Path::new("../../f.yml")).expect("the todo app's f.yml");
    let scan = scan(&document.crate_dir());
    let variables = |_: &str| Some("1".to_owned());
    let request =
        Request { target: None, targets: &[], variables: &variables, udev: Default::default(), code: &scan.code() };
    let service = document.resolve(&request).service.expect("a service");
    assert!(!scan.functions.is_empty() && scan.app.is_some());
    assert_eq!(scan.problems, []);
    assert_eq!(compare(&service, document.source(), &scan), []);
}
